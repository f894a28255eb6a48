//! Access control by a Bearer token (RFC 6750).

use super::problem::problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// A token that clients must send. Only its hash is in memory.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// Makes a token from a text, without the white space around it.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token.trim()).into())
    }

    /// Whether the Authorization field contains this token. The comparison takes constant time.
    #[must_use]
    pub fn is_shown(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((scheme, shown)) = value.and_then(|value| value.split_once(' ')) else {
            return false;
        };
        let shown = Self::new(shown);
        scheme.eq_ignore_ascii_case("Bearer") && bool::from(self.0.ct_eq(&shown.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

pub(super) async fn check(State(token): State<Token>, request: Request, next: Next) -> Response {
    if token.is_shown(request.headers()) {
        return next.run(request).await;
    }
    let mut answer = problem(
        StatusCode::UNAUTHORIZED,
        "The request has not the publisher's token: send it as Authorization: Bearer, for example by \
         replicate --token-file.",
    );
    let realm = HeaderValue::from_static("Bearer realm=\"snapshot-sync\"");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6750_2_1_a_token_is_shown_in_an_authorization_field() {
        let token = Token::new(" s3cret\n");
        let shows = |value| {
            token.is_shown(&HeaderMap::from_iter([(
                header::AUTHORIZATION,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(shows("Bearer s3cret") && shows("bearer s3cret"));
        for value in
            ["Bearer s3cre", "Bearer s3cret2", "Bearer", "Bearer ", "Basic s3cret", "s3cret"]
        {
            assert!(!shows(value), "{value}");
        }
        assert!(!token.is_shown(&HeaderMap::new()));
        assert!(!format!("{token:?}").contains("s3cret"));
    }
}
