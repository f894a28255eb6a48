//! The Atom feeds that are read and written.

use std::fmt::Write;

/// What a feed begins with.
pub(crate) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
     <feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:x=\"urn:example:extension\">\n\
     <id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>\n\
     <title type=\"html\">A &lt;em>feed&lt;/em> of entries</title>\n\
     <updated>2026-03-01T12:30:02Z</updated>\n\
     <author><name>Ada</name><uri>http://example.org/ada</uri></author>\n\
     <link rel=\"self\" href=\"http://example.org/feed.atom\"/>\n";

/// A feed, and the octets of the ids of its entries.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) entries: usize,
    pub(crate) octets: usize,
}

impl Source {
    fn of(entries: usize, mut rest: impl FnMut(usize, &mut String)) -> Self {
        let (mut text, mut octets) = (HEAD.to_owned(), 0);
        for number in 0..entries {
            let id = format!("tag:example.org,2026:entry/{number}");
            octets += id.len();
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "<entry>\n<id>{id}</id>\n<title>Entry {number} &amp; its title</title>\n\
                 <updated>2026-03-01T12:30:02+01:00</updated>\n"
            );
            rest(number, &mut text);
            text.push_str("</entry>\n");
        }
        text.push_str("</feed>\n");
        Self { text, entries, octets }
    }

    /// Entries as most feeds have them: links, a category, a summary, and short content of each type.
    pub(crate) fn usual(entries: usize) -> Self {
        Self::of(entries, |number, text| {
            let content = match number % 3 {
                0 => {
                    "<content type=\"html\">&lt;p>Some &lt;b>bold&lt;/b> words, and a few more that \
                      make it longer.&lt;/p></content>\n"
                }
                1 => {
                    "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Some \
                      <b>bold</b> words.</p></div></content>\n"
                }
                _ => "<content>Some plain words, and a few more that make it longer.</content>\n",
            };
            let _ = write!(
                text,
                "<published>2026-02-28T08:00:00Z</published>\n\
                 <link href=\"http://example.org/entries/{number}.html\"/>\n\
                 <link rel=\"edit\" href=\"http://example.org/edit/{number}\"/>\n\
                 <category term=\"t{}\" scheme=\"http://example.org/terms/\"/>\n\
                 <summary>A summary of what stands in entry {number}: one &lt; two.</summary>\n\
                 {content}<x:rank x:of=\"all\">{number}</x:rank>\n",
                number % 7
            );
        })
    }

    /// Entries of much markup: a page of XHTML each, and elements of other vocabularies.
    pub(crate) fn of_markup(entries: usize) -> Self {
        Self::of(entries, |number, text| {
            text.push_str("<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">\n");
            for paragraph in 0..8 {
                let _ = write!(
                    text,
                    "<p class=\"c{paragraph}\">Some <b>bold</b> words and a \
                     <a href=\"http://example.org/{number}/{paragraph}\" title=\"a &amp; b\">link</a>, \
                     <code>1 &lt; 2</code><br/>\nand <em>a <span lang=\"en\">nested</span> part</em>.</p>\n"
                );
            }
            text.push_str("</div></content>\n");
            for extension in 0..8 {
                let _ = writeln!(
                    text,
                    "<x:group x:kind=\"k{extension}\"><x:item of=\"{number}\">value {extension}</x:item>\
                     <x:item of=\"{number}\" xmlns:y=\"urn:example:y\" y:unit=\"m\"/></x:group>"
                );
            }
        })
    }

    /// One entry with a text of so many octets, which are as in prose.
    pub(crate) fn of_text(octets: usize) -> Self {
        const LINE: &str =
            "A line of a long text, which has words and stops, and no markup at all.\n";
        Self::of(1, |_, text| {
            text.push_str("<content>");
            text.push_str(&LINE.repeat(octets / LINE.len()));
            text.push_str("</content>\n");
        })
    }
}
