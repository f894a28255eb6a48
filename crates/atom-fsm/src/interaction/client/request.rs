//! The requests of a client (RFC 5023 sections 5 and 9, draft-wilde-fsm-00 section 4).

use super::super::conditions::{Validators, date_field};
use super::super::entity_tag::StrongTag;
use super::super::media::ENTRY;
use super::super::{slug, uri};
use super::settings::Client;
use crate::app::Collection;
use crate::atom::{Entry, is_media_type};
use crate::error::Error;
use crate::fsm::BundleReference;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::Stage;
use crate::writer::{Declaration, Writer};
use chrono::{DateTime, Utc};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_UNMODIFIED_SINCE,
};
use http::{HeaderName, HeaderValue, Method, Request, request};

/// Which state of a resource a request changes, so that it does not overwrite a change that its client
/// has not seen (RFC 9110 section 13.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guard {
    /// Any state: a change of somebody else may be lost.
    Unguarded,
    /// The state that has this entity tag (If-Match). A weak tag cannot guard a change: see
    /// [`Received::strong_tag`](super::Received::strong_tag).
    IfMatch(StrongTag),
    /// Any state, but not the creation of a resource that does not exist (`If-Match: *`).
    IfExists,
    /// A state that was not modified after this date (If-Unmodified-Since), for servers without entity
    /// tags. A second change within the same second is not seen. The request cannot be built
    /// ([`Rule::DateSyntax`]) if the year does not have four digits.
    IfUnmodifiedSince(DateTime<Utc>),
}

impl From<StrongTag> for Guard {
    fn from(tag: StrongTag) -> Self {
        Self::IfMatch(tag)
    }
}

impl Guard {
    /// The field, which a request with a guard never lacks.
    fn field(&self) -> Result<Option<Field>, Error> {
        Ok(Some(match self {
            Self::Unguarded => return Ok(None),
            Self::IfMatch(tag) => (IF_MATCH, tag.as_tag().to_field()),
            Self::IfExists => (IF_MATCH, HeaderValue::from_static("*")),
            Self::IfUnmodifiedSince(date) => {
                let field = date_field(date);
                let out_of_range = || Error::head(Rule::DateSyntax, &date.to_string());
                (IF_UNMODIFIED_SINCE, field.ok_or_else(out_of_range)?)
            }
        }))
    }
}

impl Client {
    /// Builds a GET of a service document, a collection (a bundle), an entry or a media resource.
    /// What is not ASCII in the URI is percent-encoded, here and in every other request.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is not valid or not absolute.
    pub fn get(&self, uri: &str) -> Result<Request<Vec<u8>>, Error> {
        request(Method::GET, uri, [Some(accept())], Vec::new())
    }

    /// Builds a GET that is answered with 304 while the resource has these validators: If-None-Match, or
    /// else If-Modified-Since.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is not valid or not absolute.
    pub fn get_if_changed(
        &self,
        uri: &str,
        validators: &Validators,
    ) -> Result<Request<Vec<u8>>, Error> {
        let etag = validators.etag().map(|etag| (IF_NONE_MATCH, etag.to_field()));
        let date = validators.last_modified().as_ref().and_then(date_field);
        let date = date.map(|date| (IF_MODIFIED_SINCE, date)).filter(|_| etag.is_none());
        request(Method::GET, uri, [Some(accept()), etag, date], Vec::new())
    }

