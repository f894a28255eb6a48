use super::options::{OWN_DASHES, reader};
use multipart_package::{Event, Framing, Limits, Reader, Split, Step, Summary};
use std::ops::Range;

/// A package in ranges: what they give together is what one reading gives, part by part, and they
/// succeed where that does, but for delimiter lines behind the close; in chunks each range gives
/// what it gives in memory. The first octets are the reader's options and three cuts.
///
/// # Panics
/// When it is otherwise.
pub fn package_splits(data: &[u8]) {
    let [options, first, second, third, input @ ..] = data else { return };
    // Limits hold for each range, so that together they take more than one reading.
    // Only the first range sees whether the boundary names its own hyphens.
    let options = options & !OWN_DASHES;
    let reader = reader(options).framing(Framing::Delimiter).limits(Limits::default());
    let octets = input.len() as u64;
    let cut = |at: u8| octets * u64::from(at) / 255;
    let mut cuts = [0, cut(*first), cut(*second), cut(*third), octets];
    cuts.sort_unstable();
    let (mut given, mut summaries) = (Vec::new(), Vec::new());
    for pair in cuts.windows(2) {
        let (parts, summary) = in_memory(reader.split(input, pair[0]..pair[1]));
        let size = usize::from(*third) % 50 + 1;
        let streamed = in_chunks(&reader, input, pair[0]..pair[1], size);
        assert_eq!(streamed.1, summary);
        if let Some(summary) = summary {
            assert_eq!(streamed.0, parts);
            summaries.push(summary);
        }
        given.extend(parts);
    }
    let joined = (summaries.len() + 1 == cuts.len()).then(|| Summary::join(summaries, octets).ok());
    let whole: Result<Vec<_>, _> = reader.parts(input).collect();
    match (joined.flatten(), whole) {
        (Some(count), whole) => {
            assert_eq!(count, given.len() as u64);
            let whole = whole.unwrap();
            let told = |part: &multipart_package::Part<'_>| {
                (part.head().as_bytes().to_vec(), part.body().to_vec())
            };
            assert_eq!(given, whole.iter().map(told).collect::<Vec<_>>());
        }
        (None, Ok(whole)) => {
            let end = whole.last().map_or(0, |part| part.range().end);
            let behind = input[usize::try_from(end).unwrap()..].escape_ascii().to_string();
            assert!(behind.matches("--b").count() > 1, "{behind}");
        }
        (None, Err(_)) => {}
    }
}

/// Parts, and the summary where all of the range was read.
type Given = (Vec<(Vec<u8>, Vec<u8>)>, Option<Summary>);

fn in_memory(mut split: Split<'_>) -> Given {
    let parts = split.by_ref().map_while(Result::ok);
    let parts = parts.map(|part| (part.head().as_bytes().to_vec(), part.body().to_vec()));
    (parts.collect(), split.summary().ok())
}

fn in_chunks(reader: &Reader, input: &[u8], range: Range<u64>, size: usize) -> Given {
    let mut split = reader.split_decoder(range);
    let from = usize::try_from(split.feed_from()).unwrap();
    let mut chunks = input[from..].chunks(size);
    let mut parts: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    loop {
        match split.step() {
            Ok(Step::Event(Event::Head(head))) => parts.push((head.as_bytes().to_vec(), vec![])),
            Ok(Step::Event(Event::Body(octets))) => {
                parts.last_mut().unwrap().1.extend_from_slice(&octets);
            }
            Ok(Step::Event(_)) => {}
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => split.push(chunk.to_vec().into()),
                None => split.finish(),
            },
            Ok(Step::Done) | Err(_) => return (parts, split.summary().ok()),
        }
    }
}
