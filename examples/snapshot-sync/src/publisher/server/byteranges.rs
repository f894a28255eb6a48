//! Several ranges of a file in one answer: `multipart/byteranges` (RFC 9110 section 14.6).

use super::answer::Answer;
use crate::error::Error;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};
use multipart_package::{Boundary, Encoder, Head, HeadBuilder};
use std::io::{self, SeekFrom};
use std::ops::RangeInclusive;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// The number of octets that are read and sent at a time.
const CHUNK: usize = 64 * 1024;

/// Answers with ranges of a file that has this number of octets. `fields` are those of the answer
/// with all of it.
///
/// The file is read while the answer is sent. Its length is known before: what is between the ranges
/// depends on the positions only.
///
/// The boundary has 128 bits of the system's entropy and is of this answer alone. Whoever wrote the
/// entities could not know it, so that no range contains it but by a chance of 2^-128 for each line.
/// The encoder searches each range for it all the same, and would end the connection.
pub(super) fn answer(
    file: File,
    mut fields: HeaderMap,
    ranges: Vec<RangeInclusive<u64>>,
    octets: u64,
) -> Answer {
    let parts = ranges.into_iter().map(|range| Part::new(&fields, range, octets));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let boundary = Boundary::unique()?;
    let length = framing(&boundary, &parts)? + parts.iter().map(Part::octets).sum::<u64>();
    let content_type = boundary.content_type("byteranges")?;
    let writer = Writer::new(file, &boundary, parts);
    let mut answer = Response::new(Body::from_stream(stream::try_unfold(writer, Writer::next)));
    *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    // The coding is that of the ranges, and not of what encloses them: each part states it.
    fields.remove(header::CONTENT_ENCODING);
    fields.insert(header::CONTENT_LENGTH, length.into());
    fields.insert(header::CONTENT_TYPE, content_type.parse().map_err(io::Error::other)?);
    *answer.headers_mut() = fields;
    Ok(answer)
}

/// A range and the head of its part.
#[derive(Debug)]
struct Part {
    head: Head<Bytes>,
    range: RangeInclusive<u64>,
}

impl Part {
    /// RFC 9110 section 15.3.7.2: a part states where its range belongs, and has the Content-Type that
    /// the answer with the whole representation has.
    fn new(fields: &HeaderMap, range: RangeInclusive<u64>, octets: u64) -> Result<Self, Error> {
        let mut head = HeadBuilder::new();
        for (field, name) in
            [(header::CONTENT_TYPE, "Content-Type"), (header::CONTENT_ENCODING, "Content-Encoding")]
        {
            if let Some(value) = fields.get(field) {
                head = head.field(name, value);
            }
        }
        let head = head.content_range(range.clone(), Some(octets)).build()?;
        Ok(Self { head, range })
    }

    fn octets(&self) -> u64 {
        self.range.end() - self.range.start() + 1
    }
}

/// How many octets the delimiters and the heads of these parts have.
fn framing(boundary: &Boundary, parts: &[Part]) -> Result<u64, Error> {
    let (mut encoder, mut out) = (Encoder::new(boundary), Vec::new());
    for part in parts {
        encoder.begin(&mut out, part.head.borrow(), None)?;
        encoder.end()?;
    }
    encoder.finish(&mut out)?;
    Ok(encoder.position())
}

/// Writes the parts as they are sent.
struct Writer {
    file: File,
    encoder: Encoder,
    parts: std::vec::IntoIter<Part>,
    stage: Stage,
    buffer: Vec<u8>,
}

enum Stage {
    /// Before the first part.
    Start,
    /// Within a part that has this number of octets left.
    Part(u64),
    /// After the close delimiter.
    End,
}

impl Writer {
    fn new(file: File, boundary: &Boundary, parts: Vec<Part>) -> Self {
        let (encoder, parts) = (Encoder::new(boundary), parts.into_iter());
        Self { file, encoder, parts, stage: Stage::Start, buffer: Vec::new() }
    }

    /// The next octets of the answer.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        let written = self.write().await;
        let written = written.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "an answer with several ranges cannot be finished");
        })?;
        Ok(written.map(|octets| (octets, self)))
    }

    async fn write(&mut self) -> Result<Option<Bytes>, Error> {
        let mut out = Vec::new();
        match self.stage {
            Stage::End => return Ok(None),
            Stage::Part(left) if left > 0 => self.write_octets(&mut out, left).await?,
            Stage::Start | Stage::Part(_) => {
                if matches!(self.stage, Stage::Part(_)) {
                    self.encoder.end()?;
                }
                match self.parts.next() {
                    Some(part) => {
                        self.encoder.begin(&mut out, part.head.borrow(), None)?;
                        self.file.seek(SeekFrom::Start(*part.range.start())).await?;
                        self.stage = Stage::Part(part.octets());
                    }
                    None => {
                        self.encoder.finish(&mut out)?;
                        self.stage = Stage::End;
                    }
                }
            }
        }
        Ok(Some(out.into()))
    }

    async fn write_octets(&mut self, out: &mut Vec<u8>, left: u64) -> Result<(), Error> {
        self.buffer.resize(usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK)), 0);
        let read = self.file.read(&mut self.buffer).await?;
        if read == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        out.reserve_exact(read);
        self.encoder.write(out, &self.buffer[..read])?;
        self.stage = Stage::Part(left - read as u64);
        Ok(())
    }
}
