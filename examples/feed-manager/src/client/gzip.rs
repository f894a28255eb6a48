//! The content coding that a client takes off.

use crate::error::Error;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use std::io::Read;

/// The value of Accept-Encoding.
pub(super) const ACCEPTED: &str = "gzip";

/// Takes the content coding off a body, of which at most `most` octets may come out.
pub(super) fn decoded(
    uri: &str,
    headers: &mut HeaderMap,
    body: Vec<u8>,
    most: u64,
) -> Result<Vec<u8>, Error> {
    let coding = headers.get(CONTENT_ENCODING).map(|it| it.as_bytes().to_ascii_lowercase());
    let coding = coding.unwrap_or_default();
    match coding.trim_ascii() {
        b"" | b"identity" => Ok(body),
        // A 304 and the answer to a HEAD name the coding of a body that they do not have.
        _ if body.is_empty() => Ok(body),
        b"gzip" | b"x-gzip" => {
            let mut decoded = Vec::new();
            MultiGzDecoder::new(&*body).take(most.saturating_add(1)).read_to_end(&mut decoded)?;
            if decoded.len() as u64 > most {
                return Err(Error::TooLarge { uri: uri.to_owned(), limit: most });
            }
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
            Ok(decoded)
        }
        other => Err(Error::Coding {
            uri: uri.to_owned(),
            coding: String::from_utf8_lossy(other).into_owned(),
        }),
    }
}
