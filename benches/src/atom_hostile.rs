//! Atom feeds that are made to take long, at three sizes: the time for each octet must not grow.

use crate::atom_feed::HEAD;
use crate::harness::{Contestant, Group, Kind, Settings, Table};
use anyhow::ensure;
use atom_fsm::atom::{Base, Feed};
use atom_fsm::{EntryStep, Limits, Reader, Tolerance};
use std::hint::black_box;

pub(crate) const GROUPS: &[Group] = &[Group { name: "atom/hostile", run }];

const NOTES: &str = "\
Each row reads the same number of octets: once 100 MiB, ten times 10 MiB, a hundred times 1 MiB. Limits are
off, so that all of it is read, and everything is tolerated. If the time for a KiB does not grow from row
to row, the time is linear. The model of 100 MiB of elements takes more memory than the cache and the page
tables hold, so that a row may take some tens of percent more than the row above it. Two kinds of rows grow more
and then stop: names of attributes and prefixes are looked up in a hash table, which fits the cache at 1 MiB and
not at 10; and a decoder that gets chunks gathers an unfinished piece in its own memory, where the system's work
for fresh pages is more than the search. The floor is a search for `<` and `&`.
";

const MOST: usize = 100 * 1024 * 1024;
const SHARES: [(&str, usize); 3] = [("1 MiB", 100), ("10 MiB", 10), ("100 MiB", 1)];

/// A document: what comes before, what is repeated, where `~` is a number, and what comes after.
#[derive(Debug)]
struct Shape(&'static str, How, &'static str, &'static str, &'static str);

#[derive(Debug, Clone, Copy)]
enum How {
    /// Read at once.
    Read,
    /// Read at once, and found to be wrong.
    Refuse,
    Repair,
    /// Read entry by entry, in chunks.
    Decode,
    /// The same, and found to be wrong.
    RefuseChunks,
    /// Resolved as a reference.
    Resolve,
}

const ENTRY: &str = "<id>urn:example:a</id><title>a</title><updated>2026-03-01T12:30:02Z</updated>\
                     <content>a</content></entry>";

