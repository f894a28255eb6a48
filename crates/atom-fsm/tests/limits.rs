//! Each limit holds at its number, and one more is refused where it stands.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::{Document, ErrorKind, Limit, Limits, Reader, Reading};
use std::fmt::Write;

fn read(limits: Limits, source: &str) -> Result<usize, (ErrorKind, u64)> {
    let read: Result<Reading<Document<'_>>, _> = Reader::new().limits(limits).read(source);
    match read {
        Ok(reading) => Ok(reading.diagnostics().len()),
        Err(error) => Err((error.kind(), error.offset())),
    }
}

fn document(inside: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link rel='self' href='/'/>{inside}</feed>"
    )
}

#[test]
fn each_limit_holds_at_its_number_and_not_beyond() {
    let plain = document("");
    let octets = plain.len();
    let deep = document("<x:a xmlns:x='u'><x:b><x:c/></x:b></x:a>");
    let attributes = document("<x a='1' b='2' xmlns='u' d='4'/>");
    let namespaces = document("<x xmlns:a='u' xmlns:b='v' xmlns='w'/>");
    let long = document("<x xmlns='urn:example:123'/>");
    let limits = Limits::default();
    for (source, at, below, limit, offset) in [
        (
            &plain,
            limits.octets(octets as u64),
            limits.octets(octets as u64 - 1),
            Limit::Octets,
            octets - 1,
        ),
        (
            &plain,
            limits.elements(7),
            limits.elements(6),
            Limit::Elements,
            plain.find("<link").unwrap(),
        ),
        (&deep, limits.depth(4), limits.depth(3), Limit::Depth, deep.find("<x:c").unwrap()),
        (
            &attributes,
            limits.attributes(4),
            limits.attributes(3),
            Limit::Attributes,
            attributes.find("<x").unwrap() + 1,
        ),
        (
            &namespaces,
            limits.namespaces(4),
            limits.namespaces(3),
            Limit::Namespaces,
            namespaces.find("<x").unwrap() + 1,
        ),
        (
            &long,
            limits.namespace_octets(27),
            limits.namespace_octets(26),
            Limit::NamespaceOctets,
            1,
        ),
    ] {
        assert_eq!(read(at, source), Ok(0), "{limit}");
        assert_eq!(read(below, source), Err((ErrorKind::Limit(limit), offset as u64)), "{limit}");
        assert_eq!(read(Limits::unlimited(), source), Ok(0));
    }
}

#[test]
fn diagnostics_beyond_the_limit_are_counted() {
    let mut links = String::new();
    for _ in 0..10 {
        // Writing to a String cannot fail.
        let _ = write!(links, "<link rel='up'/>");
    }
    let source = document(&links);
    let reader = Reader::new().limits(Limits::default().diagnostics(4));
    let reading: Reading<Document<'_>> = reader.read(&source).unwrap();
    let diagnostics = reading.diagnostics();
    assert_eq!((diagnostics.len(), diagnostics.omitted()), (4, 6));
    let reader = Reader::new().limits(Limits::default().diagnostics(0));
    let (document, diagnostics) = reader.read::<Document<'_>>(&source).unwrap().into_parts();
    assert_eq!((diagnostics.len(), diagnostics.omitted(), diagnostics.is_empty()), (0, 10, false));
    let writer = atom_fsm::Writer::new().limits(Limits::default().diagnostics(3));
    let diagnostics = writer.check(&document).unwrap();
    assert_eq!((diagnostics.as_slice().len(), diagnostics.omitted()), (3, 7));
}

#[test]
fn a_broken_document_is_never_clean_however_few_diagnostics_are_kept() {
    let document = Document::Entry(atom_fsm::atom::Entry::new());
    let writer = atom_fsm::Writer::new().limits(Limits::default().diagnostics(0));
    let diagnostics = writer.check(&document).unwrap();
    assert_eq!((diagnostics.len(), diagnostics.omitted()), (0, 5));
    assert!(!diagnostics.is_empty());
}

#[test]
fn the_limit_on_octets_may_end_within_a_character() {
    let limits = Limits::default().octets(4);
    assert_eq!(read(limits, "<éé/>"), Err((ErrorKind::Limit(Limit::Octets), 3)));
}

#[test]
fn depth_stays_bounded_even_without_limits() {
    let deep = |depth: usize| {
        document(&format!("{}{}", "<x xmlns='u'>".repeat(depth), "</x>".repeat(depth)))
    };
    assert_eq!(read(Limits::unlimited(), &deep(1023)), Ok(0));
    let (kind, _) = read(Limits::unlimited(), &deep(1024)).unwrap_err();
    assert_eq!(kind, ErrorKind::Limit(Limit::Depth));
    // A tree of that depth is dropped, compared, owned and written within a small stack.
    let source = deep(1023);
    let walked = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(move || {
        let reader = Reader::new().limits(Limits::unlimited());
        let (document, _) = reader.read::<Document<'_>>(&source).unwrap().into_parts();
        let owned = document.clone().into_owned();
        owned == document && atom_fsm::Writer::new().to_string(&owned).unwrap().len() > 4096
    });
    assert!(walked.unwrap().join().unwrap());
}

/// What is written is read under the default limits, however many prefixes its extensions have.
#[test]
fn a_writer_declares_no_more_namespaces_ahead_than_a_reader_takes() {
    let mut entries = String::new();
    for number in 0..300 {
        let _ = write!(
            entries,
            "<entry><id>urn:example:{number}</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>\
             <link href='/'/><p{number}:x xmlns:p{number}='urn:n:{number}'/></entry>"
        );
    }
    let source = document(&entries);
    let feed: atom_fsm::atom::Feed<'_> = Reader::new().read(&source).unwrap().into_document();
    let written = atom_fsm::Writer::new().to_string(&feed).unwrap();
    let again: atom_fsm::atom::Feed<'_> = Reader::new().read(&written).unwrap().into_document();
    assert_eq!(again, feed);
}
