//! The token of a user.

use http::HeaderValue;
use std::fmt;

/// A bearer token (RFC 6750 section 2.1). It is sent to the origin of the service document and to no
/// other. It is not in the output of `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(HeaderValue);

/// A text is no token: it is empty, or has a character that no token has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token has letters, digits and -._~+/= only, and at least one of them")]
pub struct TokenError;

impl Token {
    /// Reads a token. White space around it, such as the line break at the end of a file, is left out.
    ///
    /// # Errors
    /// [`TokenError`] if the rest is no token: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" )
    /// *"="`.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let is_token = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet);
        if text.is_empty() || !text.bytes().all(is_token) {
            return Err(TokenError);
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| TokenError)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// The value of the Authorization field.
    pub(super) fn field(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6750_2_1_what_is_no_token_is_refused_and_a_token_is_not_shown() {
        let token = Token::new(" abc-._~+/==\n");
        assert_eq!(
            token.as_ref().map(|it| it.field().as_bytes().to_vec()),
            Ok(b"Bearer abc-._~+/==".to_vec())
        );
        assert_eq!(format!("{token:?}"), "Ok(Token(..))");
        for text in ["", " \n", "a b", "a\r\nHost: x", "\u{e9}", "a\"b"] {
            assert_eq!(Token::new(text), Err(TokenError), "{text:?}");
        }
    }
}