const SHAPES: &[Shape] = &[
    Shape("entries of one id and date", How::Read, "", "<entry>$", ""),
    Shape("entries of one id and date", How::Decode, "", "<entry>$", ""),
    Shape(
        "tombstones",
        How::Read,
        "",
        "<t:deleted-entry ref='urn:a:~' when='2026-03-01T12:30:02Z' \
        xmlns:t='http://purl.org/atompub/tombstones/1.0'/>",
        "",
    ),
    Shape(
        "attributes of one element",
        How::Read,
        "<entry",
        " x:a~='the value of an attribute'",
        ">$",
    ),
    Shape(
        "attributes of elements",
        How::Read,
        "",
        "<entry a='the value' b='of an attribute' c='that Atom does not define' x:d='or does not know' x:e='at all'/>",
        "",
    ),
    Shape(
        "namespaces of one element",
        How::Read,
        "<entry",
        " xmlns:p~='urn:example:namespace'",
        ">$",
    ),
    Shape(
        "namespaces of elements",
        How::Read,
        "<entry>",
        "<x:a xmlns:p~='urn:example:n~'>a</x:a>",
        "$",
    ),
    Shape(
        "deep elements",
        How::Read,
        "<entry>",
        "<x:d><x:d><x:d><x:d><x:d><x:d><x:d><x:d><x:d>the text of the \
        innermost element</x:d></x:d></x:d></x:d></x:d></x:d></x:d></x:d></x:d>",
        "$",
    ),
    Shape("references", How::Read, "<entry><summary>", "&amp;", "</summary>$"),
    Shape("character references", How::Read, "<entry><summary>", "&#x00000041;", "</summary>$"),
    Shape("zeros of a character reference", How::Read, "<entry><summary>&#", "0", "65;</summary>$"),
    Shape("ampersands", How::Repair, "<entry><summary>", "&", "</summary>$"),
    Shape("carriage returns", How::Read, "<entry><summary>", "\r", "</summary>$"),
    Shape("characters of three octets", How::Read, "<entry><summary>", "\u{FFFD}", "</summary>$"),
    Shape("forbidden characters", How::Repair, "<entry><summary>", "\u{FFFE}", "</summary>$"),
    Shape("comments in a text", How::Read, "<entry><summary>", "a<!---->", "</summary>$"),
    Shape("sections of CDATA", How::Read, "<entry><summary>", "a<![CDATA[]]>", "</summary>$"),
    Shape("closing brackets", How::Read, "<entry><summary>", "]]", "</summary>$"),
    Shape("angle brackets", How::Read, "<entry><summary>", "]>", "</summary>$"),
    Shape(
        "undeclared prefixes",
        How::Repair,
        "<entry>",
        "<p~:a>the text of an element</p~:a>",
        "$",
    ),
    Shape("prefixes in a text", How::Read, "<entry><x:a>", "x: y:z ", "</x:a>$"),
    Shape(
        "authors",
        How::Read,
        "<entry>",
        "<author><name>a writer of entries</name></author>",
        "$",
    ),
    Shape(
        "alternate links",
        How::Read,
        "<entry>",
        "<link href='http://example.org/~' hreflang='en'/>",
        "$",
    ),
    Shape(
        "categories",
        How::Read,
        "<entry>",
        "<category term='~' scheme='http://example.org/'/>",
        "$",
    ),
    Shape(
        "repeated elements",
        How::Read,
        "<entry>",
        "<rights>the rights of the entry</rights>",
        "$",
    ),
    Shape("a long relation type", How::Read, "<entry><link href='a' rel='", "alternate", "'/>$"),
    Shape(
        "unregistered relation types",
        How::Read,
        "<entry>",
        "<link href='a' rel='a relation~'/>",
        "$",
    ),
    Shape("a long media type", How::Read, "<entry><link href='a' type='a/b", ";a=b", "'/>$"),
    Shape("a long id", How::Read, "<entry><id>tag:a,2026:", "a/../%41", "</id></entry>"),
    Shape("a long name of a host", How::Read, "<entry><id>http://", "A.", "</id></entry>"),
    Shape("a long email address", How::Read, "<author><email>", "a.", "a@a</email></author>"),
    Shape("a long language", How::Read, "<entry xml:lang='a", "-a", "'>$"),
    Shape(
        "bases within each other",
        How::Read,
        "<entry>",
        "<x:d xml:base='a/'><x:d xml:base='../b/'>\
        <x:d xml:base='http://example.org/'>a</x:d></x:d></x:d>",
        "$",
    ),
    Shape("dot segments", How::Resolve, "", "a/../", ""),
    Shape("segments above the root", How::Resolve, "", "../", ""),
    Shape("text where none may be", How::Read, "<entry>", "text<link href='a'/>\n", "$"),
    Shape(
        "violations in and of entries",
        How::Read,
        "",
        "<entry><!-- no id, no title, and more that is not here --><link href='no IRI'/></entry>\n",
        "",
    ),
    Shape(
        "metadata behind entries",
        How::Read,
        "<entry>$",
        "<link href='http://example.org/~'/>",
        "",
    ),
    Shape("quotes in a tag that does not end", How::Refuse, "<entry a=", "'\"'>", ""),
    Shape("less-than signs", How::Refuse, "<entry", "<", ""),
    Shape("a comment that does not end", How::RefuseChunks, "<entry><!--", "->-", ""),
    Shape("a section that does not end", How::RefuseChunks, "<entry><![CDATA[", "]>]", ""),
    Shape("quotes in a tag that does not end", How::RefuseChunks, "<entry a=", "'\"'>", ""),
    Shape("a document type that does not end", How::RefuseChunks, "<!DOCTYPE a [", "<!-->'\"", ""),
    Shape("one text", How::Decode, "<entry><summary>", "a ", "</summary>$"),
    Shape("an instruction that does not end", How::RefuseChunks, "<entry><?a ", "?", ""),
    Shape("HTML's entities", How::Repair, "<entry><summary>", "&nbsp;", "</summary>$"),
    Shape("undeclared entities", How::Repair, "<entry><summary>", "&a; ", "</summary>$"),
    Shape("ampersands before names", How::Repair, "<entry><summary>", "&a", "</summary>$"),
    Shape("a name behind an ampersand", How::Repair, "<entry><summary>&", "a", "</summary>$"),
    Shape("ampersands in a value", How::Repair, "<entry><link href='", "&a", "'/>$"),
    Shape("elements behind the root", How::Repair, "<entry>$</feed>", "<a>", ""),
    Shape(
        "document types",
        How::Repair,
        "<!DOCTYPE a>",
        "<!DOCTYPE a '[<'>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
    ),
    Shape("comments between entries", How::Decode, "", "<!---->", ""),
];

