//! Comparing bodies with their Content-Digest (RFC 9530), piece by piece.

use crate::error::Error;
use crate::field::content_digest::{self, ContentDigest};
use crate::head::Head;
use crate::head::builder::HeadBuilder;
use crate::rule::Rule;
use crate::slice::Part;
use sha2::{Digest, Sha256, Sha512};

/// Hashes a body piece by piece, and compares it with its Content-Digest.
///
/// ```
/// use multipart_package::{BodyDigest, HeadBuilder};
///
/// let head = HeadBuilder::new().content_digest_of(b"hello").build()?;
/// let claimed = head.content_digest()?.unwrap();
/// let mut digest = BodyDigest::of(&claimed).unwrap();
/// digest.update(b"hel");
/// digest.update(b"lo");
/// assert!(digest.matches());
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
pub struct BodyDigest {
    hash: Hash,
    claimed: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Hash {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl BodyDigest {
    /// Begins a comparison with the digest by the strongest algorithm that this crate supports:
    /// sha-512, then sha-256.
    ///
    /// It returns `None` if the field has neither. The other algorithms are too weak (RFC 9530
    /// section 5).
    #[must_use]
    pub fn of(claimed: &ContentDigest) -> Option<Self> {
        let sha512 = claimed.get("sha-512").map(|claimed| (Hash::Sha512(Sha512::new()), claimed));
        let sha256 =
            || claimed.get("sha-256").map(|claimed| (Hash::Sha256(Sha256::new()), claimed));
        let (hash, claimed) = sha512.or_else(sha256)?;
        Some(Self { hash, claimed: claimed.to_vec() })
    }

    /// Adds the next octets of the body.
    pub fn update(&mut self, octets: &[u8]) {
        match &mut self.hash {
            Hash::Sha256(hash) => hash.update(octets),
            Hash::Sha512(hash) => hash.update(octets),
        }
    }

    /// Whether the body has the digest that its Content-Digest states.
    #[must_use]
    pub fn matches(self) -> bool {
        match self.hash {
            Hash::Sha256(hash) => hash.finalize().as_slice() == self.claimed,
            Hash::Sha512(hash) => hash.finalize().as_slice() == self.claimed,
        }
    }
}

/// An encoder's comparison of bodies with their Content-Digest. It is off by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct DigestCheck {
    is_on: bool,
    open: Option<BodyDigest>,
}

impl DigestCheck {
    pub(crate) fn on() -> Self {
        Self { is_on: true, open: None }
    }

    pub(crate) fn begin(&mut self, head: Head<&[u8]>, position: u64) -> Result<(), Error> {
        if self.is_on {
            let claimed = head.content_digest().map_err(|error| error.at(position))?;
            self.open = claimed.as_ref().and_then(BodyDigest::of);
        }
        Ok(())
    }

    pub(crate) fn update(&mut self, octets: &[u8]) {
        if let Some(digest) = &mut self.open {
            digest.update(octets);
        }
    }

    pub(crate) fn end(&mut self, position: u64) -> Result<(), Error> {
        if self.open.take().is_none_or(BodyDigest::matches) {
            return Ok(());
        }
        Err(Error::violation(Rule::ContentDigestDiffers, position, b""))
    }
}

impl<B: AsRef<[u8]>> Head<B> {
    /// Content-Digest (RFC 9530 section 2): the digests of the body in all fields of that name.
    ///
    /// # Errors
    /// [`Rule::ContentDigestSyntax`].
    #[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
    pub fn content_digest(&self) -> Result<Option<ContentDigest>, Error> {
        let head = self.borrow();
        let mut values = head.get_all("content-digest").peekable();
        if values.peek().is_none() {
            return Ok(None);
        }
        let parsed = ContentDigest::parse(values);
        parsed
            .map(Some)
            .map_err(|value| Error::violation(content_digest::SYNTAX, head.offset_of(value), value))
    }
}

impl Part<'_> {
    /// Compares the body with its Content-Digest.
    ///
    /// It returns true if the body has the stated digest, and false if there is no digest by an
    /// algorithm that [`BodyDigest`] supports.
    ///
    /// # Errors
    /// [`Rule::ContentDigestDiffers`] or [`Rule::ContentDigestSyntax`].
    #[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
    pub fn verify_digest(&self) -> Result<bool, Error> {
        let claimed = self.head().content_digest()?;
        let Some(mut digest) = claimed.as_ref().and_then(BodyDigest::of) else {
            return Ok(false);
        };
        digest.update(self.body());
        if digest.matches() {
            return Ok(true);
        }
        Err(Error::violation(Rule::ContentDigestDiffers, self.head().offset(), b""))
    }
}

impl HeadBuilder {
    /// Appends the Content-Digest of this body, by sha-256.
    #[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
    pub fn content_digest_of(self, body: &[u8]) -> Self {
        self.field("Content-Digest", content_digest::value("sha-256", &Sha256::digest(body)))
    }
}
