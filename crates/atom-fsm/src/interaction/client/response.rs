//! Reading the responses of servers (RFC 5023 section 5, draft-wilde-fsm-00 section 4).

use super::super::media::{self, Kind};
use super::answer::Answer;
use super::head::Head;
use super::received::{Created, Edited, Received, Representation};
use super::settings::Client;
use crate::app::{Categories, Collection, Service, media_range};
use crate::atom::{Entry, Feed};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::reader::Reader;
use crate::reading::Reading;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use http::response;

/// A document that a client reads: it borrows nothing, since a body may have to be decoded.
trait Readable: Sized {
    const KIND: Kind;

    fn read(reader: &Reader, document: &[u8]) -> Result<(Self, Diagnostics), Error>;
}

macro_rules! readable {
    ($($type:ident: $kind:ident),*) => {
        $(impl Readable for $type<'static> {
            const KIND: Kind = Kind::$kind;

            fn read(reader: &Reader, document: &[u8]) -> Result<(Self, Diagnostics), Error> {
                let reading: Reading<$type<'_>> = reader.read(document)?;
                let (document, diagnostics) = reading.into_parts();
                Ok((document.into_owned(), diagnostics))
            }
        })*
    };
}

readable!(Service: Service, Categories: Categories, Collection: Collection, Feed: Feed, Entry: Entry);

impl Client {
    /// Reads the response to [`get`](Self::get) of a service document.
    ///
    /// The body of this response and of all others may be in UTF-8 or UTF-16, and with the feature
    /// `encodings` in others. A media type that is missing or wrong is reported
    /// ([`Rule::ResponseType`]): the root element decides what is read.
    ///
    /// # Errors
    /// When the request was performed, and the body cannot be read as this document.
    pub fn service(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Result<Answer<Received<Service<'static>>>, Error> {
        self.received(uri, parts, body)
    }

    /// Reads the response to [`get`](Self::get) of a category document.
    ///
    /// # Errors
    /// When the request was performed, and the body cannot be read as this document.
    pub fn categories(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Result<Answer<Received<Categories<'static>>>, Error> {
        self.received(uri, parts, body)
    }

    /// Reads the response to [`get`](Self::get) of a collection, a bundle or any other feed.
    ///
    /// # Errors
    /// When the request was performed, and the body cannot be read as this document.
    pub fn feed(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Result<Answer<Received<Feed<'static>>>, Error> {
        self.received(uri, parts, body)
    }

    /// Reads the response to [`get`](Self::get) of an entry.
    ///
    /// # Errors
    /// When the request was performed, and the body cannot be read as this document.
    pub fn entry(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Result<Answer<Received<Entry<'static>>>, Error> {
        self.received(uri, parts, body)
    }

    /// Reads the response to [`create_member`](Self::create_member),
    /// [`add_reference`](Self::add_reference) or [`create_media`](Self::create_media). A POST that was
    /// performed is never an error, whatever the server sends with it.
    #[must_use]
    pub fn created_member(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Answer<Created<Entry<'static>>> {
        self.performed(uri, parts, body, |head, representation| Created { head, representation })
    }

    /// Reads the response to [`create_collection`](Self::create_collection).
    #[must_use]
    pub fn created_collection(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Answer<Created<Collection<'static>>> {
        self.performed(uri, parts, body, |head, representation| Created { head, representation })
    }

    /// Reads the response to [`edit_member`](Self::edit_member) or [`edit_media`](Self::edit_media).
    #[must_use]
    pub fn edited_member(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Answer<Edited<Entry<'static>>> {
        self.performed(uri, parts, body, |head, representation| Edited { head, representation })
    }

    /// Reads the response to [`edit_collection`](Self::edit_collection).
    #[must_use]
    pub fn edited_collection(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Answer<Edited<Collection<'static>>> {
        self.performed(uri, parts, body, |head, representation| Edited { head, representation })
    }

    /// Reads the response to [`delete`](Self::delete). A body is left alone.
    #[must_use]
    pub fn deleted(&self, uri: &str, parts: &response::Parts, body: &[u8]) -> Answer<Head> {
        match Answer::of(uri, parts, body, self.most_of_refusal()) {
            Ok(head) => Answer::Done(head),
            Err(answer) => answer,
        }
    }

    fn most_of_refusal(&self) -> u64 {
        self.reader.settings.limits.refusal_octets
    }

    fn received<T: Readable>(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
    ) -> Result<Answer<Received<T>>, Error> {
        let head = match Answer::of(uri, parts, body, self.most_of_refusal()) {
            Ok(head) => head,
            Err(answer) => return Ok(answer),
        };
        let (value, diagnostics) = self.document(&head, body)?;
        Ok(Answer::Done(Received { value, head, diagnostics }))
    }

    /// The answer to a request that changes something, of what the server sent with it.
    fn performed<T: Readable, U>(
        &self,
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
        answer: impl FnOnce(Head, Representation<T>) -> U,
    ) -> Answer<U> {
        match Answer::of(uri, parts, body, self.most_of_refusal()) {
            Ok(head) => {
                let representation = self.sent(&head, body);
                Answer::Done(answer(head, representation))
            }
            Err(answer) => answer,
        }
    }

    fn sent<T: Readable>(&self, head: &Head, body: &[u8]) -> Representation<T> {
        if body.is_empty() {
            return Representation::None;
        }
        match self.document(head, body) {
            Ok((document, diagnostics)) => Representation::Document(document, diagnostics),
            Err(error) => Representation::Unreadable(error),
        }
    }

    fn document<T: Readable>(&self, head: &Head, body: &[u8]) -> Result<(T, Diagnostics), Error> {
        let media_type = media::of(head.headers());
        let charset = media_type.and_then(|it| media_range::parameter(it, "charset"));
        let by_charset = self.reader.decode(body, charset.as_deref());
        let (decoded, is_wrong) = match (by_charset, self.reader.decode(body, None)) {
            // Many servers say a charset of every text, whatever it is in. No text of another encoding
            // is UTF-8 by chance, if it is not ASCII.
            (Ok(by_charset), Ok(own)) if own != by_charset && own.encoding() == "UTF-8" => {
                let is_ascii = body.is_ascii();
                (if is_ascii { by_charset } else { own }, !is_ascii)
            }
            (Ok(by_charset), _) => (by_charset, false),
            // A charset that is wrong does not keep the client from a document that names its own.
            (Err(_), own) => (own?, true),
        };
        let (document, mut diagnostics) = T::read(&self.reader, decoded.as_ref())?;
        if is_wrong || !media_type.is_some_and(|it| T::KIND.takes(it)) {
            let most = self.reader.settings.limits.diagnostics;
            diagnostics.push(most, || Diagnostic::built(Rule::ResponseType, "Content-Type"));
        }
        Ok((document, diagnostics))
    }
}
