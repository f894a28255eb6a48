use super::reader;
use multipart_package::{Framing, Summary};

/// A package in ranges: what they give together is what one reading gives, part by part, and where
/// that fails they fail. The first octets are the reader's options and three cuts.
///
/// # Panics
/// When it is otherwise.
pub fn package_splits(data: &[u8]) {
    let [options, first, second, third, input @ ..] = data else { return };
    let reader = reader(*options).framing(Framing::Delimiter);
    let whole: Result<Vec<_>, _> = reader.parts(input).collect();
    let octets = input.len() as u64;
    let cut = |at: u8| octets * u64::from(at) / 255;
    let mut cuts = [0, cut(*first), cut(*second), cut(*third), octets];
    cuts.sort_unstable();
    let (mut parts, mut summaries, mut failed) = (Vec::new(), Vec::new(), false);
    for pair in cuts.windows(2) {
        let mut split = reader.split(input, pair[0]..pair[1]);
        for part in split.by_ref() {
            match part {
                Ok(part) => parts.push(part.range()),
                Err(error) => {
                    assert!(error.offset() <= octets);
                    failed = true;
                }
            }
        }
        summaries.extend(split.summary());
    }
    let joined = Summary::join(summaries, octets);
    if let (Ok(count), false) = (joined, failed) {
        assert_eq!(count, parts.len() as u64);
        let whole: Vec<_> = whole.unwrap().iter().map(multipart_package::Part::range).collect();
        assert_eq!(parts, whole);
    }
}
