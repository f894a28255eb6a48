//! The body of an answer while it is received: decoded, and compared with its digests.
//!
//! A digest is about the octets as they were received, in their content coding (RFC 9530 sections 2
//! and 3). A proxy that codes what the publisher sent plain leaves a digest that is about the octets
//! before. So the digest of a coded answer must hold over the one or over the other: nobody can make
//! octets that differ from what was sent and have either digest.

use super::coding::{Coding, Decoder};
use super::limits::Limits;
use super::retry::Failed;
use crate::digest::Claim;
use crate::error::Error;
use bytes::Bytes;
use http::HeaderMap;

/// The body of an answer.
#[derive(Debug)]
pub(crate) struct Body {
    uri: String,
    decoder: Option<Decoder>,
    /// The claims about the body, over what was received and over what was decoded.
    claims: Vec<(Claim, Claim)>,
}

impl Body {
    /// The body of an answer with these fields, about which these claims are made.
    ///
    /// # Errors
    /// [`Error::Coded`].
    pub(crate) fn new(
        uri: &str,
        headers: &HeaderMap,
        claims: impl IntoIterator<Item = Claim>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let coding = Coding::of(uri, headers)?;
        let decoder = coding.map(|coding| Decoder::new(uri, coding, limits)).transpose()?;
        let claims = claims.into_iter().map(|claim| (claim.clone(), claim)).collect();
        Ok(Self { uri: uri.to_owned(), decoder, claims })
    }

    /// Takes octets from the begin of a chunk that was received, and returns what they become. The
    /// caller repeats this until the chunk is empty.
    ///
    /// # Errors
    /// [`Error::Undecodable`], [`Error::Inflated`].
    pub(crate) fn take(&mut self, chunk: &mut Bytes) -> Result<Bytes, Failed> {
        let before = chunk.clone();
        let decoded = match &mut self.decoder {
            Some(decoder) => decoder.take(chunk)?,
            None => std::mem::take(chunk),
        };
        let taken = &before[..before.len() - chunk.len()];
        for (received, of_decoded) in &mut self.claims {
            received.update(taken);
            if self.decoder.is_some() {
                of_decoded.update(&decoded);
            }
        }
        Ok(decoded)
    }

    /// Returns what is left at the end of the body, after comparing it with its digests.
    ///
    /// # Errors
    /// [`Error::Undecodable`], [`Error::Inflated`], [`Error::Digest`].
    pub(crate) fn finish(mut self) -> Result<Bytes, Failed> {
        let rest = match &mut self.decoder {
            Some(decoder) => decoder.finish()?,
            None => Bytes::new(),
        };
        let is_coded = self.decoder.is_some();
        let hold = self.claims.into_iter().all(|(received, mut decoded)| {
            decoded.update(&rest);
            received.holds() || is_coded && decoded.holds()
        });
        match hold {
            true => Ok(rest),
            false => Err(Failed::for_now(Error::Digest { uri: self.uri })),
        }
    }
}
