//! Who asks.

use crate::server::refusal::Refusal;
use crate::store::Token;
use crate::store::users::{self, User};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, ORIGIN};
use http::request::Parts;
use http::{Method, StatusCode};
use rusqlite::Connection;

/// What a request says of the one who asks.
#[derive(Debug)]
pub(super) enum Credentials {
    /// Nothing.
    None,
    /// `Bearer` and a token (RFC 6750 section 2.1).
    Bearer(Token),
    /// `Basic` with the name of a user and a token (RFC 7617), which is what AtomPub clients know.
    Basic(String, Token),
}

/// Whether the request is one that a script in a browser makes.
pub(super) fn is_script(parts: &Parts) -> bool {
    parts.headers.get("sec-fetch-mode").is_some_and(|mode| mode != "navigate")
}

/// Whether a method changes nothing.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

impl Credentials {
    /// Reads the credentials of a request.
    pub(super) fn of(parts: &Parts) -> Result<Self, Refusal> {
        let mut fields = parts.headers.get_all(AUTHORIZATION).iter();
        let field = match (fields.next(), fields.next()) {
            (None, _) => return Ok(Self::None),
            (Some(field), None) => field.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => {
                let detail = "a request has at most one field Authorization";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, detail));
            }
        };
        let (scheme, rest) = field.split_once(' ').unwrap_or((field, ""));
        let rest = rest.trim();
        let credentials = if scheme.eq_ignore_ascii_case("bearer") {
            Token::parse(rest).map(Self::Bearer)
        } else if scheme.eq_ignore_ascii_case("basic") {
            basic(rest)
        } else {
            None
        };
        credentials.ok_or_else(|| unknown(is_script(parts)))
    }

    /// Finds the user. `None` if there are no credentials.
    pub(super) fn user(
        &self,
        connection: &Connection,
        is_script: bool,
    ) -> Result<Option<User>, Refusal> {
        let (token, name) = match self {
            Self::None => return Ok(None),
            Self::Bearer(token) => (token, None),
            Self::Basic(name, token) => (token, Some(name)),
        };
        let user = users::by_token(connection, token)?
            .filter(|user| name.is_none_or(|name| name == user.name()));
        user.map(Some).ok_or_else(|| unknown(is_script))
    }
}

fn basic(text: &str) -> Option<Credentials> {
    let octets = STANDARD.decode(text).ok()?;
    let (name, token) = std::str::from_utf8(&octets).ok()?.split_once(':')?;
    Some(Credentials::Basic(name.to_owned(), Token::parse(token)?))
}

fn unknown(is_script: bool) -> Refusal {
    Refusal::unauthorized("no user has these credentials", is_script)
}

/// Refuses what a page of another site asks for in the name of a user whose browser remembers the user's
/// credentials.
pub(super) fn check_site(parts: &Parts, origin: &str) -> Result<(), Refusal> {
    let field = |name: &str| parts.headers.get(name).map(http::HeaderValue::as_bytes);
    let is_other = match (field("sec-fetch-site"), field(ORIGIN.as_str())) {
        (Some(site), _) => site != b"same-origin" && site != b"none",
        (None, Some(from)) => !from.eq_ignore_ascii_case(origin.as_bytes()),
        (None, None) => false,
    };
    if is_other {
        let detail = "a page of another site cannot do this";
        return Err(Refusal::new(StatusCode::FORBIDDEN, detail));
    }
    Ok(())
}
