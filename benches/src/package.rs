//! The package that the multipart benches read and write.

use bytes::Bytes;
use std::fmt::Write;

pub(crate) const BOUNDARY: &str = "_-------------1435019846753";
/// How many octets a socket gives at once.
const CHUNK: usize = 64 * 1024;

/// A package as the draft has it, but for its opening, which RFC 2046 has: else no peer could read.
pub(crate) struct Package {
    pub(crate) octets: Bytes,
    pub(crate) heads: Vec<String>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Package {
    pub(crate) fn new(parts: usize, body_octets: usize) -> Self {
        let mut package = Self { octets: Bytes::new(), heads: Vec::new(), bodies: Vec::new() };
        let mut octets = Vec::new();
        for number in 0..parts {
            let id = format!("{number:08}:001:99999");
            let mut body = format!(r#"{{"id":"{id}","assets":["#);
            while body.len() + 40 < body_octets {
                let _ = write!(body, r#"{{"id":"{number:06}","role":"spot"}},"#);
            }
            body.push_str(&"0".repeat(body_octets - body.len() - 2));
            body.push_str("]}");
            let head = format!(
                "Content-Disposition: inline\r\nContent-Type: application/entity-images+json\r\n\
                 Content-Location: /entities/variant/{id}\r\nContent-Length: {body_octets}\r\n"
            );
            let break_before = if number == 0 { "" } else { "\r\n" };
            let _ = std::io::Write::write_fmt(
                &mut octets,
                format_args!("{break_before}--{BOUNDARY}\r\n{head}\r\n{body}"),
            );
            package.heads.push(head);
            package.bodies.push(body.into_bytes());
        }
        octets.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        package.octets = octets.into();
        package
    }

    /// The package in the chunks of a socket.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Bytes> + '_ {
        (0..self.octets.len())
            .step_by(CHUNK)
            .map(|start| self.octets.slice(start..(start + CHUNK).min(self.octets.len())))
    }
}
