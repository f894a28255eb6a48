//! Content codings, which are taken off what servers send (RFC 9110 section 8.4.1).

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use std::io::{self, Read};

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

/// A coding that is not known, or several at once, which nobody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownCoding(pub(crate) String);

/// Why a body is not decoded.
#[derive(Debug)]
pub(crate) enum Undecoded {
    /// It has more octets than the limit.
    TooLarge,
    /// It is not coded as it says.
    Malformed(io::Error),
}

impl Coding {
    /// The coding that the head of a response names.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, UnknownCoding> {
        let fields = headers.get_all(CONTENT_ENCODING).iter();
        let fields: Vec<_> = fields.map(|it| String::from_utf8_lossy(it.as_bytes())).collect();
        let coding = fields.join(", ").trim().to_ascii_lowercase();
        match &*coding {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            _ => Err(UnknownCoding(coding)),
        }
    }

    /// Decodes a body, of which at most `most` octets may come out.
    pub(crate) fn decode(self, body: Vec<u8>, most: u64) -> Result<Vec<u8>, Undecoded> {
        match self {
            Self::Identity if body.len() as u64 > most => Err(Undecoded::TooLarge),
            Self::Identity => Ok(body),
            Self::Gzip => read(MultiGzDecoder::new(&*body), most),
            Self::Deflate => read(ZlibDecoder::new(&*body), most),
        }
    }
}

fn read(source: impl Read, most: u64) -> Result<Vec<u8>, Undecoded> {
    let mut decoded = Vec::new();
    let read = source.take(most.saturating_add(1)).read_to_end(&mut decoded);
    read.map_err(Undecoded::Malformed)?;
    if decoded.len() as u64 > most { Err(Undecoded::TooLarge) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    #[test]
    fn rfc9110_8_4_one_coding_is_taken_off_and_no_more_comes_out_than_the_limit_allows() {
        for (fields, expected) in [
            (&[][..], Ok(Coding::Identity)),
            (&["identity"], Ok(Coding::Identity)),
            (&[" GZIP"], Ok(Coding::Gzip)),
            (&["x-gzip"], Ok(Coding::Gzip)),
            (&["deflate"], Ok(Coding::Deflate)),
            (&["br"], Err("br")),
            (&["gzip, gzip"], Err("gzip, gzip")),
            (&["gzip", "gzip"], Err("gzip, gzip")),
        ] {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(CONTENT_ENCODING, field.parse().unwrap());
            }
            let expected = expected.map_err(|coding: &str| UnknownCoding(coding.to_owned()));
            assert_eq!(Coding::of(&headers), expected, "{fields:?}");
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&[b'x'; 1000]).unwrap();
        let gzip = gzip.finish().unwrap();
        // Two members are one body (RFC 1952 section 2.2).
        let twice = [&*gzip, &gzip].concat();
        assert_eq!(Coding::Gzip.decode(twice.clone(), 2000).unwrap().len(), 2000);
        assert!(matches!(Coding::Gzip.decode(twice, 1999), Err(Undecoded::TooLarge)));
        assert!(matches!(Coding::Identity.decode(vec![0; 11], 10), Err(Undecoded::TooLarge)));
        assert!(matches!(Coding::Gzip.decode(vec![0; 11], 10), Err(Undecoded::Malformed(_))));
    }
}
