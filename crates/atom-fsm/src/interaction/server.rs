//! The requests that a server receives, and its responses (draft-wilde-fsm-00 section 4,
//! RFC 5023 section 5).

use super::conditions::{Conditions, Validators, Verdict};
use super::entity_tag::EntityTag;
use super::media::{CollectionType, ENTRY, FEED, Kind, SERVICE};
use super::slug;
use crate::app::{Collection, Service};
use crate::atom::{Entry, Feed};
use crate::error::{Error, ErrorKind};
use crate::fsm::Member;
use crate::reader::Reader;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::Stage;
use crate::writer::{Declaration, Writer};
use http::header::{ALLOW, CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, request};

/// The kind of resource that a request is for, which the server's router knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The service document. Its URI also accepts new bundles.
    ServiceDocument,
    /// A bundle. GET of its URI returns a feed; PUT accepts a collection.
    Bundle,
    /// A service entry, or any other member that is not a bundle reference.
    ServiceEntry,
    /// A bundle reference, not the bundle that it refers to.
    BundleReference,
}

/// The operation that a request asks for, with its document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "one operation is held at a time, and moved once")]
pub enum Operation<'a> {
    /// GET or HEAD: respond with the resource.
    Get,
    /// Create a bundle from this collection. Its URI is named after the slug, or after the title if
    /// there is no slug.
    CreateBundle(Collection<'a>, Option<String>),
    /// Change the bundle to what this collection says.
    EditBundle(Collection<'a>),
    /// Create a member of the bundle from this entry. Its URI is named after the slug, or after the
    /// title if there is no slug.
    CreateMember(Member<'a>, Option<String>),
    /// Replace the member by this entry.
    EditMember(Member<'a>),
    /// Delete the resource. A bundle is deleted with its entries; of a bundle reference, only the
    /// reference is deleted.
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Get,
    CreateBundle,
    EditBundle,
    CreateMember,
    EditMember,
    Delete,
}

/// What the head of a request asks for, before its body is read.
#[derive(Debug, Clone)]
pub struct Expected {
    wanted: Wanted,
    slug: Option<String>,
    method: Method,
    conditions: Conditions,
}

/// Checks the head of a request.
///
/// # Errors
/// Returns the response to send when the method or the media type is wrong. The body need not be
/// read then.
///
/// ```
/// use atom_fsm::interaction::{Resource, expect};
///
/// let (parts, ()) = http::Request::delete("/service").body(()).unwrap().into_parts();
/// let response = expect(&parts, Resource::ServiceDocument).unwrap_err();
/// assert_eq!(response.status(), 405);
/// assert_eq!(response.headers()["allow"], "GET, HEAD, POST");
/// ```
#[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
pub fn expect(parts: &request::Parts, resource: Resource) -> Result<Expected, Response<Vec<u8>>> {
    let wanted = match (&parts.method, resource) {
        (&Method::GET | &Method::HEAD, _) => Wanted::Get,
        (&Method::POST, Resource::ServiceDocument) => Wanted::CreateBundle,
        (&Method::POST, Resource::Bundle) => Wanted::CreateMember,
        (&Method::PUT, Resource::Bundle) => Wanted::EditBundle,
        (&Method::PUT, Resource::ServiceEntry | Resource::BundleReference) => Wanted::EditMember,
        (
            &Method::DELETE,
            Resource::Bundle | Resource::ServiceEntry | Resource::BundleReference,
        ) => Wanted::Delete,
        _ => return Err(not_allowed(&parts.method, resource)),
    };
    let kind = match wanted {
        Wanted::CreateBundle | Wanted::EditBundle => Some(Kind::Collection),
        Wanted::CreateMember | Wanted::EditMember => Some(Kind::Entry),
        Wanted::Get | Wanted::Delete => None,
    };
    if let Some(Err(error)) = kind.map(|kind| kind.check(&parts.headers)) {
        return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error.to_string()));
    }
    let (slug, conditions) = (slug::read(&parts.headers), Conditions::of(&parts.headers));
    Ok(Expected { wanted, slug, method: parts.method.clone(), conditions })
}

impl Expected {
    /// Whether the request has a body to read.
    #[must_use]
    pub fn takes_body(&self) -> bool {
        !matches!(self.wanted, Wanted::Get | Wanted::Delete)
    }

    /// Evaluates the conditions of the request (RFC 9110 section 13) with the entity tag that the
    /// resource has now, quotes included. Call it where nothing else can change the resource.
    ///
    /// # Errors
    /// Returns the response to send: 304 when the client has the representation, 412 when a condition
    /// does not hold.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn check_precondition(&self, etag: Option<&str>) -> Result<(), Response<Vec<u8>>> {
        let validators = Validators::new();
        let etag = etag.and_then(EntityTag::parse);
        let validators = etag.map_or(validators.clone(), |etag| validators.with_etag(etag));
        match self.conditions.evaluate(&self.method, Some(&validators)) {
            Verdict::Proceed => Ok(()),
            Verdict::NotModified => {
                let mut response = with_status(StatusCode::NOT_MODIFIED);
                response.headers_mut().extend(validators.fields());
                Err(response)
            }
            Verdict::Failed(_) => {
                Err(refusal(StatusCode::PRECONDITION_FAILED, "the resource has changed since"))
            }
        }
    }

    /// Reads the body, as a document that a client submits.
    ///
    /// # Errors
    /// Returns the response to send: 413 when the document exceeds a limit, otherwise 400 when it
    /// cannot be read, or when an entry is neither a service entry nor a bundle reference.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn read<'a>(
        self,
        reader: &Reader,
        body: &'a [u8],
    ) -> Result<Operation<'a>, Response<Vec<u8>>> {
        let reader = reader.clone().stage(Stage::Submitted);
        let operation = match self.wanted {
            Wanted::Get => Ok(Operation::Get),
            Wanted::Delete => Ok(Operation::Delete),
            Wanted::CreateMember if body.is_empty() => {
                Err(Error::head(Rule::ReferenceDeletion, ""))
            }
            Wanted::CreateMember => reader
                .read::<Entry<'a>>(body)
                .and_then(|reading| member(reading.into_document()))
                .map(|member| Operation::CreateMember(member, self.slug)),
            Wanted::EditMember => reader
                .read::<Entry<'a>>(body)
                .and_then(|reading| member(reading.into_document()))
                .map(Operation::EditMember),
            Wanted::CreateBundle => reader
                .read(body)
                .map(|reading| Operation::CreateBundle(reading.into_document(), self.slug)),
            Wanted::EditBundle => {
                reader.read(body).map(|reading| Operation::EditBundle(reading.into_document()))
            }
        };
        operation.map_err(|error| {
            let status = match error.kind() {
                ErrorKind::Limit(_) => StatusCode::PAYLOAD_TOO_LARGE,
                ErrorKind::Rule(_) => StatusCode::BAD_REQUEST,
            };
            refusal(status, &error.to_string())
        })
    }
}

