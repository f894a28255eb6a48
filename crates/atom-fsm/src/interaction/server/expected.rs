//! The head of a request: what it asks for, before its body is read.

use super::super::conditions::{Conditions, Validators, Verdict};
use super::super::media::{self, ENTRY, Kind};
use super::super::slug::{self, Slug};
use super::super::uri;
use super::refusal::{head_only, refuse, refuse_limit, refuse_rule, with_field};
use super::resource::{Resource, Target};
use super::settings::Server;
use crate::atom::is_media_type;
use crate::limits::Limit;
use crate::rule::Rule;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LAST_MODIFIED,
    TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, request};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Get,
    CreateCollection,
    EditCollection,
    CreateMember,
    EditMember,
    CreateMedia,
    EditMedia,
    Delete,
}

/// What the head of a request asks for, before its body is read.
#[derive(Debug, Clone)]
pub struct Expected {
    pub(super) server: Server,
    pub(super) wanted: Wanted,
    pub(super) resource: Resource,
    pub(super) uri: String,
    pub(super) slug: Option<Slug>,
    pub(super) media_type: String,
    pub(super) method: Method,
    conditions: Conditions,
}

type Refusal = Response<Vec<u8>>;

impl Server {
    /// Checks the head of a request.
    ///
    /// A server may answer without reading the body then, and before `100 Continue`.
    ///
    /// # Errors
    /// Returns the response to send: 501 for a method that is not known, 405 for one that the resource
    /// does not support, 415 for a media type that it does not accept or a content coding, 413 for a
    /// Content-Length over [`Limits::octets`](crate::Limits::octets), and 428 if conditions are
    /// [demanded](Self::demand_conditions). The response to OPTIONS is ready too: 204. It is 500 for a
    /// [`Target`] whose URI is not an absolute one of http or https: that is a fault of the server.
    ///
    /// There is no 406: what a client accepts is a wish, and the representation is sent (RFC 9110 section
    /// 12.4.1).
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn expect(&self, parts: &request::Parts, target: &Target<'_>) -> Result<Expected, Refusal> {
        let method = &parts.method;
        if !target.allows(method) {
            return Err(refuse_method(method, target));
        }
        if uri::request_uri(target.uri()).is_err() {
            let detail = "the server names no absolute URI of http or https for this resource";
            return Err(refuse(StatusCode::INTERNAL_SERVER_ERROR, detail));
        }
        let media_type = media::of(&parts.headers).unwrap_or_default();
        let wanted = match (method, target.resource()) {
            (&Method::OPTIONS, _) => {
                let mut response = Response::new(Vec::new());
                *response.status_mut() = StatusCode::NO_CONTENT;
                return Err(with_field(response, ALLOW, target.allow()));
            }
            (&Method::POST, Resource::ServiceDocument) => Wanted::CreateCollection,
            (&Method::POST, Resource::Collection) if !Kind::Entry.takes(media_type) => {
                Wanted::CreateMedia
            }
            (&Method::POST, _) => Wanted::CreateMember,
            (&Method::PUT, Resource::Collection | Resource::Bundle) => Wanted::EditCollection,
            (&Method::PUT, Resource::Media) => Wanted::EditMedia,
            (&Method::PUT, _) => Wanted::EditMember,
            (&Method::DELETE, _) => Wanted::Delete,
            _ => Wanted::Get,
        };
        let conditions = Conditions::of(&parts.headers);
        let is_change = matches!(*method, Method::PUT | Method::DELETE);
        if self.demands_conditions && is_change && !conditions.name_a_state() {
            return Err(refuse_unguarded());
        }
        let expected = Expected {
            server: self.clone(),
            wanted,
            resource: target.resource(),
            uri: target.uri().to_owned(),
            slug: slug::of(&parts.headers, self.limits.slug_octets),
            media_type: media_type.to_owned(),
            method: method.clone(),
            conditions,
        };
        if expected.takes_body() {
            self.check_body(&parts.headers, target, wanted)?;
        }
        Ok(expected)
    }

