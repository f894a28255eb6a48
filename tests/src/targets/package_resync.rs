use super::reader;
use bytes::Bytes;
use multipart_package::{Decoder, Event, Reader, Step};
use std::ops::Range;

/// Going on after broken parts: the slice reader and the decoder, fed in chunks of a size that the
/// second octet gives, give and lose the same.
///
/// # Panics
/// When they do not.
pub fn package_resync(data: &[u8]) {
    let [options, size, input @ ..] = data else { return };
    let reader = reader(*options);
    let size = usize::from(*size) + 1;
    assert_eq!(chunked(reader.decoder(), input, size), sliced(&reader, input));
}

#[derive(Debug, PartialEq)]
enum Given {
    Body(Vec<u8>),
    Lost(Range<u64>),
    Failed,
}

fn sliced(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let (mut given, mut parts) = (Vec::new(), reader.parts(input));
    while let Some(part) = parts.next() {
        given.push(match part {
            Ok(part) => Given::Body(part.body().to_vec()),
            Err(error) => {
                assert!(error.offset() <= input.len() as u64);
                parts.resync().map_or(Given::Failed, Given::Lost)
            }
        });
        if given.last() == Some(&Given::Failed) {
            break;
        }
    }
    given
}

fn chunked(mut decoder: Decoder, input: &[u8], size: usize) -> Vec<Given> {
    let (mut given, mut body, mut is_lost) = (Vec::new(), Vec::new(), false);
    let mut chunks = input.chunks(size);
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
                given.push(Given::Lost(lost));
                is_lost = false;
            }
            Err(_) if is_lost || decoder.resync().is_err() => {
                given.push(Given::Failed);
                return given;
            }
            Err(_) => is_lost = true,
        }
    }
}
