//! What reading allocates: nothing for a part, a link or a URI, and no more for many than for few.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use allocation_counter::measure;
use bytes::Bytes;
use multipart_package::{Event, Limits, Reader, Step};

/// A package of so many parts, each with a body of so many octets.
fn package(parts: usize, body: usize) -> Vec<u8> {
    let mut package = Vec::new();
    for number in 0..parts {
        let head = format!("--b\r\nContent-Location: /{number}\r\nETag: \"{number}\"\r\n");
        package.extend_from_slice(head.as_bytes());
        package.extend_from_slice(format!("Content-Length: {body}\r\n\r\n").as_bytes());
        package.resize(package.len() + body, b'x');
        package.extend_from_slice(b"\r\n");
    }
    package.extend_from_slice(b"--b--\r\n");
    package
}

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

#[test]
fn a_part_of_a_slice_allocates_nothing() {
    for (parts, body) in [(1, 1), (1_000, 10), (1_000, 10_000)] {
        let package = package(parts, body);
        let mut read = reader().parts(&package);
        let allocated = measure(|| {
            for part in read.by_ref() {
                let part = part.unwrap();
                let head = part.head();
                assert!(
                    head.content_location().unwrap().is_some() && head.etag().unwrap().is_some()
                );
                assert_eq!(part.body().len(), body);
            }
        });
        assert_eq!(allocated.count_total, 0, "{parts} parts of {body}");
    }
}

/// One link with many relation types cost a copy of all its text for each of them.
#[test]
fn what_links_say_about_versions_takes_memory_in_proportion_to_the_links() {
    let reader = version_links::Reader::new().limits(version_links::Limits::unlimited());
    let dots = "a/".repeat(4_000);
    for value in [
        format!("<{dots}>; rel=\"{}\"; title=\"{dots}\"; anchor=\"\"", "b ".repeat(16_000)),
        format!("<{dots}>; rel=\"{}\"", "predecessor-version successor-version ".repeat(1_000)),
        "<a>; rel=b; title=c; anchor=\"../docs/test\", ".repeat(1_000),
    ] {
        let allocated = measure(|| {
            let about = version_links::VersionLinks::about("http://example.net/docs/test");
            let versions = about.reader(reader).fields([value.as_bytes()]);
            assert!(versions.iter().len() >= 1_000);
        });
        let most = 64 * value.len() as u64;
        assert!(allocated.bytes_max <= most, "{} of {most}", allocated.bytes_max);
        assert!(allocated.bytes_total <= 2 * most, "{} of {most}", allocated.bytes_total);
    }
}

/// The most octets that a decoder holds beyond the chunks it is fed with, which are static.
fn decoder_peak(reader: &Reader, package: &'static [u8], chunk: usize) -> u64 {
    let mut parts = 0;
    let allocated = measure(|| {
        let mut decoder = reader.decoder();
        let mut chunks = package.chunks(chunk);
        loop {
            match decoder.step().unwrap() {
                Step::NeedInput => match chunks.next() {
                    Some(chunk) => decoder.push(Bytes::from_static(chunk)),
                    None => decoder.finish(),
                },
                Step::Event(Event::End) => parts += 1,
                Step::Event(_) => {}
                Step::Done => break,
            }
        }
    });
    assert!(parts > 0);
    allocated.bytes_max
}

#[test]
fn a_decoder_holds_no_more_for_more_and_larger_parts() {
    let leaked = |parts, body| &*package(parts, body).leak();
    for chunk in [7, 1000, 65_536] {
        let few = decoder_peak(&reader(), leaked(100, 100), chunk);
        for (parts, body) in [(10_000, 100), (100, 100_000)] {
            let many = decoder_peak(&reader(), leaked(parts, body), chunk);
            assert!(many <= few + 4096, "{chunk}: {few} octets, then {many}");
        }
    }
}

#[test]
fn rfc2046_5_1_1_what_stands_before_and_behind_a_package_is_not_held_without_limits_either() {
    const JUNK: usize = 8 * 1024 * 1024;
    let reader = reader().limits(Limits::unlimited());
    for junk in ["x", "A: b\r\n", "A: b\r\n c", "text\r\n", "\r\n", "--", " "] {
        let junk = junk.repeat(JUNK / junk.len());
        let package = format!("{junk}\r\n--b\r\n\r\nx\r\n--b--\r\n{junk}").into_bytes().leak();
        for chunk in [1000, 65_536] {
            let held = decoder_peak(&reader, package, chunk);
            assert!(held <= 512 * 1024, "{held} octets of {:?}, in {chunk}", &junk[..8]);
        }
    }
}

