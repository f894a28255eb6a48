//! The root's start tag, or what a document is that has another root.

use crate::error::Error;
use crate::foreign;
use crate::root::Root;
use crate::rule::Rule;
use crate::xml::XmlReader;

/// Reads up to the root's start tag, which must be that of a `T`. `text` is the document from its
/// first octet on, at least up to there.
pub(crate) fn read_start<'a, T: Root<'a>>(
    reader: &mut XmlReader<'a>,
    text: &str,
) -> Result<(), Error> {
    if let Err(error) = reader.next_start() {
        return Err(named(error, reader, text));
    }
    if !T::is_root(reader) {
        let refusal = reader.refusal(Rule::RootElement, reader.tag());
        return Err(match foreign::sniff(text) {
            Some((root, _)) => refusal.with_foreign_root(root),
            None => refusal,
        });
    }
    Ok(())
}

/// The error for a document that breaks before its root: what it is, if it is another format.
#[cold]
fn named(error: Error, reader: &XmlReader<'_>, text: &str) -> Error {
    if error.rule().is_none() {
        return error;
    }
    match foreign::sniff(text) {
        Some((root, tag)) if root.is_other_format() => {
            let tag = reader.within_source(text, tag);
            reader.refusal(Rule::RootElement, tag).with_foreign_root(root)
        }
        _ => error,
    }
}
