use super::document::document;
use atom_fsm::atom::{Entry, Feed};
use atom_fsm::fsm::Bundle;
use atom_fsm::xml::Node;
use atom_fsm::{
    Diagnostic, Document, EntryStep, Error, ErrorKind, FeedItem, FeedMetadata, Limits, Reader,
    Tolerance,
};

/// A feed document: what is read is written and read again as the same, and a bundle is that feed. Read
/// entry by entry, from octets in memory and from chunks whose size is the first octet's, it has the same
/// entries, diagnostics and error as at once, and each entry's octets are the document's.
///
/// # Panics
/// When they differ.
pub fn atom_feed(data: &[u8]) {
    let Some((&first, source)) = data.split_first() else { return };
    document(source, |document| matches!(document, Document::Feed(_)), manage);
    for reader in [
        Reader::new(),
        Reader::new().tolerance(Tolerance::STRICT),
        Reader::new().repair(),
        Reader::new().limits(Limits::default().depth(3).diagnostics(1)),
    ] {
        let by_slice = by_slice(&reader, source);
        assert_eq!(by_chunks(&reader, source, usize::from(first).max(1)), by_slice);
        match reader.read::<Feed<'_>>(source) {
            Ok(reading) => {
                assert_eq!(by_slice.end, None);
                assert_eq!(by_slice.entries, reading.document().entries());
                assert_eq!(by_slice.diagnostics, reading.diagnostics().as_slice());
                assert_eq!(by_slice.is_repaired, reading.is_repaired());
                let mut whole = by_slice.feed.clone();
                by_slice.late.iter().cloned().for_each(|part| part.add_to(&mut whole));
                assert_eq!(whole.links(), reading.document().links());
                assert_eq!(whole.authors(), reading.document().authors());
                assert_eq!(whole.title(), reading.document().title());
                let comments = by_slice.feed.comments().chain(&by_slice.comments);
                assert!(comments.eq(reading.document().comments()));
            }
            Err(error) => assert_eq!(by_slice.end, Some(ended(&error))),
        }
    }
}

fn manage(document: Document<'_>) {
    let Document::Feed(feed) = document else { return };
    if let Ok(bundle) = Bundle::try_from(feed.clone()) {
        assert_eq!(bundle.into_feed(), feed);
    }
}

#[derive(Debug, PartialEq)]
struct Read {
    feed: Feed<'static>,
    late: Vec<FeedMetadata<'static>>,
    entries: Vec<Entry<'static>>,
    starts: Vec<u64>,
    comments: Vec<Node<'static>>,
    others: usize,
    diagnostics: Vec<Diagnostic>,
    is_repaired: bool,
    end: Option<(ErrorKind, u64)>,
}

fn ended(error: &Error) -> (ErrorKind, u64) {
    (error.kind(), error.offset())
}

impl Read {
    fn nothing() -> Self {
        Self {
            feed: Feed::new(),
            late: Vec::new(),
            entries: Vec::new(),
            starts: Vec::new(),
            comments: Vec::new(),
            others: 0,
            diagnostics: Vec::new(),
            is_repaired: false,
            end: None,
        }
    }

    fn take(&mut self, item: FeedItem<'_>, source: &[u8]) {
        match item.into_owned() {
            FeedItem::Entry(entry) => {
                let start = usize::try_from(entry.span().start).unwrap();
                assert!(source[start..].starts_with(entry.source().as_bytes()));
                self.starts.push(entry.span().start);
                self.entries.push(entry.into_entry());
            }
            FeedItem::Metadata(metadata) => self.late.push(metadata),
            FeedItem::Comment(text) => self.comments.push(Node::Comment(text)),
            FeedItem::Instruction(target, data) => {
                self.comments.push(Node::Instruction(target, data));
            }
            _ => self.others += 1,
        }
    }
}

fn by_slice(reader: &Reader, source: &[u8]) -> Read {
    let mut read = Read::nothing();
    let mut entries = reader.entries(source);
    for item in entries.by_ref() {
        match item {
            Ok(item) => read.take(item, source),
            Err(error) => read.end = Some(ended(&error)),
        }
    }
    read.feed = entries.feed().clone().into_owned();
    read.diagnostics = entries.diagnostics().as_slice().to_vec();
    read.is_repaired = entries.is_repaired();
    read
}

fn by_chunks(reader: &Reader, source: &[u8], chunk: usize) -> Read {
    let mut read = Read::nothing();
    let mut decoder = reader.entry_decoder();
    let mut chunks = source.chunks(chunk);
    loop {
        match decoder.step() {
            Ok(EntryStep::Item(item)) => read.take(item, source),
            Ok(EntryStep::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            Ok(EntryStep::Done) => break,
            Err(error) => read.end = Some(ended(&error)),
        }
    }
    read.feed = decoder.feed().clone();
    read.diagnostics = decoder.diagnostics().as_slice().to_vec();
    read.is_repaired = decoder.is_repaired();
    read
}
