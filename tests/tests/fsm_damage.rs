//! The documents, truncated at every octet, and with one octet changed at every position: a value
//! or an error with a place, never a panic, and never a success for a document that is cut.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::{Document, Error, ErrorKind, Reader, Rule, Tolerance, Writer};
use codec_tests::documents::{Case, drafts, of_everything};

fn cases() -> Vec<Case> {
    drafts().into_iter().chain(of_everything()).collect()
}

fn readers(case: &Case) -> [Reader; 3] {
    [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL]
        .map(|tolerance| case.reader().tolerance(tolerance))
}

/// Reads; an error and each diagnostic must lie within the input. What is read can be written or
/// breaks a rule, and what is written is read again to the same value.
fn check<'a>(case: &Case, reader: &Reader, input: &'a [u8]) -> Result<Document<'a>, Error> {
    let end = input.len() as u64;
    let reading = reader.read::<Document<'a>>(input).inspect_err(|error| {
        assert!(error.offset() <= end, "{error}");
    })?;
    let (document, diagnostics) = reading.into_parts();
    assert!(diagnostics.iter().all(|one| one.span().is_some_and(|span| span.end <= end)));
    if let Ok(written) = Writer::new().stage(case.stage).to_vec(&document) {
        let strict = Reader::new().stage(case.stage).tolerance(Tolerance::STRICT);
        let again = strict.read::<Document<'_>>(&written);
        assert_eq!(again.unwrap().into_document(), document, "{}", input.escape_ascii());
    }
    Ok(document)
}

#[test]
fn xml_2_1_truncated_at_every_octet() {
    for case in cases() {
        let whole = case.source.trim_end().len();
        for reader in readers(&case) {
            for len in 0..whole {
                let error = check(&case, &reader, &case.source.as_bytes()[..len]).unwrap_err();
                let kind = error.kind();
                // A cut within a declaration, a name or a character shows as what it breaks.
                assert!(matches!(kind, ErrorKind::Rule(_)), "{}: {len}: {error}", case.name);
            }
            let at_end = check(&case, &reader, &case.source.as_bytes()[..whole - 1]);
            assert_eq!(at_end.unwrap_err().kind(), ErrorKind::Rule(Rule::Incomplete));
            assert!(check(&case, &reader, &case.source.as_bytes()[..whole]).is_ok());
        }
    }
}

#[test]
fn one_octet_changed_at_every_position() {
    for case in cases() {
        let [strict, drafts, all] = readers(&case);
        for at in 0..case.source.len() {
            let octet = case.source.as_bytes()[at];
            for changed in [b'<', b'>', b'&', b'"', b':', b'/', b' ', b'x', 0, 0xff, octet ^ 0x20] {
                let mut input = case.source.clone().into_bytes();
                input[at] = changed;
                let strictly = check(&case, &strict, &input);
                let by_default = check(&case, &drafts, &input);
                let by_all = check(&case, &all, &input);
                // Strictness turns reports into errors, and changes nothing that is read.
                if let Ok(strictly) = strictly {
                    assert_eq!(strictly, by_default.unwrap(), "{}: {at}", case.name);
                } else if let Ok(by_default) = by_default {
                    assert_eq!(by_default, by_all.unwrap(), "{}: {at}", case.name);
                }
            }
        }
    }
}
