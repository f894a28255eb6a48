use super::options::reader;
use multipart_package::{Encoder, HeadBuilder, Opening, Reader, Rule, Tolerance};

/// What the encoder takes of what was read, the strict reader reads to the same value.
///
/// The first octet gives the options, the rest is the package.
///
/// # Panics
/// When the encoder's output is refused, or is another value.
pub fn package_roundtrip(data: &[u8]) {
    let Some((&options, input)) = data.split_first() else { return };
    let boundary = "other".parse().unwrap();
    let implied = options & 0x20 != 0;
    let mut encoder = if implied { Encoder::implied(&boundary) } else { Encoder::new(&boundary) };
    let (mut written, mut expected) = (vec![], vec![]);
    for part in reader(options).parts(input).map_while(Result::ok) {
        let corrected = Rule::ALL.iter().fold(HeadBuilder::from_head(part.head()), |head, rule| {
            // A length that is right stays as it is.
            if *rule == Rule::ContentLengthDiffers { head } else { head.correct(*rule) }
        });
        let Ok(head) = corrected.build() else { continue };
        let before = written.len();
        match encoder.part(&mut written, head.borrow(), part.body()) {
            Ok(()) => expected.push((head, part.body())),
            Err(_) => {
                assert_eq!(written.len(), before, "nothing is written of what is refused");
                return;
            }
        }
    }
    encoder.finish(&mut written).unwrap();
    let opening = if implied { Opening::Auto } else { Opening::Delimiter };
    let strict = Reader::new(&boundary).opening(opening).tolerance(Tolerance::STRICT);
    let mut expected = expected.into_iter();
    for part in strict.parts(&written) {
        let part = part.unwrap();
        let (head, body) = expected.next().unwrap();
        assert_eq!(part.body(), body);
        assert!(part.head().as_bytes().starts_with(head.as_bytes()));
        assert_eq!(part.head().content_length().unwrap(), Some(body.len() as u64));
    }
    assert!(expected.next().is_none());
}
