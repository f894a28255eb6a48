//! The boundary, which separates the parts of a multipart body.

use crate::error::Error;
use crate::grammar::{is_bchar, is_tchar};
use crate::rule::Rule;
use std::fmt;
use std::str::FromStr;

/// A valid boundary: 1 to 70 `bchars`, of which the last is not a space (RFC 2046 section 5.1.1).
///
/// ```
/// use multipart_package::Boundary;
///
/// let boundary: Boundary = "gc0p4Jq0M:2Yt08jU534c0p".parse()?;
/// assert_eq!(boundary.content_type("mixed")?, "multipart/mixed; boundary=\"gc0p4Jq0M:2Yt08jU534c0p\"");
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Boundary {
    octets: [u8; Boundary::MAX],
    len: u8,
}

impl Boundary {
    /// The most octets a boundary may have.
    pub(crate) const MAX: usize = 70;

    /// Checks a boundary's octets.
    pub(crate) fn from_octets(octets: &[u8]) -> Result<Self, Error> {
        if let Some(at) = octets.iter().position(|&octet| !is_bchar(octet)) {
            return Err(Error::violation(Rule::BoundarySyntax, at as u64, octets));
        }
        let len = match u8::try_from(octets.len()) {
            Ok(len) if (1..=Self::MAX).contains(&octets.len()) => len,
            _ => return Err(Error::violation(Rule::BoundarySyntax, 0, octets)),
        };
        if octets.last() == Some(&b' ') {
            return Err(Error::violation(Rule::BoundarySyntax, u64::from(len) - 1, octets));
        }
        let mut boundary = Self { octets: [0; Self::MAX], len };
        boundary.octets[..octets.len()].copy_from_slice(octets);
        Ok(boundary)
    }

    /// Makes a boundary for a writer from 16 octets of the caller's entropy.
    ///
    /// The author of a body cannot guess 128 unpredictable bits. The draft's own boundaries end
    /// with a timestamp, which can be guessed.
    #[must_use]
    pub fn from_entropy(entropy: [u8; 16]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut octets = [0; Self::MAX];
        for (pair, octet) in octets.chunks_exact_mut(2).zip(entropy) {
            pair[0] = DIGITS[usize::from(octet >> 4)];
            pair[1] = DIGITS[usize::from(octet & 15)];
        }
        Self { octets, len: 32 }
    }

    /// Makes a boundary for a writer from the system's entropy.
    ///
    /// # Errors
    /// An IO error if the system cannot provide entropy.
    #[cfg(feature = "getrandom")]
    #[cfg_attr(docsrs, doc(cfg(feature = "getrandom")))]
    pub fn unique() -> std::io::Result<Self> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy)?;
        Ok(Self::from_entropy(entropy))
    }

    /// The boundary as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // A boundary consists of bchars only, which are ASCII.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.octets[..usize::from(self.len)]
    }

    /// The value of a Content-Type field with this boundary, which is quoted if necessary.
    ///
    /// # Errors
    /// [`Rule::ContentTypeSyntax`] if the subtype is not a token.
    pub fn content_type(&self, subtype: &str) -> Result<String, Error> {
        if subtype.is_empty() || !subtype.bytes().all(is_tchar) {
            return Err(Error::violation(Rule::ContentTypeSyntax, 0, subtype.as_bytes()));
        }
        let quote = if self.as_bytes().iter().copied().all(is_tchar) { "" } else { "\"" };
        Ok(format!("multipart/{subtype}; boundary={quote}{self}{quote}"))
    }
}

impl TryFrom<&str> for Boundary {
    type Error = Error;

    /// Checks a boundary.
    ///
    /// # Errors
    /// [`Rule::BoundarySyntax`].
    fn try_from(text: &str) -> Result<Self, Error> {
        Self::from_octets(text.as_bytes())
    }
}

impl FromStr for Boundary {
    type Err = Error;

    /// Checks a boundary.
    ///
    /// # Errors
    /// [`Rule::BoundarySyntax`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text)
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Boundary({:?})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn rfc2046_5_1_1_a_boundary_is_1_to_70_bchars_and_ends_in_no_space() {
        let longest = "x".repeat(70);
        for good in
            ["a", "-", "----", "a b", "'()+_,-./:=?", "_-------------1435019846753", &longest]
        {
            assert_eq!(good.parse::<Boundary>().unwrap().as_str(), good);
        }
        let too_long = "x".repeat(71);
        for bad in ["", " ", "a ", "a\"b", "a\r\nb", "a\0", "ä", "a;b", "a@b", &too_long] {
            let error = bad.parse::<Boundary>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rule(Rule::BoundarySyntax), "{bad:?}");
        }
    }

    #[test]
    fn a_boundary_from_entropy_holds_all_of_it() {
        let boundary = Boundary::from_entropy(*b"\x00\x01\x7f\x80\xff123456789ab");
        assert_eq!(boundary.as_str(), "00017f80ff3132333435363738396162");
        assert_eq!(
            boundary.content_type("package").unwrap(),
            format!("multipart/package; boundary={boundary}")
        );
    }

    #[test]
    fn rfc9110_8_3_1_a_subtype_is_a_token() {
        let boundary: Boundary = "a:b".parse().unwrap();
        assert_eq!(boundary.content_type("mixed").unwrap(), "multipart/mixed; boundary=\"a:b\"");
        for bad in ["", "mixed; x=y", "mi xed", "mixed\r\nX: y"] {
            let error = boundary.content_type(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rule(Rule::ContentTypeSyntax), "{bad:?}");
        }
    }
}
