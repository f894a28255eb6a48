//! The tokens of users.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use std::fmt;

/// A bearer token: 256 random bits of the operating system, in the URL-safe alphabet of base 64
/// (RFC 4648 section 5).
///
/// The database has only its SHA-256. A fast hash suffices, since nobody can try 2^256 tokens; and
/// since a token is found by its hash, the time of the search says nothing about the token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Returns a new token.
    ///
    /// # Errors
    /// The error of the operating system when it has no random bits.
    pub fn random() -> std::io::Result<Self> {
        let mut octets = [0; 32];
        OsRng.try_fill_bytes(&mut octets).map_err(std::io::Error::other)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(octets)))
    }

    /// Takes what a client sent for a token. `None` if it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        (octets.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The token as a client sends it. It is a secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the token, which is what is stored.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn a_token_has_256_bits_in_base64url_and_is_never_shown() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(one.secret().len(), 43);
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(Token::parse(one.secret()), Some(one.clone()));
        assert_eq!(format!("{one:?}"), "Token(..)");
        for text in ["", "a", &one.secret()[1..], &format!("{}=", one.secret()), "\u{e9}"] {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
    }
}
