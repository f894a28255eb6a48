//! The law of documents of every kind.

use atom_fsm::{Diagnostic, Document, Reader, Reading, Stage, Tolerance, Writer, namespace};

/// A document of a kind: errors and diagnostics lie in it, what the strict reader takes the default reads
/// alike, and what can be written is read again by the strict reader to the same value, whose comments are
/// where they were written. Calls `each` with what was read.
///
/// # Panics
/// When it is otherwise.
pub(super) fn document(
    data: &[u8],
    is_kind: impl Fn(&Document<'_>) -> bool,
    each: impl Fn(Document<'_>),
) {
    for stage in [Stage::Stored, Stage::Submitted] {
        let reader = Reader::new()
            .stage(stage)
            .namespace("", namespace::ATOM)
            .namespace("fsm", namespace::FSM);
        let default = read(&reader, data);
        if default.as_ref().is_some_and(|document| !is_kind(document)) {
            return;
        }
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
            assert_eq!(again.and_then(|again| writer.to_vec(&again)).as_ref(), Ok(&written));
            assert_eq!(writer.to_vec(&document), Ok(written));
        }
        let _ = writer.check(&document);
        each(document);
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