    /// Checks what the head says of the body.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    fn check_body(
        &self,
        headers: &HeaderMap,
        target: &Target<'_>,
        wanted: Wanted,
    ) -> Result<(), Refusal> {
        let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let is_identity =
            |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
        if !headers.get_all(CONTENT_ENCODING).iter().all(is_identity) {
            let refusal = refuse(unsupported, "a body here has no content coding");
            return Err(with_field(refusal, ACCEPT_ENCODING, "identity"));
        }
        let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes).unwrap_or_default();
        if !length.is_empty() && length.iter().all(u8::is_ascii_digit) {
            let length = std::str::from_utf8(length).ok().and_then(|length| length.parse().ok());
            // Digits that no u64 holds are too many octets as well.
            if length.is_none_or(|length: u64| length > self.limits.octets) {
                return Err(refuse_limit(Limit::Octets, &self.limits));
            }
        }
        let media_type = media::of(headers).unwrap_or_default();
        let is_member = matches!(wanted, Wanted::CreateMember | Wanted::CreateMedia);
        let (is_taken, accept) = match wanted {
            Wanted::CreateCollection | Wanted::EditCollection => (
                Kind::Collection.takes(media_type),
                "application/atom+xml;type=entry, application/xml".to_owned(),
            ),
            Wanted::EditMember => (Kind::Entry.takes(media_type), ENTRY.to_owned()),
            // A missing type parameter is no matter: the root decides.
            Wanted::CreateMember => {
                let is_entry = Kind::Entry.takes(media_type) && target.accepts(ENTRY);
                // Without a body, the body is what is wrong: see `Expected::read`.
                let is_bare = target.resource() == Resource::Bundle && may_be_bare(headers);
                (is_entry || is_bare, target.accept_field())
            }
            Wanted::CreateMedia => {
                let is_taken = is_media_type(media_type) && target.accepts(media_type);
                (is_taken, target.accept_field())
            }
            Wanted::EditMedia => {
                let is_taken = is_media_type(media_type) && target.keeps(media_type);
                (is_taken, target.accept_field())
            }
            Wanted::Get | Wanted::Delete => (true, String::new()),
        };
        if is_taken {
            return Ok(());
        }
        let refusal = if is_member && is_media_type(media_type) {
            refuse(unsupported, "the collection does not accept this media type")
        } else {
            refuse_rule(unsupported, Rule::MediaType)
        };
        Err(with_field(refusal, ACCEPT, &accept))
    }
}

/// Whether a request has no Content-Type, and its head does not say that it has a body.
fn may_be_bare(headers: &HeaderMap) -> bool {
    let is_empty = |length: &HeaderValue| length.as_bytes().iter().all(|octet| *octet == b'0');
    !headers.contains_key(CONTENT_TYPE)
        && !headers.contains_key(TRANSFER_ENCODING)
        && headers.get(CONTENT_LENGTH).is_none_or(is_empty)
}

fn refuse_unguarded() -> Refusal {
    refuse(
        StatusCode::PRECONDITION_REQUIRED,
        "a PUT or DELETE here needs If-Match with the entity tag of the state that it changes",
    )
}

fn refuse_method(method: &Method, target: &Target<'_>) -> Refusal {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
        Method::TRACE,
        Method::CONNECT,
    ];
    if !known.contains(method) {
        let refusal = refuse(StatusCode::NOT_IMPLEMENTED, "the server does not know this method");
        return with_field(refusal, ALLOW, target.allow());
    }
    let is_deletion = *method == Method::POST && target.resource() == Resource::BundleReference;
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let refusal = if is_deletion {
        refuse_rule(status, Rule::ReferenceDeletion)
    } else {
        refuse(status, format!("the methods here are {}", target.allow()))
    };
    with_field(refusal, ALLOW, target.allow())
}

impl Expected {
    /// Whether the request has a body to read.
    #[must_use]
    pub fn takes_body(&self) -> bool {
        !matches!(self.wanted, Wanted::Get | Wanted::Delete)
    }

    /// Whether the request creates, changes or deletes something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.wanted != Wanted::Get
    }

    /// Whether the request has to say which state it changes.
    fn needs_guard(&self) -> bool {
        self.server.demands_conditions && matches!(self.method, Method::PUT | Method::DELETE)
    }

    /// How many octets of the body are read: [`Limits::octets`](crate::Limits::octets).
    #[must_use]
    pub fn most_octets(&self) -> u64 {
        self.server.limits.octets
    }

    /// Evaluates the conditions of the request (RFC 9110 section 13) with the validators that the
    /// resource has now. Call it where nothing else can change the resource until the operation is done.
    ///
    /// With `None`, for a resource that does not exist, no condition is looked at: the server answers
    /// with 404 or 410 whatever they say (RFC 9110 section 13.2.1), since no PUT here creates anything.
    ///
    /// # Errors
    /// Returns the response to send: 304 when the client has the representation, 412 when a condition
    /// does not hold. The response to a HEAD has no body. It is 428 where conditions are
    /// [demanded](Server::demand_conditions) and the request has only a date, although the resource has
    /// no date to compare it with.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn check(&self, current: Option<&Validators>) -> Result<(), Refusal> {
        let Some(current) = current else { return Ok(()) };
        match self.conditions.evaluate(&self.method, Some(current)) {
            Verdict::Proceed if self.needs_guard() && !self.conditions.name_the_state(current) => {
                Err(refuse_unguarded())
            }
            Verdict::Proceed => Ok(()),
            Verdict::NotModified => {
                let mut response = Response::new(Vec::new());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response.headers_mut().extend(current.fields());
                // RFC 9110 section 15.4.5: no other metadata than a cache needs.
                if current.etag().is_some() {
                    response.headers_mut().remove(LAST_MODIFIED);
                }
                Err(response)
            }
            Verdict::Failed(field) => {
                let detail = format!(
                    "the condition of {field} does not hold: the resource is in another state"
                );
                let response = refuse(StatusCode::PRECONDITION_FAILED, detail);
                Err(if self.method == Method::HEAD { head_only(response) } else { response })
            }
        }
    }
}
