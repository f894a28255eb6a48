//! The operation that a request asks for, with its document.

use super::super::media;
use super::super::problem::Problem;
use super::super::slug::Slug;
use super::collection::PostedCollection;
use super::entry::PostedEntry;
use super::expected::{Expected, Wanted};
use super::refusal::{refuse_document, refuse_rule, with_field};
use super::resource::Resource;
use crate::app::{Collection, media_range};
use crate::atom::Entry;
use crate::error::Error;
use crate::fsm::{Member, Profile};
use crate::reader::Reader;
use crate::reading::Reading;
use crate::rule::Rule;
use http::header::ACCEPT;
use http::{Response, StatusCode};

/// The operation that a request asks for, with its document.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "one operation is held at a time, and moved once")]
pub enum Operation {
    /// GET or HEAD: respond with the resource.
    Get,
    /// Create a collection: a bundle. Its URI is named after the slug, or after the title if there is
    /// no slug.
    CreateCollection(PostedCollection, Option<Slug>),
    /// Change the collection to what this one says.
    EditCollection(PostedCollection),
    /// Create a member from this entry. Its URI is named after the slug, or after the title if there is
    /// no slug.
    CreateMember(PostedEntry, Option<Slug>),
    /// Replace the member by this entry.
    EditMember(PostedEntry),
    /// Create a media resource of this media type from the body, octet for octet, and a media link
    /// entry: see [`Server::media_link_entry`](super::Server::media_link_entry).
    CreateMedia(String, Option<Slug>),
    /// Replace the media resource by the body, which has this media type.
    EditMedia(String),
    /// Delete the resource. A bundle is deleted with its members; of a bundle reference, only the
    /// reference is deleted; a media resource and its media link entry are deleted together (RFC 5023
    /// section 9.4).
    Delete,
}

type Refusal = Response<Vec<u8>>;

impl Expected {
    /// Reads the body, as a document that a client submits.
    ///
    /// # Errors
    /// Returns the response to send: 413 when the body exceeds a limit, 415 when the root of a document
    /// of `application/atom+xml` is no entry, 409 when an edit would make a service entry a bundle reference or
    /// the reverse, otherwise 400 when the document cannot be read, or when it
    /// is for a bundle and neither a service entry nor a bundle reference.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn read(&self, body: &[u8]) -> Result<Operation, Refusal> {
        let operation = match self.wanted {
            Wanted::Get => Operation::Get,
            Wanted::Delete => Operation::Delete,
            Wanted::CreateMedia | Wanted::EditMedia => {
                if body.len() as u64 > self.server.limits.octets {
                    let limits = &self.server.limits;
                    return Err(super::refusal::refuse_limit(crate::Limit::Octets, limits));
                }
                match self.wanted {
                    Wanted::CreateMedia => {
                        Operation::CreateMedia(self.media_type.clone(), self.slug.clone())
                    }
                    _ => Operation::EditMedia(self.media_type.clone()),
                }
            }
            // The draft's open "special case": a POST that may be meant to delete a reference.
            Wanted::CreateMember if body.is_empty() && self.resource == Resource::Bundle => {
                return Err(refuse_rule(StatusCode::BAD_REQUEST, Rule::ReferenceDeletion));
            }
            // It had no Content-Type, and was taken for one without a body.
            Wanted::CreateMember if self.media_type.is_empty() => {
                let refusal = refuse_rule(StatusCode::UNSUPPORTED_MEDIA_TYPE, Rule::MediaType);
                return Err(with_field(refusal, ACCEPT, media::ENTRY));
            }
            Wanted::CreateMember => Operation::CreateMember(self.entry(body)?, self.slug.clone()),
            Wanted::EditMember => Operation::EditMember(self.entry(body)?),
            Wanted::CreateCollection => {
                Operation::CreateCollection(self.collection(body)?, self.slug.clone())
            }
            Wanted::EditCollection => Operation::EditCollection(self.collection(body)?),
        };
        Ok(operation)
    }

    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    fn entry(&self, body: &[u8]) -> Result<PostedEntry, Refusal> {
        let (entry, diagnostics) = self.submitted(body, |reader, body| {
            let reading: Reading<Entry<'_>> = reader.read(body)?;
            let (entry, diagnostics) = reading.into_parts();
            Ok((entry.into_owned(), diagnostics))
        })?;
        let (entry, profile) = match Member::from(entry) {
            Member::Service(service) => (service.into_entry(), Ok(Profile::ServiceEntry)),
            Member::Reference(reference) => (reference.into_entry(), Ok(Profile::Bundle)),
            Member::Other(entry, rule) => (entry, Err(rule)),
        };
        let is_fsm = matches!(
            self.resource,
            Resource::Bundle | Resource::ServiceEntry | Resource::BundleReference
        );
        let other = match self.resource {
            Resource::ServiceEntry => Some(Profile::Bundle),
            Resource::BundleReference => Some(Profile::ServiceEntry),
            _ => None,
        };
        match profile {
            // Who knows the member by its URI would find something of another kind there.
            Ok(found) if Some(found) == other => {
                let detail =
                    "a service entry or a bundle reference stays what it is: create another member";
                let problem = Problem::of_status(StatusCode::CONFLICT)
                    .with_rule(Rule::ProfileUnknown)
                    .with_detail(detail)
                    .with_path("/entry");
                Err(problem.into_response())
            }
            Err(rule) if is_fsm => {
                let error = Error::built(rule, "/entry", "");
                Err(refuse_document(&error, &self.server.limits, None))
            }
            profile => Ok(PostedEntry {
                entry,
                diagnostics,
                profile: profile.ok(),
                base: self.uri.clone(),
                server: self.server.clone(),
            }),
        }
    }

    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    fn collection(&self, body: &[u8]) -> Result<PostedCollection, Refusal> {
        let (collection, diagnostics) = self.submitted(body, |reader, body| {
            let reading: Reading<Collection<'_>> = reader.read(body)?;
            let (collection, diagnostics) = reading.into_parts();
            Ok((collection.into_owned(), diagnostics))
        })?;
        let (base, server) = (self.uri.clone(), self.server.clone());
        Ok(PostedCollection { collection, diagnostics, base, server })
    }

    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    fn submitted<T>(
        &self,
        body: &[u8],
        read: impl FnOnce(&Reader, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Refusal> {
        let reader = self.server.reader();
        let charset = media_range::parameter(&self.media_type, "charset");
        let decoded = reader.decode(body, charset.as_deref());
        let document = decoded.and_then(|decoded| read(&reader, decoded.as_ref()));
        document.map_err(|error| {
            let is_untyped = media_range::parameter(&self.media_type, "type").is_none();
            if error.rule() == Some(Rule::RootElement) && is_untyped {
                return refuse_rule(StatusCode::UNSUPPORTED_MEDIA_TYPE, Rule::RootElement);
            }
            refuse_document(&error, &self.server.limits, None)
        })
    }
}
