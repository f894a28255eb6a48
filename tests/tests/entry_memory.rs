//! What reading a feed entry by entry takes of memory: no more for a million entries than for a thousand.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use allocation_counter::measure;
use atom_fsm::{FeedItem, Limits, Reader, Writer};
use std::io::{self, BufRead, Read};

const HEAD: &str = "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title>\
                    <updated>2026-03-01T12:30:02Z</updated><author><name>Ada</name></author>";

/// A feed of so many entries that is never in memory as a whole.
struct Source {
    entries: usize,
    begun: usize,
    octets: Vec<u8>,
    read: usize,
}

impl Source {
    fn new(entries: usize) -> Self {
        Self { entries, begun: 0, octets: HEAD.into(), read: 0 }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.octets.len() && self.begun <= self.entries {
            use io::Write;
            self.octets.clear();
            self.read = 0;
            let number = self.begun;
            self.begun += 1;
            if number == self.entries {
                self.octets.extend_from_slice(b"</feed>");
            } else {
                write!(
                    self.octets,
                    "<entry><id>urn:example:{number:07}</id><title>a</title>\
                     <updated>2026-03-01T12:30:02Z</updated><content>b</content></entry>"
                )?;
            }
        }
        Ok(&self.octets[self.read..])
    }

    fn consume(&mut self, count: usize) {
        self.read += count;
    }
}

/// The most octets that were allocated at once while so many entries were read, and passed on.
fn peak(limits: Limits, entries: usize) -> u64 {
    let mut read = 0;
    let measured = measure(|| {
        let mut items = Reader::new().limits(limits).entries_from(Source::new(entries));
        let (mut out, mut writer) = (Vec::new(), None);
        while let Some(item) = items.next() {
            let item = item.unwrap();
            if writer.is_none() {
                let begun = Writer::new().limits(limits).feed(items.feed(), &mut out);
                writer = Some(begun.unwrap().0);
            }
            out.clear();
            writer.as_mut().unwrap().item(&item, &mut out).unwrap();
            read += usize::from(matches!(item, FeedItem::Entry(_)));
        }
    });
    assert_eq!(read, entries);
    measured.bytes_max
}

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Limits::revision_octets: the ids that are compared are all that grows, up to their limit.
#[test]
fn entries_that_are_read_one_by_one_take_the_memory_of_one() {
    let limits = Limits::default().revision_octets(0);
    let peaks = SIZES.map(|entries| peak(limits, entries));
    assert!(peaks.iter().all(|octets| *octets == peaks[0]), "{peaks:?}");
    assert!(peaks[0] < 16 * 1024, "{peaks:?}");
}

#[test]
fn the_ids_that_are_compared_take_memory_up_to_their_limit() {
    let limits = Limits::default();
    let peaks = [10_000, 100_000].map(|entries| peak(limits, entries));
    assert_eq!(peaks[0], peaks[1]);
    // The reader compares them, and the writer does.
    assert!(peaks[0] < 2 * 4 * limits.revision_octets, "{peaks:?}");
}

/// A validator that repairs keeps as many findings as its limit allows, however many repairs there are
/// before the rules of FSM are found to be violated.
#[test]
fn a_validator_that_repairs_keeps_as_much_as_its_limit_allows() {
    let feed = |repairs: usize| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='profile' \
             href='http://dret.net/fsm/1.0/bundle'/><rights>{}</rights><entry/></feed>",
            "&".repeat(repairs)
        )
    };
    let source = feed(200_000);
    let used = measure(|| {
        let validation = atom_fsm::validate::Validator::new().repair().document(&source);
        assert!(validation.is_repaired() && validation.omitted() > 199_000);
    });
    let times = used.bytes_max / source.len() as u64;
    assert!(times < 16, "{} octets for {}", used.bytes_max, source.len());
}