fn run(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for shape in SHAPES {
        text.push_str(&table(&settings.of_few_rounds(), shape));
    }
    text.push_str(NOTES);
    Ok(text)
}

impl Shape {
    fn input(&self, octets: usize) -> String {
        let Self(_, how, before, repeated, after) = *self;
        let (start, end) = match how {
            How::Resolve => ("http://example.org/", ""),
            How::RefuseChunks if before.starts_with("<!") => ("", ""),
            _ if before.starts_with("<!") => ("", "</feed>"),
            _ => (HEAD, "</feed>"),
        };
        let [before, repeated, after] = [before, repeated, after].map(|it| it.replace('$', ENTRY));
        let most = octets.saturating_sub(start.len() + before.len() + after.len() + end.len());
        let mut input = [start, &before].concat();
        input.reserve(most + 1024);
        let filled = input.len() + most;
        let mut number = 0;
        while input.len() < filled {
            if repeated.contains('~') {
                input.push_str(&repeated.replace('~', &format!("{number:07}")));
                number += 1;
            } else {
                // Many at once, so that the input is there soon.
                input.push_str(&repeated.repeat(((filled - input.len()) / repeated.len()).max(1)));
            }
        }
        input.push_str(&after);
        input.push_str(end);
        input
    }

    fn read(&self, input: &str) -> anyhow::Result<()> {
        let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
        let whole = |reader: Reader| match reader.read::<Feed<'_>>(input) {
            Ok(reading) => {
                black_box(
                    reading.document().entries().len() + reading.diagnostics().iter().count(),
                );
                Ok(())
            }
            Err(error) => Err(error),
        };
        match self.1 {
            How::Read => whole(reader)?,
            How::Repair => whole(reader.repair())?,
            How::Refuse => ensure!(whole(reader).is_err(), "it is read"),
            How::Decode => decode(&reader, input)?,
            How::RefuseChunks => ensure!(decode(&reader, input).is_err(), "it is read"),
            How::Resolve => {
                let resolved = Base::new("http://example.org/a/b/c").resolve(&input[19..]);
                ensure!(black_box(resolved).is_some(), "it is no reference");
            }
        }
        Ok(())
    }
}

fn decode(reader: &Reader, input: &str) -> Result<(), atom_fsm::Error> {
    let mut decoder = reader.entry_decoder();
    let mut chunks = input.as_bytes().chunks(64 * 1024);
    loop {
        match decoder.step()? {
            EntryStep::Item(item) => drop(black_box(item)),
            EntryStep::NeedInput => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            EntryStep::Done => return Ok(()),
        }
    }
}

fn table(settings: &Settings, shape: &Shape) -> String {
    let most = MOST / settings.divisor;
    let inputs = SHARES.map(|(name, share)| (name, share, shape.input(most / share)));
    let what = match shape.1 {
        How::Read | How::Refuse => "read",
        How::Repair => "repaired",
        How::Decode | How::RefuseChunks => "decoded entry by entry",
        How::Resolve => "resolved",
    };
    let mut contestants = Vec::new();
    for (name, share, input) in &inputs {
        contestants.push(Contestant::new(name, Kind::Ours, move || {
            for _ in 0..*share {
                shape.read(input)?;
            }
            Ok((most / 1024, most))
        }));
    }
    let last = &inputs[SHARES.len() - 1].2;
    contestants.push(Contestant::new("memchr2 over < and &, 100 MiB", Kind::Floor, move || {
        Ok((memchr::memchr2_iter(b'<', b'&', last.as_bytes()).count(), most))
    }));
    let title = format!("{}, {what}: {} KiB", shape.0, most / 1024);
    Table { title, item: "KiB", expected: (most / 1024, most), octets: most, contestants }
        .measure(&settings.shorter())
}
