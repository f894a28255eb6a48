//! Content codings (RFC 9110 section 8.4) that a proxy applies although none was asked for.

use super::limits::Limits;
use crate::error::Error;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::{HeaderMap, header};
use std::fmt;
use std::io::{self, Write};

/// The number of octets that are decoded at once, so that what they become fits into memory.
const AT_ONCE: usize = 1024;

/// A window of zstd has at most 8 MiB (RFC 9659 section 3).
#[cfg(feature = "zstd")]
const ZSTD_WINDOW_LOG: u32 = 23;

/// A coding that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Coding {
    /// The coding of an answer; none for identity.
    ///
    /// # Errors
    /// [`Error::Coded`] for any other coding, and where there is more than one.
    pub(crate) fn of(uri: &str, headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let codings = codings(headers);
        match codings.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(None),
            ["gzip" | "x-gzip"] => Ok(Some(Self::Gzip)),
            #[cfg(feature = "zstd")]
            ["zstd"] => Ok(Some(Self::Zstd)),
            _ => Err(Error::Coded { uri: uri.to_owned(), coding: codings.join(", ") }),
        }
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            #[cfg(feature = "zstd")]
            Self::Zstd => "zstd",
        })
    }
}

/// Whether an answer has a content coding that changes its octets.
pub(crate) fn is_coded(headers: &HeaderMap) -> bool {
    !codings(headers).is_empty()
}

/// The codings that were applied, without identity, which changes nothing.
fn codings(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let text = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).to_lowercase());
    let all: Vec<_> = text.collect();
    let tokens = all.iter().flat_map(|line| line.split(',')).map(str::trim);
    tokens.filter(|token| !["", "identity"].contains(token)).map(str::to_owned).collect()
}

/// Decodes octets as they are received.
pub(crate) struct Decoder {
    uri: String,
    coding: Coding,
    by: By,
    limits: Limits,
    received: u64,
}

enum By {
    Gzip(MultiGzDecoder<Sink>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::stream::write::Decoder<'static, Sink>),
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("coding", &self.coding).finish_non_exhaustive()
    }
}

/// Receives what was decoded, up to a limit.
#[derive(Debug, Default)]
struct Sink {
    decoded: Vec<u8>,
    total: u64,
    most: u64,
}

impl Write for Sink {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.total += octets.len() as u64;
        if self.total > self.most {
            return Err(io::Error::other("more octets than the limit"));
        }
        self.decoded.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder {
    pub(crate) fn new(uri: &str, coding: Coding, limits: Limits) -> Result<Self, Error> {
        let broken =
            |source| Error::Undecodable { uri: uri.to_owned(), coding: coding.to_string(), source };
        let by = match coding {
            Coding::Gzip => By::Gzip(MultiGzDecoder::new(Sink::default())),
            #[cfg(feature = "zstd")]
            Coding::Zstd => By::Zstd(zstd_decoder().map_err(broken)?),
        };
        #[cfg(not(feature = "zstd"))]
        let _ = broken;
        Ok(Self { uri: uri.to_owned(), coding, by, limits, received: 0 })
    }

    /// Takes some octets from the begin of a chunk, and returns what they become.
    ///
    /// # Errors
    /// [`Error::Undecodable`]; [`Error::Inflated`] if there are too many.
    pub(crate) fn take(&mut self, chunk: &mut Bytes) -> Result<Bytes, Error> {
        let octets = chunk.split_to(chunk.len().min(AT_ONCE));
        self.received += octets.len() as u64;
        let Limits { coded_ratio, coded_free_octets, .. } = self.limits;
        let most = coded_free_octets.saturating_add(self.received.saturating_mul(coded_ratio));
        self.sink().most = most;
        let written = match &mut self.by {
            By::Gzip(decoder) => decoder.write_all(&octets).and_then(|()| decoder.flush()),
            #[cfg(feature = "zstd")]
            By::Zstd(decoder) => decoder.write_all(&octets).and_then(|()| decoder.flush()),
        };
        self.taken(written)
    }

    /// Returns what is left at the end of the octets.
    ///
    /// # Errors
    /// Those of [`take`](Self::take), also if the octets end too early.
    pub(crate) fn finish(&mut self) -> Result<Bytes, Error> {
        let finished = match &mut self.by {
            By::Gzip(decoder) => decoder.try_finish(),
            #[cfg(feature = "zstd")]
            By::Zstd(decoder) => decoder.do_finish(),
        };
        self.taken(finished)
    }

    fn sink(&mut self) -> &mut Sink {
        match &mut self.by {
            By::Gzip(decoder) => decoder.get_mut(),
            #[cfg(feature = "zstd")]
            By::Zstd(decoder) => decoder.get_mut(),
        }
    }

    fn taken(&mut self, written: io::Result<()>) -> Result<Bytes, Error> {
        let (uri, coding) = (self.uri.clone(), self.coding.to_string());
        let received = self.received;
        let sink = self.sink();
        match written {
            _ if sink.total > sink.most => {
                Err(Error::Inflated { uri, coding, received, limit: sink.most })
            }
            Err(source) => Err(Error::Undecodable { uri, coding, source }),
            Ok(()) => Ok(std::mem::take(&mut sink.decoded).into()),
        }
    }
}

#[cfg(feature = "zstd")]
fn zstd_decoder() -> io::Result<zstd::stream::write::Decoder<'static, Sink>> {
    let mut decoder = zstd::stream::write::Decoder::new(Sink::default())?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;

