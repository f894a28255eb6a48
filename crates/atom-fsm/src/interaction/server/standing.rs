//! Whether what is stored can stand in any document of the server: in a page of a feed among other
//! entries, or in the service document among other collections.

use super::settings::Server;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::namespace;
use crate::reader::Reader;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::Settings;
use crate::xml::{Token, XmlReader};

/// Writes a document with all the declarations that its parts may need among others, and reads it again.
pub(super) fn check(
    root: &impl Root<'static>,
    server: &Server,
    limits: &Limits,
    read: impl FnOnce(&Reader, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut octets = Vec::new();
    server.standing_writer(limits).write(root, &mut octets)?;
    if octets.len() as u64 > limits.member_octets {
        return Err(Error::limit_of(Limit::MemberOctets, limits, ""));
    }
    let reader = server.stored_reader().limits(*limits);
    check_bases(&octets, reader.settings).and_then(|()| read(&reader, &octets)).map_err(|error| {
        match error.kind() {
            ErrorKind::Limit(Limit::Elements) => Error::limit_of(Limit::MemberElements, limits, ""),
            _ => error,
        }
    })
}

/// An error in the stored document: its lines are not those of what the client sent.
pub(super) fn without_place(error: Error, path: &str) -> Error {
    match error.rule() {
        Some(rule) if error.path().is_none() => Error::built(rule, path, ""),
        _ => error,
    }
}

/// Refuses an `xml:base` on any element, foreign ones too, which would make a relative reference one that
/// a reader must not follow.
fn check_bases(octets: &[u8], settings: Settings) -> Result<(), Error> {
    let document = std::str::from_utf8(octets).unwrap_or_default();
    let mut reader = XmlReader::new(document, settings, &[])?;
    loop {
        match reader.next()? {
            Token::Eof => return Ok(()),
            Token::Start => {
                let mut bases = reader
                    .take_attributes()
                    .filter(|attribute| attribute.name().is(namespace::XML, "base"));
                if let Some(base) = bases.find(|base| !is_of_web(base.value())) {
                    return Err(Error::head(Rule::BaseScheme, base.value()));
                }
            }
            _ => {}
        }
    }
}

/// Whether a reference is of http or https, as far as it has a scheme. White space and control characters
/// do not count: browsers leave them out.
pub(super) fn is_of_web(reference: &str) -> bool {
    let is_left_out = |found: char| found.is_ascii_control() || found.is_whitespace();
    let ends = |found: char| matches!(found, '/' | '?' | '#');
    let (before, _) = reference.split_at(reference.find(ends).unwrap_or(reference.len()));
    let Some((scheme, _)) = before.split_once(':') else { return true };
    let scheme: String = scheme.chars().filter(|found| !is_left_out(*found)).collect();
    ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}
