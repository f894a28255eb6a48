//! Document type declarations, which are skipped, never read (XML 1.0 section 2.8).

use memchr::memmem;

/// What is behind the `<!DOCTYPE` that a text begins with, in any case.
pub(crate) fn after_doctype(text: &str) -> Option<&str> {
    const OPEN: &str = "<!doctype";
    let open = text.get(..OPEN.len())?;
    open.eq_ignore_ascii_case(OPEN).then(|| &text[OPEN.len()..])
}

/// The octets of the document type declaration at the start of a text, to its end (XML 1.0 section
/// 2.8, `doctypedecl`): the first `>` that is neither quoted nor within the brackets.
pub(crate) fn doctype_end(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let (mut at, mut is_inside) = (0, false);
    loop {
        let found = at + octets.get(at..)?.iter().position(|octet| b"\"'[]<>".contains(octet))?;
        let from_found = octets.get(found..)?;
        let skip =
            |end: &[u8]| memmem::find(from_found, end).map(|length| found + length + end.len());
        at = match octets[found] {
            quote @ (b'"' | b'\'') => {
                found + 2 + octets.get(found + 1..)?.iter().position(|octet| *octet == quote)?
            }
            b'<' if from_found.starts_with(b"<!--") => skip(b"-->")?,
            b'<' if from_found.starts_with(b"<?") => skip(b"?>")?,
            b'[' => {
                is_inside = true;
                found + 1
            }
            b']' => {
                is_inside = false;
                found + 1
            }
            b'>' if !is_inside => return Some(found + 1),
            _ => found + 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_2_8_a_document_type_ends_outside_its_quotes_brackets_and_comments() {
        for (text, rest) in [
            ("<!DOCTYPE a>b", Some("b")),
            ("<!DOCTYPE a PUBLIC '>' \">\">b", Some("b")),
            ("<!DOCTYPE a [<!ENTITY b ']>'><!-- ]> ' --><?p ]>?>]>b>", Some("b>")),
            ("<!DOCTYPE a [<!ENTITY", None),
            ("<!DOCTYPE a '>", None),
            ("<!DOCTYPE a [<!-- ]>", None),
        ] {
            assert_eq!(doctype_end(text).map(|end| &text[end..]), rest, "{text}");
        }
    }
}