    fn gzip(octets: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    type Encode = fn(&[u8]) -> Vec<u8>;

    fn codings() -> Vec<(Coding, Encode)> {
        vec![
            (Coding::Gzip, gzip),
            #[cfg(feature = "zstd")]
            (Coding::Zstd, |octets| zstd::encode_all(octets, 19).unwrap()),
        ]
    }

    /// Decodes chunks of this size.
    fn decoded(coding: Coding, octets: &[u8], at_once: usize) -> Result<Vec<u8>, Error> {
        decoded_within(Limits::default(), coding, octets, at_once)
    }

    fn decoded_within(
        limits: Limits,
        coding: Coding,
        octets: &[u8],
        at_once: usize,
    ) -> Result<Vec<u8>, Error> {
        let mut decoder = Decoder::new("http://x/", coding, limits)?;
        let mut decoded = Vec::new();
        for chunk in octets.chunks(at_once) {
            let mut chunk = Bytes::copy_from_slice(chunk);
            while !chunk.is_empty() {
                decoded.extend(decoder.take(&mut chunk)?);
            }
        }
        decoded.extend(decoder.finish()?);
        Ok(decoded)
    }

    fn sample() -> Vec<u8> {
        (0..30_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_be_bytes()).collect()
    }

    #[test]
    fn rfc9110_8_4_1_octets_are_decoded_however_they_come() {
        for (coding, encode) in codings() {
            for octets in [&b""[..], b"x", &sample()] {
                let coded = encode(octets);
                for at_once in [1, 7, 1024, 4096, 1 << 20] {
                    if at_once > 1 || coded.len() < 1000 {
                        assert_eq!(decoded(coding, &coded, at_once).unwrap(), octets, "{coding}");
                    }
                }
            }
            let two = [encode(b"one, "), encode(b"two")].concat();
            assert_eq!(decoded(coding, &two, 5).unwrap(), b"one, two", "{coding}: members");
        }
    }

    #[test]
    fn rfc1952_2_2_what_ends_too_early_or_is_no_such_coding_is_not_decoded() {
        for (coding, encode) in codings() {
            let coded = encode(&sample()[..10_000]);
            for end in [0, 1, 5, 11, coded.len() / 2, coded.len() - 1] {
                let error = decoded(coding, &coded[..end], 1000).unwrap_err();
                assert!(matches!(error, Error::Undecodable { .. }), "{coding} at {end}: {error}");
            }
            let mut wrong = coded.clone();
            wrong[coded.len() / 2] ^= 1;
            let other = decoded(coding, &wrong, 1000);
            assert!(other.is_err() || coding != Coding::Gzip, "{coding} has a checksum");
            assert!(decoded(coding, b"{\"uris\":[]} is JSON", 1000).is_err(), "{coding}");
        }
    }

    #[test]
    fn what_becomes_more_octets_than_the_ratio_allows_is_not_decoded() {
        for (coding, encode) in codings() {
            let one_mebibyte = vec![0; 1 << 20];
            let coded = encode(&one_mebibyte);
            assert_eq!(decoded(coding, &coded, 4096).unwrap().len(), 1 << 20, "{coding}: free");
            let limits = Limits { coded_ratio: 100, ..Limits::default() };
            let coded = encode(&vec![0; 2 << 20]);
            let error = decoded_within(limits, coding, &coded, 4096).unwrap_err();
            assert!(matches!(error, Error::Inflated { .. }), "{coding}: {error}");
        }
    }

    #[test]
    fn rfc9110_8_4_a_coding_is_read_where_it_is_known() {
        let of = |value: &str| {
            let headers = [(header::CONTENT_ENCODING, value.parse().unwrap())];
            Coding::of("http://x/0", &headers.into_iter().collect())
        };
        for nothing in ["identity", "", "Identity, identity"] {
            assert_eq!(of(nothing).unwrap(), None);
        }
        for gzip in ["gzip", "GZip", "x-gzip", "identity, gzip"] {
            assert_eq!(of(gzip).unwrap(), Some(Coding::Gzip));
        }
        for refused in ["deflate", "br", "gzip, gzip", "compress", "dcz"] {
            let error = of(refused).unwrap_err().to_string();
            assert!(error.contains(refused) && error.contains("gzip"), "{error}");
        }
    }
}
