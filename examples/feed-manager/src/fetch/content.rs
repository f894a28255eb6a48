//! The octets of a document, within the limit, as sent and as decompressed.

use super::cause::Cause;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use std::io::Read;

/// How a document is compressed (RFC 9110 section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

impl Coding {
    /// The coding of a response. Several at once are refused: nobody asked for them.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Cause> {
        let mut fields = headers.get_all(CONTENT_ENCODING).iter();
        let (first, second) = (fields.next(), fields.next());
        let coding = first.map_or(Ok(""), |field| field.to_str().map(str::trim));
        match (coding.map(str::to_ascii_lowercase).as_deref(), second) {
            (Ok("" | "identity"), None) => Ok(Self::Identity),
            (Ok("gzip" | "x-gzip"), None) => Ok(Self::Gzip),
            (Ok("deflate"), None) => Ok(Self::Deflate),
            _ => Err(Cause::Coding),
        }
    }

    /// Decompresses up to a number of octets; more are an error.
    pub(super) fn decode(self, octets: Vec<u8>, limit: usize) -> Result<Vec<u8>, Cause> {
        match self {
            Self::Identity => Ok(octets),
            Self::Gzip => read(MultiGzDecoder::new(&*octets), limit),
            Self::Deflate => read(ZlibDecoder::new(&*octets), limit),
        }
    }
}

fn read(source: impl Read, limit: usize) -> Result<Vec<u8>, Cause> {
    let mut decoded = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    source.take(one_more).read_to_end(&mut decoded)?;
    if decoded.len() > limit { Err(Cause::Octets) } else { Ok(decoded) }
}