/// Converts an entry to a member of a bundle: a service entry or a bundle reference.
fn member(entry: Entry<'_>) -> Result<Member<'_>, Error> {
    match Member::from(entry) {
        Member::Other(entry, rule) => {
            let title = entry.title().map(crate::atom::Text::value).unwrap_or_default();
            Err(Error::built(rule, "/entry", &title))
        }
        member => Ok(member),
    }
}

/// The outcome of an operation, from which the response is built.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'o, 'a> {
    /// The service document, for a GET.
    Service(&'o Service<'a>),
    /// The bundle as a feed, for a GET.
    Bundle(&'o Feed<'a>),
    /// The entry, for a GET or after an edit.
    Member(&'o Entry<'a>),
    /// The collection of the bundle after an edit.
    EditedBundle(&'o Collection<'a>),
    /// A bundle was created at this URI.
    CreatedBundle(&'o str, &'o Collection<'a>),
    /// A member was created at this URI.
    CreatedMember(&'o str, &'o Entry<'a>),
    /// The resource was deleted.
    Deleted,
    /// There is no such resource.
    NotFound,
    /// There was such a resource, but it is gone.
    Gone,
}

impl Outcome<'_, '_> {
    /// Builds the response. Pass an entity tag after a GET or a creation only: after an edit the
    /// client must get the resource again, since the server stores something else than the client
    /// sent (RFC 9110 section 9.3.4).
    ///
    /// # Errors
    /// When the document violates a rule as stored, or when the Location or the tag is not a field
    /// value.
    pub fn into_response(
        self,
        etag: Option<&str>,
        collection_type: CollectionType,
    ) -> Result<Response<Vec<u8>>, Error> {
        let (ok, created) = (StatusCode::OK, StatusCode::CREATED);
        let collection_type = collection_type.as_str();
        let mut response = match self {
            Self::Service(service) => document(ok, SERVICE, service)?,
            Self::Bundle(feed) => document(ok, FEED, feed)?,
            Self::Member(entry) => document(ok, ENTRY, entry)?,
            Self::EditedBundle(collection) => document(ok, collection_type, collection)?,
            Self::CreatedBundle(_, collection) => document(created, collection_type, collection)?,
            Self::CreatedMember(_, entry) => document(created, ENTRY, entry)?,
            Self::Deleted => with_status(StatusCode::NO_CONTENT),
            Self::NotFound => refusal(StatusCode::NOT_FOUND, "there is nothing here"),
            Self::Gone => refusal(StatusCode::GONE, "there is nothing here any more"),
        };
        if let Self::CreatedBundle(location, _) | Self::CreatedMember(location, _) = self {
            put(&mut response, LOCATION, location)?;
        }
        if let Some(etag) = etag {
            put(&mut response, ETAG, etag)?;
        }
        Ok(response)
    }
}

fn document<'a>(
    status: StatusCode,
    media_type: &'static str,
    root: &impl Root<'a>,
) -> Result<Response<Vec<u8>>, Error> {
    let mut response = with_status(status);
    *response.body_mut() = Writer::new().declaration(Declaration::Written).to_vec(root)?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

fn put(response: &mut Response<Vec<u8>>, name: HeaderName, value: &str) -> Result<(), Error> {
    let field = HeaderValue::from_str(value).map_err(|_| Error::head(Rule::Character, value))?;
    response.headers_mut().insert(name, field);
    Ok(())
}

fn with_status(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn refusal(status: StatusCode, text: &str) -> Response<Vec<u8>> {
    let mut response = with_status(status);
    *response.body_mut() = format!("{text}\n").into_bytes();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

fn not_allowed(method: &Method, resource: Resource) -> Response<Vec<u8>> {
    let allowed = match resource {
        Resource::ServiceDocument => "GET, HEAD, POST",
        Resource::Bundle => "GET, HEAD, POST, PUT, DELETE",
        Resource::ServiceEntry | Resource::BundleReference => "GET, HEAD, PUT, DELETE",
    };
    let is_deletion = method == Method::POST && resource == Resource::BundleReference;
    let text = if is_deletion {
        Error::head(Rule::ReferenceDeletion, "POST").to_string()
    } else {
        format!("the methods here are {allowed}")
    };
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, &text);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
