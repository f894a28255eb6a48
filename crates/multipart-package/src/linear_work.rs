//! Both readers look at each octet a bounded number of times, whatever the input and its chunks are.

use crate::{Event, Limits, Opening, Reader, Step, scanned};
use bytes::Bytes;

/// What comes before, what is repeated, and what comes after.
const SHAPES: &[[&str; 3]] = &[
    ["--b012\r\n\r\n", "\r", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\n", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\r\n", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\r\n--", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\r\n--b01", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\r\n--b012x", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "\n--b012\n\r\n", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "x", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "x\r\n--b012\r\n\r\n", "\r\n--b012--\r\n"],
    ["--b012\r\n\r\n", "x\r\n--b012\r\nContent-Length: 2\r\n\r\n", "\r\n--b012--\r\n"],
    ["--b012\r\n", "A: b\r\n", "\r\n\r\n--b012--\r\n"],
    ["--b012\r\n", "A: b\r\n c\r\n", "\r\n\r\n--b012--\r\n"],
    ["--b012\r\n", "Content-Type: a\n", "\r\n\r\n--b012--\r\n"],
    ["--b012\r\nA: ", "b", "\r\n\r\n--b012--\r\n"],
    ["", "junk\r\n", "--b012\r\n\r\n\r\n--b012--\r\n"],
    ["", "--b012x\r\n", "--b012\r\n\r\n\r\n--b012--\r\n"],
];

fn reader(opening: Opening) -> Reader {
    Reader::new(&"b012".parse().unwrap()).opening(opening).limits(Limits::unlimited())
}

/// How many octets are looked at for each octet of a shape of this size, in chunks of that size.
fn looks(shape: [&str; 3], octets: usize, chunk: Option<usize>, opening: Opening) -> f64 {
    let [before, repeated, behind] = shape;
    let times = octets / repeated.len().max(1);
    let input = Bytes::from([before, &repeated.repeat(times), behind].concat());
    let looked_at = scanned::during(|| match chunk {
        None => reader(opening).parts(&input).for_each(|part| assert!(part.is_ok())),
        Some(chunk) => {
            let mut decoder = reader(opening).decoder();
            let mut at = 0;
            loop {
                match decoder.step_borrowed().unwrap() {
                    Step::NeedInput if at == input.len() => decoder.finish(),
                    Step::NeedInput => {
                        let end = (at + chunk).min(input.len());
                        decoder.push(input.slice(at..end));
                        at = end;
                    }
                    Step::Event(Event::Lost(_)) => unreachable!("nothing failed"),
                    Step::Event(_) => {}
                    Step::Done => break,
                }
            }
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    let looks = looked_at as f64 / input.len() as f64;
    looks
}

#[test]
fn each_octet_is_looked_at_a_few_times_whatever_the_size_and_the_chunks() {
    for shape in SHAPES {
        for opening in [Opening::Delimiter, Opening::Auto] {
            for chunk in [None, Some(100), Some(1000), Some(65_536)] {
                let [small, large] =
                    [20_000, 80_000].map(|octets| looks(*shape, octets, chunk, opening));
                assert!(large <= 4.0, "{shape:?} in {chunk:?}: {large} looks at each octet");
                assert!(large <= small * 1.1, "{shape:?} in {chunk:?}: {small}, then {large}");
            }
        }
    }
}
