//! The responses of a server.

use super::super::conditions::Validators;
use super::super::media::{CATEGORIES, ENTRY, FEED, SERVICE};
use super::super::problem::Problem;
use super::collection::StoredCollection;
use super::entry::StoredEntry;
use super::expected::Expected;
use super::refusal::head_only;
use crate::app::{Categories, Service};
use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::root::Root;
use crate::rule::Rule;
use http::header::{CONTENT_LOCATION, CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

/// The outcome of an operation, from which the response is built.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'o, 'a> {
    /// The service document, for a GET.
    Service(&'o Service<'a>),
    /// The category document, for a GET.
    Categories(&'o Categories<'a>),
    /// The collection or bundle as a feed, for a GET.
    Feed(&'o Feed<'a>),
    /// The entry, for a GET.
    Entry(&'o Entry<'a>),
    /// A media resource, or a document that was written before, for a GET: its media type and its octets.
    Octets(&'o str, &'o [u8]),
    /// A member was created. The response has the entry.
    CreatedMember(&'o StoredEntry),
    /// A collection was created. The response has the collection.
    CreatedCollection(&'o StoredCollection),
    /// The member was edited. The response has the entry.
    EditedMember(&'o StoredEntry),
    /// The collection was edited. The response has the collection.
    EditedCollection(&'o StoredCollection),
    /// The media resource was replaced by what was sent, octet for octet.
    EditedMedia,
    /// The resource was deleted.
    Deleted,
    /// There is no such resource.
    NotFound,
    /// There was such a resource, but it is gone.
    Gone,
}

impl Expected {
    /// Builds the response. `validators` are those of the resource that was read, created or edited.
    ///
    /// They are sent after a GET and a creation, and after an edit of a media resource. After any other
    /// edit and a deletion they are not: the server stores something else than the client sent, so the
    /// client has to get the resource again before the next edit (RFC 9110 section 9.3.4). The response
    /// to a HEAD has no body, and the Content-Length of that of a GET.
    ///
    /// # Errors
    /// When a document that was not [stored](super::PostedEntry::store) by this module violates a rule,
    /// or when a URI or a media type is no field value. The server answers with 500 then.
    pub fn respond(
        &self,
        outcome: Outcome<'_, '_>,
        validators: &Validators,
    ) -> Result<Response<Vec<u8>>, Error> {
        let (ok, created) = (StatusCode::OK, StatusCode::CREATED);
        let collection_type = self.server.collection_type.as_str();
        let mut response = match outcome {
            Outcome::Service(service) => self.document(SERVICE, service)?,
            Outcome::Categories(categories) => self.document(CATEGORIES, categories)?,
            Outcome::Feed(feed) => self.document(FEED, feed)?,
            Outcome::Entry(entry) => self.document(ENTRY, entry)?,
            Outcome::Octets(media_type, octets) => with_body(ok, media_type, octets.to_vec())?,
            Outcome::CreatedMember(stored) => with_body(created, ENTRY, stored.octets().to_vec())?,
            Outcome::EditedMember(stored) => with_body(ok, ENTRY, stored.octets().to_vec())?,
            Outcome::CreatedCollection(stored) => {
                let mut response = self.document(collection_type, stored.collection())?;
                *response.status_mut() = created;
                response
            }
            Outcome::EditedCollection(stored) => {
                self.document(collection_type, stored.collection())?
            }
            Outcome::EditedMedia | Outcome::Deleted => with_status(StatusCode::NO_CONTENT),
            Outcome::NotFound => Problem::of_status(StatusCode::NOT_FOUND)
                .with_detail("there is nothing here")
                .into_response(),
            Outcome::Gone => Problem::of_status(StatusCode::GONE)
                .with_detail("there is nothing here any more")
                .into_response(),
        };
        match outcome {
            Outcome::CreatedMember(stored) => {
                put(&mut response, LOCATION, stored.uri())?;
                // The body is what a GET of this URI gives (RFC 5023 section 9.2).
                put(&mut response, CONTENT_LOCATION, stored.uri())?;
            }
            // A GET of this URI gives the same entry, however it was edited (RFC 9110 section 8.7).
            Outcome::EditedMember(stored) => put(&mut response, CONTENT_LOCATION, stored.uri())?,
            // A GET of the URI of a collection gives its feed: no Content-Location says what this is.
            Outcome::CreatedCollection(stored) => put(&mut response, LOCATION, stored.uri())?,
            _ => {}
        }
        let has_validators = !matches!(
            outcome,
            Outcome::EditedMember(_)
                | Outcome::EditedCollection(_)
                | Outcome::Deleted
                | Outcome::NotFound
                | Outcome::Gone
        );
        if has_validators {
            response.headers_mut().extend(validators.fields());
        }
        Ok(if self.method == Method::HEAD { head_only(response) } else { response })
    }

    fn document<'a>(
        &self,
        media_type: &str,
        root: &impl Root<'a>,
    ) -> Result<Response<Vec<u8>>, Error> {
        let mut octets = Vec::new();
        self.server.writer().write(root, &mut octets)?;
        with_body(StatusCode::OK, media_type, octets)
    }
}

fn with_body(
    status: StatusCode,
    media_type: &str,
    octets: Vec<u8>,
) -> Result<Response<Vec<u8>>, Error> {
    let mut response = with_status(status);
    put(&mut response, CONTENT_TYPE, media_type)?;
    *response.body_mut() = octets;
    Ok(response)
}

fn with_status(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn put(response: &mut Response<Vec<u8>>, name: HeaderName, value: &str) -> Result<(), Error> {
    let field = HeaderValue::from_str(value).map_err(|_| Error::head(Rule::Character, value))?;
    response.headers_mut().insert(name, field);
    Ok(())
}
