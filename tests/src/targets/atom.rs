use atom_fsm::atom::Base;
use atom_fsm::fsm::{Bundle, Member};
use atom_fsm::{Diagnostic, Document, Reader, Reading, Stage, Tolerance, Writer, namespace};

/// A document of any kind: errors and diagnostics lie in it, what the strict reader takes the
/// default reads alike, what can be written is read again by the strict reader to the same value,
/// and bundles are feeds.
///
/// # Panics
/// When it is otherwise.
pub fn atom(data: &[u8]) {
    for stage in [Stage::Stored, Stage::Submitted] {
        let reader = Reader::new()
            .stage(stage)
            .namespace("", namespace::ATOM)
            .namespace("fsm", namespace::FSM);
        let default = read(&reader, data);
        if let Some(strict) = read(&reader.clone().tolerance(Tolerance::STRICT), data) {
            assert_eq!(Some(&strict), default.as_ref());
        }
        let Some(document) = default else { continue };
        assert_eq!(document.clone().into_owned(), document);
        let writer = Writer::new().stage(stage);
        if let Ok(written) = writer.to_vec(&document) {
            let strict = Reader::new().stage(stage).tolerance(Tolerance::STRICT);
            let again = strict.read::<Document<'_>>(&written).map(Reading::into_document);
            assert_eq!(again.as_ref(), Ok(&document));
            assert_eq!(writer.to_vec(&document), Ok(written));
        }
        let _ = writer.check(&document);
        manage(document);
    }
}

fn read<'a>(reader: &Reader, data: &'a [u8]) -> Option<Document<'a>> {
    let end = data.len() as u64;
    match reader.read::<Document<'a>>(data) {
        Ok(reading) => {
            let mut spans = reading.diagnostics().iter().map(Diagnostic::span);
            assert!(spans.all(|span| span.is_some_and(|span| span.end <= end)));
            Some(reading.into_document())
        }
        Err(error) => {
            assert!(error.offset() <= end, "{error}");
            None
        }
    }
}

fn manage(document: Document<'_>) {
    let base = Base::new("http://example.org/bundles/a");
    match document {
        Document::Entry(entry) => match Member::from(entry.clone()) {
            Member::Service(service) => {
                if let Ok(uri) = service.invocation_uri(&base) {
                    assert!(uri.is_ascii() && !uri.contains(char::is_whitespace), "{uri}");
                }
                assert_eq!(service.into_entry(), entry);
            }
            member => assert_eq!(member.into_entry(), entry),
        },
        Document::Feed(feed) => {
            if let Ok(bundle) = Bundle::try_from(feed.clone()) {
                assert_eq!(bundle.into_feed(), feed);
            }
        }
        _ => {}
    }
}
