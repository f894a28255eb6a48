//! A table of what each octet can be a part of, and runs of octets by it.

/// A set of classes of octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class(u16);

impl Class {
    /// What a path, query or fragment consists of, without percent-encoding (RFC 3986 section 3).
    pub(crate) const REFERENCE: Self = Self(1);
    /// `unreserved / sub-delims`: the characters of a `reg-name` (RFC 3986 section 3.2.2).
    pub(crate) const HOST: Self = Self(1 << 1);
    /// What follows the first letter of a scheme (RFC 3986 section 3.1).
    pub(crate) const SCHEME: Self = Self(1 << 2);
    /// `tchar` (RFC 9110 section 5.6.2).
    pub(crate) const TOKEN: Self = Self(1 << 3);
    /// `qdtext` in ASCII (RFC 9110 section 5.6.4).
    pub(crate) const QUOTED: Self = Self(1 << 4);
    /// What follows the first letter of a `reg-rel-type` (RFC 8288 section 3.3).
    pub(crate) const RELATION: Self = Self(1 << 5);
    /// `tchar` without capitals and `*`: the usual name of a parameter.
    pub(crate) const NAME: Self = Self(1 << 6);
    /// What follows the first character of a type or subtype name (RFC 6838 section 4.2).
    pub(crate) const MEDIA_TYPE: Self = Self(1 << 7);

    /// Whether an octet is in one of these classes.
    #[inline]
    pub(crate) const fn has(self, octet: u8) -> bool {
        CLASSES[octet as usize] & self.0 != 0
    }

    /// How many octets at the start are in one of these classes. This looks at four octets at once,
    /// and suits long runs.
    #[inline]
    pub(crate) fn long_run(self, octets: &[u8]) -> usize {
        let mut at = 0;
        for four in octets.chunks_exact(4) {
            let class = |index: usize| CLASSES[four[index] as usize];
            if class(0) & class(1) & class(2) & class(3) & self.0 == 0 {
                break;
            }
            at += 4;
        }
        at + self.run(&octets[at..])
    }

    /// How many octets at the start are in one of these classes.
    #[inline]
    pub(crate) fn run(self, octets: &[u8]) -> usize {
        octets.iter().position(|&octet| !self.has(octet)).unwrap_or(octets.len())
    }

    const fn of(octet: u8) -> u16 {
        let lower_or_digit = octet.is_ascii_lowercase() || octet.is_ascii_digit();
        let unreserved =
            octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~');
        let sub_delims = matches!(octet, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+')
            || matches!(octet, b',' | b';' | b'=');
        let host = unreserved || sub_delims;
        let tchar = octet.is_ascii_alphanumeric()
            || matches!(octet, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+')
            || matches!(octet, b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        let quoted = matches!(octet, b'\t' | b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
        let mut classes = 0;
        if host || matches!(octet, b':' | b'@' | b'/' | b'?') {
            classes |= Self::REFERENCE.0;
        }
        if host {
            classes |= Self::HOST.0;
        }
        if octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.') {
            classes |= Self::SCHEME.0;
        }
        if tchar {
            classes |= Self::TOKEN.0;
        }
        if quoted {
            classes |= Self::QUOTED.0;
        }
        if lower_or_digit || matches!(octet, b'.' | b'-') {
            classes |= Self::RELATION.0;
        }
        if tchar && !octet.is_ascii_uppercase() && octet != b'*' {
            classes |= Self::NAME.0;
        }
        if octet.is_ascii_alphanumeric()
            || matches!(octet, b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+')
        {
            classes |= Self::MEDIA_TYPE.0;
        }
        classes
    }
}

const CLASSES: [u16; 256] = {
    let mut table = [0; 256];
    let mut octet = 0_u8;
    while octet < 128 {
        table[octet as usize] = Class::of(octet);
        octet += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_long_run_is_as_long_as_the_run_octet_by_octet(text in "[a-z/]{0,12}[ -~é]{0,4}[a-z]{0,8}") {
            let octets = text.as_bytes();
            for class in [Class::REFERENCE, Class::QUOTED, Class::RELATION] {
                prop_assert_eq!(class.long_run(octets), class.run(octets));
            }
        }
    }
}
