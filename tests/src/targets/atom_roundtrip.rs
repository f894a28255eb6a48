use atom_fsm::atom::Feed;
use atom_fsm::{Correction, FeedItem, PassedOn, Reader, Stage, Tolerance, Writer};

/// A feed whose entries are passed on to another: what is written is read by a reader that tolerates no
/// more than the writer, and the octets of what is copied are those that were read.
///
/// # Panics
/// When it is not.
pub fn atom_roundtrip(data: &[u8]) {
    for (reader, stage) in [
        (Reader::new(), Stage::Stored),
        (Reader::new().stage(Stage::Submitted), Stage::Stored),
        (Reader::new().repair(), Stage::Submitted),
    ] {
        for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
            let writer = Writer::new()
                .tolerance(tolerance)
                .stage(stage)
                .correction(Correction::UnboundNames);
            pass_on(&reader, &writer, data, &Reader::new().tolerance(tolerance).stage(stage));
        }
    }
}

fn pass_on(reader: &Reader, writer: &Writer, data: &[u8], strict: &Reader) {
    let mut entries = reader.entries(data);
    let Some(Ok(mut item)) = entries.next() else { return };
    let mut out = Vec::new();
    let Ok((mut writer, _)) = writer.feed(entries.feed(), &mut out) else { return };
    let mut written = Vec::new();
    loop {
        let start = out.len();
        match &item {
            FeedItem::Entry(entry) => match writer.pass_on(entry, &mut out) {
                Ok((how, _)) => {
                    if how == PassedOn::Copied {
                        assert_eq!(&out[start..], entry.source().as_bytes());
                    }
                    written.push((how, entry.entry().clone()));
                }
                Err(error) => {
                    assert_eq!(out.len(), start);
                    assert_eq!(writer.skip(), Some(error));
                }
            },
            item => {
                let _ = writer.item(item, &mut out);
                writer.skip();
            }
        }
        match entries.next() {
            Some(Ok(next)) => item = next,
            _ => break,
        }
    }
    writer.finish(&mut out).unwrap();
    let read = strict.read::<Feed<'_>>(&out);
    let feed = read.unwrap_or_else(|error| panic!("{error}: {}", out.escape_ascii()));
    let read = feed.document().entries();
    assert_eq!(read.len(), written.len());
    for (read, (how, written)) in read.iter().zip(&written) {
        assert!(*how != PassedOn::Copied || read == written);
    }
}
