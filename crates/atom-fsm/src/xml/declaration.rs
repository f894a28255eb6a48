//! The XML declaration.

use super::chars::SPACE;

/// What an XML declaration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declaration<'a> {
    /// The version behind `1.`: an XML processor reads any as 1.0 (XML 1.0 section 2.8).
    pub(crate) minor: &'a str,
    pub(crate) encoding: Option<&'a str>,
}

/// Checks what is between `<?xml` and `?>` (XML 1.0 section 2.8, `XMLDecl`).
pub(crate) fn read(inside: &str) -> Option<Declaration<'_>> {
    let (version, rest) = pseudo_attribute(inside, "version")?;
    let minor = version?.strip_prefix("1.")?;
    if minor.is_empty() || !minor.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let (encoding, rest) = pseudo_attribute(rest, "encoding")?;
    if let Some(name) = encoding {
        let is_rest = |octet: u8| octet.is_ascii_alphanumeric() || b"._-".contains(&octet);
        if !name.starts_with(|first: char| first.is_ascii_alphabetic())
            || !name.bytes().all(is_rest)
        {
            return None;
        }
    }
    let (standalone, rest) = pseudo_attribute(rest, "standalone")?;
    let is_known = standalone.is_none_or(|answer| answer == "yes" || answer == "no");
    (is_known && rest.trim_matches(SPACE).is_empty()).then_some(Declaration { minor, encoding })
}

/// Reads white space, a name, `=` and a quoted value. The value is `None` if there is another name
/// or nothing.
fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<(Option<&'a str>, &'a str)> {
    let trimmed = text.trim_start_matches(SPACE);
    let Some(rest) = trimmed.strip_prefix(name) else { return Some((None, text)) };
    if trimmed.len() == text.len() {
        return None;
    }
    let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    Some((Some(value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_2_8_a_declaration_says_version_encoding_and_standalone_in_this_order() {
        for (inside, expected) in [
            (" version='1.0'", Some(None)),
            (" version = \"1.0\" ", Some(None)),
            ("\n version='1.0' encoding='utf-8'", Some(Some("utf-8"))),
            (" version='1.0' encoding='UTF-8' standalone='yes'", Some(Some("UTF-8"))),
            (" version='1.0' standalone=\"no\"\t", Some(None)),
            (" version='1.7'", Some(None)),
            ("", None),
            (" encoding='utf-8'", None),
            (" version='2.0'", None),
            (" version='1.'", None),
            (" version='1.0\"", None),
            (" version=1.0", None),
            (" version='1.0'encoding='utf-8'", None),
            (" encoding='utf-8' version='1.0'", None),
            (" version='1.0' standalone='yes' encoding='utf-8'", None),
            (" version='1.0' standalone='maybe'", None),
            (" version='1.0' encoding=''", None),
            (" version='1.0' encoding='8bit'", None),
            (" version='1.0' else='x'", None),
            (" version='1.0' version='1.0'", None),
        ] {
            assert_eq!(read(inside).map(|read| read.encoding), expected, "{inside}");
        }
        assert_eq!(read(" version='1.7'").map(|read| read.minor), Some("7"));
    }
}