#[test]
fn a_link_allocates_nothing() {
    let field = "</v/1>; rel=\"prev predecessor-version\"; title=\"One\", ".repeat(100);
    let allocated = measure(|| {
        let mut links = 0;
        for link in version_links::links(field.as_bytes()) {
            let link = link.unwrap();
            assert!(link.has_rel("predecessor-version") && link.title().is_some());
            links += usize::from(!link.target().is_empty());
        }
        assert_eq!(links, 100);
    });
    // The comma at the end is reported: diagnostics are kept in one allocation.
    assert!(allocated.count_total <= 1, "{allocated:?}");
}

/// Not even where a link is not as usual, and everything is reported or asked for: only a value with
/// escapes is copied.
#[test]
fn a_link_without_escapes_allocates_nothing_whatever_is_asked() {
    let field = "<http://example.org/a%20b>; rel=\"next http://example.org/r\"; type=\"text/html\"; \
                 hreflang=de; hreflang=en; anchor=\"#c\"; title=\"d, e\"; media=\"print\"; x; y=z, \
                 </ ä>; rel = \"UP\" ; title=f g; anchor=</h>; title*=UTF-8''i; rev=made <j> k, ";
    let field = field.repeat(50);
    let reader = version_links::Reader::new()
        .limits(version_links::Limits::default().diagnostics(0).field_octets(u64::MAX));
    let allocated = measure(|| {
        for link in reader.links(field.as_bytes()).flatten() {
            let all = link.rel().count() + link.rev().count() + link.hreflang().count();
            let text = [link.anchor(), link.media(), link.title(), link.type_()];
            assert!(all + text.iter().flatten().count() + link.parameters().count() > 0);
        }
    });
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
    let escaped = r#"<a>; rel=up; title="b \"c\"""#;
    let allocated = measure(|| {
        let link = version_links::links(escaped.as_bytes()).next().unwrap().unwrap();
        assert_eq!(link.title().unwrap(), "b \"c\"");
    });
    assert_eq!(allocated.count_total, 1, "{allocated:?}");
}

/// Consumes a document of so many PUT events; returns what that allocated at most at a time, beyond
/// the document itself.
fn consumer_peak(events: usize) -> u64 {
    use change_feed::{Consumer, Document, Event, MemoryStore, Method, Position, Want};
    let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    let of = |number| Event::new(format!("{number}@example.org"), "/a", Method::Put, at(10));
    let document = Document::new("now", (0..events).map(of).collect());
    let mut consumer = Consumer::new("now", Position::after_snapshot(at(10)));
    let mut store = MemoryStore::new();
    assert!(matches!(consumer.step(at(20), &mut store), Ok(Want::Document { .. })));
    consumer.document(document, at(20)).unwrap();
    let mut processed = 0;
    let allocated = measure(|| {
        while let Ok(Want::Event { .. }) = consumer.step(at(20), &mut store) {
            processed += 1;
        }
    });
    assert_eq!(processed, events);
    allocated.bytes_max
}

#[test]
fn a_consumer_holds_no_more_for_more_events() {
    let few = consumer_peak(10);
    for events in [1_000, 100_000] {
        let many = consumer_peak(events);
        assert!(many <= few + 64, "{few} octets, then {many} for {events} events");
    }
}

/// Reads a TimeMap of so many mementos in pieces; returns what that allocated at most at a time.
fn timemap_peak(mementos: usize) -> u64 {
    use version_links::{TimeMapReader, TimeMapStep};
    let memento = "<http://archive.example/20000620180259/http://a.example/>; rel=\"memento\"; \
                   datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\",\n";
    let document = memento.repeat(mementos);
    let mut read = 0;
    let allocated = measure(|| {
        let mut reader = TimeMapReader::new();
        for piece in document.as_bytes().chunks(16 * 1024) {
            reader.push(piece);
            while let TimeMapStep::Link(link) = reader.step().unwrap() {
                assert_eq!(link.datetime(), link.uri_datetime());
                read += 1;
            }
        }
        assert!(reader.diagnostics().is_empty());
    });
    assert_eq!(read, mementos);
    allocated.bytes_max
}

#[test]
fn rfc7089_5_a_timemap_reader_holds_no_more_for_more_mementos() {
    let few = timemap_peak(1_000);
    let many = timemap_peak(100_000);
    assert!(
        few < 128 * 1024 && many <= few + 4096,
        "{few} octets, then {many} for 100,000 mementos"
    );
}

#[test]
fn a_link_of_a_timemap_in_memory_allocates_nothing() {
    let memento = "<http://archive.example/20000620180259/http://a.example/>; rel=\"memento\"; \
                   datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\",\n";
    let document = memento.repeat(1_000);
    let allocated = measure(|| {
        let links = version_links::TimeMap::new(document.as_bytes());
        assert_eq!(links.filter(|link| link.as_ref().unwrap().is_memento()).count(), 1_000);
    });
    assert_eq!(allocated.count_total, 0);
}
