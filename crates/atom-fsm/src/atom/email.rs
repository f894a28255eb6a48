//! Email addresses (RFC 4287 section 3.2.3).

/// Whether this is an `addr-spec` (RFC 5322 section 3.4.1, without the obsolete forms, which nobody
/// may generate), with the characters above ASCII that RFC 6532 section 3.2 adds:
///
/// ```text
/// addr-spec  = local-part "@" domain
/// local-part = dot-atom / quoted-string
/// domain     = dot-atom / domain-literal
/// dot-atom   = [CFWS] dot-atom-text [CFWS]
/// ```
pub(crate) fn is_address(text: &str) -> bool {
    addr_spec(text.as_bytes()).is_some_and(<[u8]>::is_empty)
}

/// Whether this is a local part of letters, digits, hyphens, dots and underscores, an `@`, and a
/// domain that `is_domain` takes (RFC 4151 section 2.1, `emailAddress`).
pub(crate) fn is_dot_atom_address(text: &str, is_domain: fn(&str) -> bool) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        let is_char = |octet: u8| octet.is_ascii_alphanumeric() || b"-._".contains(&octet);
        !local.is_empty() && local.bytes().all(is_char) && is_domain(domain)
    })
}

/// Reads an `addr-spec`, and returns the rest.
fn addr_spec(text: &[u8]) -> Option<&[u8]> {
    let text = skip_cfws(text)?;
    let text = match text {
        [b'"', rest @ ..] => quoted_string(rest)?,
        _ => dot_atom_text(text)?,
    };
    let text = skip_cfws(text)?.strip_prefix(b"@")?;
    let text = skip_cfws(text)?;
    let text = match text {
        [b'[', rest @ ..] => domain_literal(rest)?,
        _ => dot_atom_text(text)?,
    };
    skip_cfws(text)
}

/// RFC 5322 section 3.2.3: `dot-atom-text = 1*atext *("." 1*atext)`.
fn dot_atom_text(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        let atom = text.iter().take_while(|octet| is_atext(**octet)).count();
        text = text.get(atom..).filter(|_| atom > 0)?;
        match text {
            [b'.', rest @ ..] => text = rest,
            _ => return Some(text),
        }
    }
}

fn is_atext(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || !octet.is_ascii() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

/// RFC 5322 section 3.2.4, `quoted-string`, behind its first quote.
fn quoted_string(text: &[u8]) -> Option<&[u8]> {
    ends_at(text, b'"', |octet| octet != b'\\')
}

/// RFC 5322 section 3.4.1, `domain-literal`, behind its bracket.
fn domain_literal(text: &[u8]) -> Option<&[u8]> {
    ends_at(text, b']', |octet| !matches!(octet, b'[' | b'\\'))
}

/// Skips visible characters and white space up to an end. A backslash quotes a character in a quoted
/// string.
fn ends_at(text: &[u8], end: u8, is_plain: fn(u8) -> bool) -> Option<&[u8]> {
    let mut rest = text;
    loop {
        rest = match rest {
            [first, rest @ ..] if *first == end => return Some(rest),
            [b'\\', quoted, rest @ ..] if end == b'"' && is_shown(*quoted) => rest,
            [first, rest @ ..] if is_shown(*first) && is_plain(*first) => rest,
            _ => return None,
        }
    }
}

/// `VCHAR` or `WSP`; a folded line's end counts as white space.
fn is_shown(octet: u8) -> bool {
    octet >= b' ' && octet != 0x7F || matches!(octet, b'\t' | b'\r' | b'\n')
}

/// RFC 5322 section 3.2.2, `[CFWS]`: white space and comments, which may be within each other.
/// `None` when a comment does not end.
fn skip_cfws(text: &[u8]) -> Option<&[u8]> {
    let (mut rest, mut depth) = (text, 0_usize);
    loop {
        rest = match rest {
            [b'(', rest @ ..] => {
                depth += 1;
                rest
            }
            [b')', rest @ ..] if depth > 0 => {
                depth -= 1;
                rest
            }
            [b'\\', quoted, rest @ ..] if depth > 0 && is_shown(*quoted) => rest,
            [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] => rest,
            [first, rest @ ..] if depth > 0 && is_shown(*first) && *first != b'\\' => rest,
            _ => return (depth == 0).then_some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5322_3_4_1_an_address_is_an_addr_spec() {
        for text in [
            "a@b",
            "ada.lovelace+feeds@example.org",
            "o'neil@example.org",
            "\"a b\\\" @\"@example.org",
            "\"\"@b",
            "a@[127.0.0.1]",
            "a(comment (nested\\)) )@b(c)",
            "josé@exämple.org",
            "a @ b",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a@@b",
            "a@b@c",
            "mailto:a@b",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a@b.",
            "a b@c",
            "a@b c",
            "<a@b>",
            "Ada <a@b>",
            "a@b, c@d",
            "\"a@b",
            "\"a\\",
            "a@[b",
            "a@[b[c]",
            "a(b@c",
            "a)@b",
            "a(b\\",
            "a@b\u{7F}",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
