//! The parameters of a form field: what browsers escape in them, and which there are (RFC 7578).

use crate::rule::Rule;
use std::borrow::Cow;

/// What browsers escape, and how.
pub(crate) const ESCAPES: [(u8, &str); 3] = [(b'"', "%22"), (b'\r', "%0D"), (b'\n', "%0A")];

/// Resolves what browsers escape, and nothing else.
pub(crate) fn unescaped(octets: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', &octets).is_none() {
        return octets;
    }
    let (mut out, mut rest) = (Vec::with_capacity(octets.len()), &octets[..]);
    while let Some((&first, behind)) = rest.split_first() {
        let escape = ESCAPES.iter().find(|(_, escape)| rest.starts_with(escape.as_bytes()));
        let (octet, len) = escape.map_or((first, 1), |(octet, escape)| (*octet, escape.len()));
        out.push(octet);
        rest = behind.get(len - 1..).unwrap_or_default();
    }
    out.into()
}

/// Counts the parameters of a form field as they come.
#[derive(Debug, Default)]
pub(crate) struct FormParameters {
    names: usize,
    filenames: usize,
    extended: usize,
}

impl FormParameters {
    pub(crate) fn count(&mut self, name: &str) {
        let (known, is_extended) = match name.split_once('*') {
            Some((known, _)) => (known, true),
            None => (name, false),
        };
        let (is_name, is_filename) =
            (known.eq_ignore_ascii_case("name"), known.eq_ignore_ascii_case("filename"));
        self.extended += usize::from(is_extended && (is_name || is_filename));
        self.names += usize::from(!is_extended && is_name);
        self.filenames += usize::from(!is_extended && is_filename);
    }

    pub(crate) fn is_repeated(&self) -> bool {
        self.names > 1 || self.filenames > 1
    }

    /// The rule that they violate, beside repetition.
    pub(crate) fn violation(&self) -> Option<Rule> {
        match self {
            Self { names: 0, .. } => Some(Rule::FormNameMissing),
            Self { extended: 1.., .. } => Some(Rule::FormFilenameExtended),
            _ => None,
        }
    }
}
