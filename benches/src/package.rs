//! The package that the multipart benches read and write.

use bytes::Bytes;
use multipart_package::{Boundary, Opening, Reader};
use std::fmt::Write;

pub(crate) const BOUNDARY: &str = "_-------------1435019846753";
/// How many octets a socket gives at once.
const CHUNK: usize = 64 * 1024;

/// A package as the draft has it, but for its opening, which RFC 2046 has: else no peer could read.
pub(crate) struct Package {
    pub(crate) boundary: &'static str,
    pub(crate) octets: Bytes,
    pub(crate) heads: Vec<String>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Package {
    pub(crate) fn new(parts: usize, body_octets: usize) -> Self {
        Self::of(BOUNDARY, (0..parts).map(|number| {
            let id = format!("{number:08}:001:99999");
            let head = format!(
                "Content-Disposition: inline\r\nContent-Type: application/entity-images+json\r\n\
                 Content-Location: /entities/variant/{id}\r\nContent-Length: {body_octets}\r\n"
            );
            (head, body(number, &id, body_octets))
        }))
    }

    /// The package of these heads and bodies.
    pub(crate) fn of(
        boundary: &'static str,
        parts: impl Iterator<Item = (String, Vec<u8>)>,
    ) -> Self {
        let (heads, bodies): (Vec<_>, Vec<_>) = parts.unzip();
        let mut octets = Vec::new();
        for (number, (head, body)) in heads.iter().zip(&bodies).enumerate() {
            let break_before = if number == 0 { "" } else { "\r\n" };
            for piece in [break_before, "--", boundary, "\r\n", head, "\r\n"] {
                octets.extend_from_slice(piece.as_bytes());
            }
            octets.extend_from_slice(body);
        }
        octets.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Self { boundary, octets: octets.into(), heads, bodies }
    }

    /// How many parts it has, and how many octets their bodies have.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.bodies.len(), self.bodies.iter().map(Vec::len).sum())
    }

    /// A reader that decides by the first octets how the package begins.
    pub(crate) fn reader(&self) -> anyhow::Result<Reader> {
        let boundary: Boundary = self.boundary.parse()?;
        Ok(Reader::new(&boundary).opening(Opening::Auto))
    }

    /// The package in the chunks of a socket.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Bytes> + '_ {
        (0..self.octets.len())
            .step_by(CHUNK)
            .map(|start| self.octets.slice(start..(start + CHUNK).min(self.octets.len())))
    }
}

/// The body of an entity, of this size.
fn body(number: usize, id: &str, octets: usize) -> Vec<u8> {
    let mut body = format!(r#"{{"id":"{id}","assets":["#);
    while body.len() + 40 < octets {
        let _ = write!(body, r#"{{"id":"{number:06}","role":"spot"}},"#);
    }
    body.push_str(&"0".repeat(octets - body.len() - 2));
    body.push_str("]}");
    body.into_bytes()
}