    /// Builds a GET that asks for the representation as it is, without a content coding: a proxy that
    /// compresses makes strong entity tags weak.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is not valid or not absolute.
    pub fn get_identity(&self, uri: &str) -> Result<Request<Vec<u8>>, Error> {
        let identity = (ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        request(Method::GET, uri, [Some(accept()), Some(identity)], Vec::new())
    }

    /// Builds a POST of a collection to the service document's URI, which creates a collection: a
    /// bundle (draft-wilde-fsm-00 section 4.2). The slug suggests a name for its URI (RFC 5023 section
    /// 9.7).
    ///
    /// # Errors
    /// When the URI is not valid, or the collection cannot be written as submitted.
    pub fn create_collection(
        &self,
        service_document: &str,
        collection: &Collection<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), slug.map(slug::field)];
        request(Method::POST, service_document, fields, submitted(collection)?)
    }

    /// Builds a POST of an entry to a collection's URI, which creates a member (RFC 5023 section 9.2):
    /// in a bundle, a service entry or a bundle reference. The slug suggests a name for the member's
    /// URI (RFC 5023 section 9.7).
    ///
    /// # Errors
    /// When the URI is not valid, or the entry cannot be written as submitted.
    pub fn create_member(
        &self,
        collection: &str,
        entry: &Entry<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), slug.map(slug::field)];
        request(Method::POST, collection, fields, submitted(entry)?)
    }

    /// Builds a POST that adds a reference to a bundle, on this server or another, to the bundle at a
    /// URI (draft-wilde-fsm-00 section 2.2.1). [`delete`](Self::delete) of the reference's own edit URI
    /// removes it.
    ///
    /// # Errors
    /// When the URI is not valid, or the reference cannot be written as submitted.
    pub fn add_reference(
        &self,
        bundle: &str,
        reference: &BundleReference<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        self.create_member(bundle, reference.as_entry(), slug)
    }

    /// Builds a POST of anything that is not an entry to a collection's URI, which creates a media
    /// resource and a media link entry (RFC 5023 section 9.6). The slug suggests a name for both and a
    /// title.
    ///
    /// # Errors
    /// When the URI is not valid, or [`Rule::MediaType`] when that is no media type.
    pub fn create_media(
        &self,
        collection: &str,
        media_type: &str,
        octets: Vec<u8>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(given_type(media_type)?), slug.map(slug::field)];
        request(Method::POST, collection, fields, octets)
    }

    /// Builds a PUT of a collection to its URI: an edit of a bundle (draft-wilde-fsm-00 section 4.2).
    ///
    /// # Errors
    /// When the URI is not valid, or when the collection cannot be written as submitted.
    pub fn edit_collection(
        &self,
        collection_uri: &str,
        collection: &Collection<'_>,
        guard: &Guard,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), guard.field()?];
        request(Method::PUT, collection_uri, fields, submitted(collection)?)
    }

    /// Builds a PUT of an entry to its edit URI (RFC 5023 section 9.3).
    ///
    /// # Errors
    /// When the URI is not valid, or when the entry cannot be written as submitted.
    pub fn edit_member(
        &self,
        edit_uri: &str,
        entry: &Entry<'_>,
        guard: &Guard,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), guard.field()?];
        request(Method::PUT, edit_uri, fields, submitted(entry)?)
    }

    /// Builds a PUT of a media resource to its edit-media URI (RFC 5023 section 9.6).
    ///
    /// # Errors
    /// When the URI is not valid, or [`Rule::MediaType`] when that is no media type.
    pub fn edit_media(
        &self,
        edit_media_uri: &str,
        media_type: &str,
        octets: Vec<u8>,
        guard: &Guard,
    ) -> Result<Request<Vec<u8>>, Error> {
        request(
            Method::PUT,
            edit_media_uri,
            [Some(given_type(media_type)?), guard.field()?],
            octets,
        )
    }

    /// Builds a DELETE of a collection, a member or a media resource (RFC 5023 section 9.4). Deleting a
    /// bundle reference does not delete the bundle.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is not valid or not absolute.
    pub fn delete(&self, uri: &str, guard: &Guard) -> Result<Request<Vec<u8>>, Error> {
        request(Method::DELETE, uri, [guard.field()?], Vec::new())
    }
}

/// Writes a document as submitted, with an XML declaration as in the draft's examples.
fn submitted<'a>(root: &impl Root<'a>) -> Result<Vec<u8>, Error> {
    Writer::new().stage(Stage::Submitted).declaration(Declaration::Written).to_vec(root)
}

type Field = (HeaderName, HeaderValue);

fn accept() -> Field {
    let accept =
        "application/atom+xml, application/atomsvc+xml, application/atomcat+xml, */*;q=0.5";
    (ACCEPT, HeaderValue::from_static(accept))
}

fn content_type(media_type: &'static str) -> Field {
    (CONTENT_TYPE, HeaderValue::from_static(media_type))
}

fn given_type(media_type: &str) -> Result<Field, Error> {
    let value = HeaderValue::from_str(media_type).ok().filter(|_| is_media_type(media_type));
    let value = value.ok_or_else(|| Error::head(Rule::MediaType, media_type))?;
    Ok((CONTENT_TYPE, value))
}

fn request<const N: usize>(
    method: Method,
    uri: &str,
    fields: [Option<Field>; N],
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>, Error> {
    let (mut parts, ()): (request::Parts, ()) = Request::new(()).into_parts();
    (parts.method, parts.uri) = (method, uri::request_uri(uri)?);
    parts.headers.extend(fields.into_iter().flatten());
    Ok(Request::from_parts(parts, body))
}
