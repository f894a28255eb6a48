//! Reading on after broken parts in two ways, for comparison.

use bytes::Bytes;
use multipart_package::{Decoder, ErrorKind, Event, Reader, Step};
use std::ops::Range;

/// What a reading gave that goes on wherever it can.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The body of a part that is whole.
    Body(Vec<u8>),
    /// What was wrong with a part, and the octets lost with it.
    Lost(ErrorKind, Range<u64>),
    /// What ended the reading.
    Failed(ErrorKind),
}

/// Reads with the slice reader.
///
/// # Panics
/// When an error lies outside of the input, or the reader goes on after one unasked.
#[must_use]
pub fn from_slice(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let (mut given, mut parts) = (Vec::new(), reader.parts(input));
    while let Some(part) = parts.next() {
        match part {
            Ok(part) => given.push(Given::Body(part.body().to_vec())),
            Err(error) => {
                assert!(error.offset() <= input.len() as u64, "{error}");
                match parts.resync() {
                    Ok(lost) => given.push(Given::Lost(error.kind(), lost)),
                    Err(fatal) => {
                        given.push(Given::Failed(fatal.kind()));
                        assert!(parts.next().is_none(), "it goes on, unasked");
                        return given;
                    }
                }
            }
        }
    }
    given
}

/// Reads with the push machine, fed in chunks of one size.
///
/// # Panics
/// When a decoder that failed goes on unasked, or what is lost comes out of turn.
#[must_use]
pub fn from_chunks(reader: &Reader, input: &[u8], size: usize) -> Vec<Given> {
    drain(reader.decoder(), input.chunks(size))
}

/// The same where the end is known before the first step.
fn at_once(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let mut decoder = reader.decoder();
    decoder.push(Bytes::copy_from_slice(input));
    decoder.finish();
    drain(decoder, [])
}

fn drain<'a>(mut decoder: Decoder, chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Given> {
    let (mut given, mut chunks) = (Vec::new(), chunks.into_iter());
    let (mut body, mut failed) = (Vec::new(), None);
    loop {
        match decoder.step() {
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.push(Bytes::copy_from_slice(chunk)),
                None => decoder.finish(),
            },
            Ok(Step::Done) => return given,
            Ok(Step::Event(Event::Head(_))) => body.clear(),
            Ok(Step::Event(Event::Body(octets))) => body.extend_from_slice(&octets),
            Ok(Step::Event(Event::End)) => given.push(Given::Body(std::mem::take(&mut body))),
            Ok(Step::Event(Event::Lost(lost))) => {
                given.push(Given::Lost(failed.take().expect("something failed"), lost));
            }
            Err(error) => {
                assert_eq!(decoder.step(), Err(error.clone()), "a decoder is fused after an error");
                if failed.take().is_some() || decoder.resync().is_err() {
                    given.push(Given::Failed(error.kind()));
                    return given;
                }
                failed = Some(error.kind());
            }
        }
    }
}

/// Reads in both ways, which give the same.
///
/// # Panics
/// When they do not.
#[must_use]
pub fn given(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let whole = from_slice(reader, input);
    for size in [1, 2, 7, 4096] {
        let found = from_chunks(reader, input, size);
        assert_eq!(found, whole, "in chunks of {size}: {}", input.escape_ascii());
    }
    assert_eq!(at_once(reader, input), whole, "at once: {}", input.escape_ascii());
    whole
}
