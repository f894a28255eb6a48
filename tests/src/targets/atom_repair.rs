use atom_fsm::{Correction, Document, Reader, Reading, Rule, Tolerance, Writer};

/// A document that is repaired: what needs no repair is read as without it, each repair lies in the
/// document, a document that is cut is never whole, and what can be written needs no repair.
///
/// # Panics
/// When it is otherwise.
pub fn atom_repair(data: &[u8]) {
    let exact = Reader::new().read::<Document<'_>>(data);
    let repaired = Reader::new().repair().read::<Document<'_>>(data);
    match (&exact, &repaired) {
        (Ok(exact), Ok(repaired)) => {
            // Atom's own attributes are taken under repair alone.
            assert!(repaired.is_repaired() || exact.document() == repaired.document());
        }
        (Ok(_), Err(error)) => panic!("{error}"),
        (Err(error), Ok(repaired)) => {
            // What is cut behind the root is left out, as all that is there.
            let is_behind =
                || repaired.diagnostics().iter().any(|one| one.rule() == Rule::RepairedEnd);
            assert!(repaired.is_repaired(), "{error}");
            assert!(error.rule() != Some(Rule::Incomplete) || is_behind(), "{error}");
        }
        (Err(_), Err(error)) => assert!(error.offset() <= data.len() as u64),
    }
    let Ok(reading) = repaired else { return };
    let end = data.len() as u64;
    assert!(reading.diagnostics().iter().all(|one| one.span().is_some_and(|span| span.end <= end)));
    let document = reading.into_document();
    let writer = Writer::new().tolerance(Tolerance::ALL).correction(Correction::UnboundNames);
    if let Ok(written) = writer.to_vec(&document) {
        let again = Reader::new().read::<Document<'_>>(&written).map(Reading::into_document);
        assert!(again.is_ok(), "{again:?}");
    }
}
