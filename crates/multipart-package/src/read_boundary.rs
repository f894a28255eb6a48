//! Boundaries as peers send them, to read by.

use crate::boundary::Boundary;
use crate::error::Error;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use std::fmt;

/// A boundary to read by, which may violate [`Rule::BoundarySyntax`] if that is tolerated.
///
/// It has at most 256 octets, none of which is CR, LF or NUL. White space at its end is removed.
/// Two readers may take such a boundary for two different ones, and then differ on where a message
/// ends. No [`Encoder`](crate::Encoder) therefore accepts it, and of the presets only
/// [`Tolerance::ALL`] tolerates it.
///
/// ```
/// use multipart_package::{ContentType, Reader, Rule, Tolerance};
///
/// let value = b"multipart/mixed; boundary=\"=_b@c.de\"";
/// assert!(ContentType::parse(value)?.read_boundary().is_err());
/// let boundary = ContentType::parse_with(value, Tolerance::ALL)?.read_boundary()?;
/// assert_eq!(boundary.violation(), Some(Rule::BoundarySyntax));
/// let parts = Reader::for_boundary(&boundary).parts(b"--=_b@c.de\r\n\r\n1\r\n--=_b@c.de--\r\n");
/// assert_eq!(parts.count(), 1);
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReadBoundary {
    octets: Box<[u8]>,
    is_valid: bool,
}

impl ReadBoundary {
    const MAX: usize = 256;

    /// Checks a boundary's octets under a tolerance.
    ///
    /// # Errors
    /// [`Rule::BoundarySyntax`] if that is not tolerated, and otherwise [`Rule::BoundaryOctets`].
    pub fn parse_with(octets: &[u8], tolerance: Tolerance) -> Result<Self, Error> {
        match Boundary::from_octets(octets) {
            Ok(boundary) => return Ok(Self::from(&boundary)),
            Err(error) if !tolerance.tolerates(Rule::BoundarySyntax) => return Err(error),
            Err(_) => {}
        }
        let octets = octets.trim_ascii_end();
        let forbidden = memchr::memchr3(b'\r', b'\n', 0, octets);
        if octets.is_empty() || octets.len() > Self::MAX || forbidden.is_some() {
            let at = forbidden.unwrap_or(0) as u64;
            return Err(Error::violation(Rule::BoundaryOctets, at, octets));
        }
        Ok(Self { octets: octets.into(), is_valid: false })
    }

    /// The boundary's octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// The rule that the boundary violates, which was tolerated.
    #[must_use]
    pub fn violation(&self) -> Option<Rule> {
        (!self.is_valid).then_some(Rule::BoundarySyntax)
    }
}

impl From<&Boundary> for ReadBoundary {
    fn from(boundary: &Boundary) -> Self {
        Self { octets: boundary.as_bytes().into(), is_valid: true }
    }
}

impl fmt::Debug for ReadBoundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadBoundary(\"{}\")", self.octets.escape_ascii())
    }
}
