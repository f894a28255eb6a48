//! Media resources (RFC 5023 section 9.6).

use super::found::Found;
use super::manager::{Manager, done, refused};
use crate::error::Error;
use atom_fsm::atom::Entry;
use atom_fsm::interaction::{Answer, Guard, Validators};
use http::header::CONTENT_TYPE;

/// A media resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its media type, as the server gives it; empty where it gives none.
    pub media_type: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

impl Manager {
    /// Creates a media resource, and the entry that describes it. The slug suggests a name and a title.
    /// The result is that entry, at its own URI; its `edit-media` link names the media resource.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn create_media(
        &self,
        collection: &str,
        media_type: &str,
        octets: Vec<u8>,
        slug: Option<&str>,
    ) -> Result<Found<Entry<'static>>, Error> {
        let request = self.codec().create_media(collection, media_type, octets, slug)?;
        let response = self.send(request).await?;
        let answer = self.codec().created_member(&response.uri, &response.parts, &response.body);
        self.created(collection, &done(collection, answer)?).await
    }

    /// Reads a media resource.
    ///
    /// # Errors
    /// The errors of the request.
    pub async fn media(&self, uri: &str) -> Result<Found<Media>, Error> {
        let response = self.send(self.codec().get(uri)?).await?;
        // What a deletion gives is the head of any answer whose body is left alone.
        let head = done(uri, self.codec().deleted(&response.uri, &response.parts, &response.body))?;
        let media_type = head.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let media_type = String::from_utf8_lossy(media_type.unwrap_or_default()).into_owned();
        let value = Media { media_type, octets: response.body };
        Ok(Found { uri: response.uri, validators: head.validators(), value })
    }

    /// Replaces a media resource, if it is still in the state that the guard names. The result are its
    /// new validators, where the server gives them.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn edit_media(
        &self,
        edit_media_uri: &str,
        media_type: &str,
        octets: Vec<u8>,
        guard: &Guard,
    ) -> Result<Validators, Error> {
        let request = self.codec().edit_media(edit_media_uri, media_type, octets, guard)?;
        let response = self.send(request).await?;
        let (uri, codec) = (edit_media_uri, self.codec());
        match codec.edited_member(&response.uri, &response.parts, &response.body) {
            Answer::Done(edited) => Ok(edited.head().validators()),
            other => Err(refused(uri, other)),
        }
    }
}
