//! What people reported to other libraries and to feed readers, by kind: each document is read, judged and
//! written as the specifications and `Reader::repair` promise. Every test names a report of its kind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::atom::{Base, ContentKind, Entry, Feed, Language, Preferences, TextType};
use atom_fsm::xml::Node;
use atom_fsm::{
    Correction, Diagnostic, Document, ForeignRoot, Level, Reader, Reading, RssVersion, Rule,
    Tolerance, Writer,
};

const ATOM: &str = "xmlns='http://www.w3.org/2005/Atom'";
const XHTML: &str = "xmlns='http://www.w3.org/1999/xhtml'";
const HEAD: &str = "<id>urn:example:1</id><updated>2026-01-01T00:00:00Z</updated>\
                    <author><name>A</name></author>";

/// An entry with these children beside an id, a date and an author.
fn entry(inside: &str) -> String {
    format!("<entry {ATOM}>{HEAD}{inside}</entry>")
}

fn read(source: &str) -> Reading<Entry<'_>> {
    Reader::new().read(source).unwrap()
}

fn repaired(source: &str) -> Reading<Entry<'_>> {
    let reading: Reading<Entry<'_>> = Reader::new().repair().read(source).unwrap();
    assert!(reading.is_repaired());
    reading
}

fn rules<T>(reading: &Reading<T>) -> Vec<Rule> {
    reading.diagnostics().iter().map(Diagnostic::rule).collect()
}

/// The violations, without advice.
fn violations<T>(reading: &Reading<T>) -> Vec<Rule> {
    let rules = rules(reading).into_iter();
    rules.filter(|rule| rule.level() != Level::Advice).collect()
}

/// The content of an entry as HTML.
fn html_of_content(content: &str) -> String {
    let source = entry(&format!("<title>T</title>{content}"));
    read(&source).document().content().unwrap().to_html().unwrap().into_owned()
}

// Content.

/// github.com/feedbin/support/issues/120: the markup of XHTML content was lost; and the `div` is no part of
/// the content. github.com/macieklamberski/feedsmith/pull/329: prefixes are of no use in HTML.
#[test]
fn rfc4287_3_1_1_3_xhtml_keeps_its_markup_without_div_and_prefixes() {
    let content =
        format!("<content type='xhtml'> <div {XHTML}>a <b class='x'>b</b> &lt;c></div> </content>");
    assert_eq!(html_of_content(&content), "a <b class=\"x\">b</b> &lt;c&gt;");
    let content = "<content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:iframe \
                   src='/a'/><h:br/></h:div></content>";
    assert_eq!(html_of_content(content), "<iframe src=\"/a\"></iframe><br>");
}

/// github.com/Ranchero-Software/RSParser/issues/72: `summary` within `details` was taken for the summary of
/// the entry. So are `title`, `link`, `id` and a whole Atom entry within content.
#[test]
fn names_of_atom_within_content_are_content() {
    let content = format!(
        "<title>T</title><content type='xhtml'><div {XHTML}><details><summary>S</summary><title>no</title>\
         <link href='no'/><id>no</id></details></div></content><link href='/1'/>"
    );
    let source = entry(&content);
    let reading = read(&source);
    let entry = reading.document();
    assert_eq!((entry.id(), entry.links().len()), (Some("urn:example:1"), 1));
    assert!(entry.summary().is_none());
    assert_eq!(entry.title().unwrap().value(), "T");
    assert_eq!(violations(&reading), []);
    let inner =
        format!("<content type='application/xml'><entry {ATOM}><id>no</id></entry></content>");
    let source = self::entry(&format!("<title>T</title><summary>S</summary>{inner}"));
    let reading = read(&source);
    assert_eq!(reading.document().id(), Some("urn:example:1"));
    assert_eq!(violations(&reading), []);
}

/// github.com/macieklamberski/feedsmith/pull/334: two `div`, or text beside the `div`, in XHTML. All of it is
/// kept. github.com/miniflux/v2/issues/1401: a title of XHTML without a `div` was empty.
#[test]
fn xhtml_that_is_not_one_div_keeps_all_its_nodes() {
    let two = format!("<content type='xhtml'><div {XHTML}>a</div><div {XHTML}>b</div></content>");
    assert_eq!(html_of_content(&two), "<div>a</div><div>b</div>");
    let beside = format!("<content type='xhtml'>a<div {XHTML}>b</div>c</content>");
    assert_eq!(html_of_content(&beside), "a<div>b</div>c");
    let source = entry("<title type='xhtml'>No div</title><content>c</content>");
    let reading = read(&source);
    let title = reading.document().title().unwrap();
    assert_eq!((title.type_(), &*title.to_plain()), (TextType::Xhtml, "No div"));
    assert_eq!(violations(&reading), [Rule::XhtmlDiv]);
}

/// github.com/feed-rs/feed-rs/issues/205: markup in content of the type `text/html` was an error.
#[test]
fn markup_in_content_of_another_type_is_kept() {
    let source = entry("<title>T</title><content type='text/html'><a href='/b'>b</a></content>");
    let reading = read(&source);
    let [Node::Element(link)] = reading.document().content().unwrap().nodes() else { panic!() };
    assert_eq!((link.name().local(), link.attribute("", "href")), ("a", Some("/b")));
    assert_eq!(violations(&reading), [Rule::TextMarkup]);
    let written = Writer::new().tolerance(Tolerance::DRAFTS).to_string(reading.document()).unwrap();
    assert_eq!(read(&written).document(), reading.document());
}

/// github.com/feedbin/feedbin/issues/746: CDATA within XHTML was lost. github.com/feedjira/feedjira/issues/34,
/// github.com/shaarli/Shaarli/pull/702: CDATA, references and both together are the same text.
#[test]
fn xml_2_7_cdata_is_text_wherever_it_is() {
    let code = format!(
        "<content type='xhtml'><div {XHTML}><pre><![CDATA[<VirtualHost *:80>]]></pre></div></content>"
    );
    assert_eq!(html_of_content(&code), "<pre>&lt;VirtualHost *:80&gt;</pre>");
    for text in
        ["<![CDATA[<p>a</p>]]>", "&lt;p&gt;a&lt;/p&gt;", "<![CDATA[<p>]]>a&lt;/p><![CDATA[]]>"]
    {
        assert_eq!(html_of_content(&format!("<content type='html'>{text}</content>")), "<p>a</p>");
    }
    let parted = "<content type='html'>\n<![CDATA[<p>a</p>]]>\n</content>";
    assert_eq!(html_of_content(parted), "\n<p>a</p>\n");
}

/// github.com/feed-rs/feed-rs/pull/61: content without a type was an error; it is text.
#[test]
fn rfc4287_4_1_3_1_content_without_a_type_is_text() {
    assert_eq!(html_of_content("<content>1 &lt; 2</content>"), "1 &lt; 2");
}

/// github.com/FreshRSS/FreshRSS/issues/6180, github.com/lkiesow/python-feedgen/pull/123: `type="CDATA"` is no
/// type; the text is not taken for base64, and is read and written again.
#[test]
fn a_type_that_is_none_leaves_the_text_as_it_is() {
    let source = entry("<title>T</title><content type='CDATA'>&lt;p>news&lt;/p></content>");
    let reading = read(&source);
    assert_eq!(reading.document().content().unwrap().value(), "<p>news</p>");
    assert_eq!(violations(&reading), [Rule::ContentType]);
    let written = Writer::new().tolerance(Tolerance::DRAFTS).to_string(reading.document()).unwrap();
    assert_eq!(read(&written).document(), reading.document());
}

/// github.com/mmcdole/gofeed/issues/271: `test` in a text with a media type was decoded as base64.
#[test]
fn only_content_of_a_binary_type_is_base64() {
    let source = entry(
        "<title type='application/x-custom'>test</title><content type='text/csv'>news</content>",
    );
    let reading = read(&source);
    assert_eq!(reading.document().title().unwrap().value(), "test");
    let content = reading.document().content().unwrap();
    assert_eq!((content.value(), content.to_octets()), ("news", None));
    assert_eq!(violations(&reading), [Rule::TextType]);
}

/// github.com/readrops/Readrops/issues/268: a valid entry with content that is elsewhere, and a person with a
/// `mailto:` IRI, was refused.
#[test]
fn rfc4287_4_1_3_2_content_that_is_elsewhere_is_valid() {
    let source = format!(
        "<entry {ATOM}><title type='text'>T</title><summary type='text'>S</summary>\
         <updated>2025-02-10T22:46:34+01:00</updated><id>urn:uuid:011e33bf-3f10-4203-b992-5e06b14d451c</id>\
         <author><name>J</name><uri>mailto:johndoe@example.org</uri></author>\
         <content src='https://example.org/media/1' type='text/html'/></entry>"
    );
    let reading: Reading<Entry<'_>> = Reader::new().read(&source).unwrap();
    assert_eq!(rules(&reading), []);
    let content = reading.document().content().unwrap();
    assert_eq!(
        (content.kind(), content.src()),
        (ContentKind::OutOfLine, Some("https://example.org/media/1"))
    );
}

// Text.

/// github.com/QuiteRSS/quiterss/issues/809: a title `<3` was empty. github.com/yanus171/Handy-News-Reader
/// issue 802: a title that is escaped twice was shown with `&#39;`. github.com/miniflux/v2/issues/756: a
/// title with an element was empty.
#[test]
fn rfc4287_3_1_1_the_type_says_what_a_title_means() {
    for (title, plain) in [
        ("<title><![CDATA[<3]]></title>", "<3"),
        ("<title type='text'>a &amp;amp; b</title>", "a &amp; b"),
        ("<title type='html'>Gary&amp;#39;s</title>", "Gary's"),
        ("<title type='html'>1 &amp;lt; 2</title>", "1 < 2"),
        ("<title><a href='/'>Linked</a> title</title>", "Linked title"),
        ("<title type='html'>\n  a\n  <![CDATA[b]]>\n</title>", "a b"),
    ] {
        let source = entry(&format!("{title}<content>c</content>"));
        assert_eq!(read(&source).document().title().unwrap().to_plain(), plain, "{title}");
    }
}

/// github.com/miniflux/v2/issues/1381: an empty title is a title, not a missing one.
#[test]
fn rfc4287_4_2_14_an_empty_title_is_there() {
    let source = entry("<title/><content>c</content>");
    let reading = read(&source);
    assert_eq!(reading.document().title().unwrap().value(), "");
    assert_eq!(rules(&reading), [Rule::TitleEmpty]);
}

// Links and references.

/// github.com/rometools/rome/issues/38, github.com/feedbin/support/issues/110: `xml:base` of the entry was
/// ignored. github.com/mmcdole/gofeed/issues/155: without one, the URI of the document is the base.
#[test]
fn xml_base_each_counts_from_the_document_down() {
    let source = format!(
        "<feed {ATOM} xml:base='/ongoing/'><link href='/'/><icon xml:base='img/'>a.png</icon>\
         <entry xml:base='When/2012/'><link href='BMS'/><link rel='up' xml:base='..' href='x'/></entry></feed>"
    );
    let feed = Feed::parse(&source).unwrap();
    let base = Base::new("http://example.org/feeds/ongoing.atom").within(feed.common());
    let resolved = |base: &Base, href: Option<&str>| base.resolve(href.unwrap()).unwrap();
    assert_eq!(resolved(&base, feed.links()[0].href()), "http://example.org/");
    let of_icon = base.within(feed.icon_common().unwrap());
    assert_eq!(resolved(&of_icon, feed.icon()), "http://example.org/ongoing/img/a.png");
    let entry = &feed.entries()[0];
    let base = base.within(entry.common());
    assert_eq!(
        resolved(&base, entry.links()[0].href()),
        "http://example.org/ongoing/When/2012/BMS"
    );
    let up = &entry.links()[1];
    assert_eq!(resolved(&base.within(up.common()), up.href()), "http://example.org/ongoing/When/x");
}

/// github.com/miniflux/v2/issues/1505 and 1587, github.com/lwindolf/liferea/issues/1457: the link to the page
/// was that of another relation. github.com/aaronpk/websub.rocks/issues/5: `self` of the feed was that of an
/// entry.
#[test]
fn rfc4287_4_2_7_2_the_page_is_the_alternate_link_and_each_element_has_its_own() {
    let source = format!(
        "<feed {ATOM}><link rel='self' href='/feed'/><link rel='hub' href='/hub'/><link href='/page'/>\
         <entry><link rel='enclosure' href='/1.mp3'/><link rel='self' href='/1.atom'/>\
         <link rel='http://www.iana.org/assignments/relation/alternate' type='text/html' href='/1'/>\
         <source><link href='/other'/><link rel='self' href='/other.atom'/></source></entry></feed>"
    );
    let feed = Feed::parse(&source).unwrap();
    let page = Preferences::new();
    assert_eq!(feed.alternate(&page).unwrap().href(), Some("/page"));
    assert_eq!(feed.link("self").unwrap().href(), Some("/feed"));
    let entry = &feed.entries()[0];
    assert_eq!(entry.alternate(&page).unwrap().href(), Some("/1"));
    assert_eq!(entry.link("self").unwrap().href(), Some("/1.atom"));
}

/// github.com/FreshRSS/FreshRSS/issues/1892: attributes in Atom's own namespace, as xkcd's feed had them.
#[test]
fn attributes_in_atoms_namespace_are_read_under_repair() {
    let source = entry(
        "<title xmlns:ns='http://www.w3.org/2005/Atom' ns:type='html'>&lt;b>T&lt;/b></title>\
         <link xmlns:ns='http://www.w3.org/2005/Atom' ns:href='https://example.org/157/' ns:rel='alternate'/>",
    );
    let reading = repaired(&source);
    let entry = reading.document();
    assert_eq!(entry.links()[0].href(), Some("https://example.org/157/"));
    assert_eq!(entry.title().unwrap().to_plain(), "T");
    assert!(
        Reader::new().read::<Entry<'_>>(&source).unwrap().document().links()[0].href().is_none()
    );
}

// Namespaces and languages.

/// github.com/macieklamberski/feedsmith/issues/77: a prefix for Atom's namespace, any prefix, is as good as
/// none. github.com/macieklamberski/feedsmith/pull/371: a name in no namespace is not Atom's.
#[test]
fn namespaces_decide_not_prefixes() {
    let source = format!(
        "<a:entry xmlns:a='http://www.w3.org/2005/Atom' xmlns='urn:example:other'>{}<title>no</title>\
         <a:title>T</a:title></a:entry>",
        HEAD.replace('<', "<a:").replace("<a:/", "</a:")
    );
    let reading = read(&source);
    let entry = reading.document();
    assert_eq!(entry.title().unwrap().value(), "T");
    assert_eq!(entry.authors()[0].name(), Some("A"));
    assert_eq!(entry.extensions().len(), 1);
    let source = self::entry("<title>T</title><contributor><name xmlns=''>B</name></contributor>");
    let reading = read(&source);
    assert_eq!(reading.document().contributors()[0].name(), None);
    assert!(violations(&reading).contains(&Rule::PersonName));
}

/// github.com/geonetwork/core-geonetwork/pull/6288: `xmlns=""` makes an element another one. It is kept, and
/// written again in no namespace.
#[test]
fn an_element_in_no_namespace_is_foreign_and_is_kept() {
    let source = entry("<title>T</title><content>c</content><link xmlns='' href='/'/>");
    let reading = read(&source);
    assert_eq!((reading.document().links().len(), reading.document().extensions().len()), (0, 1));
    let written = Writer::new().to_string(reading.document()).unwrap();
    assert_eq!(read(&written).document(), reading.document());
}

/// github.com/rust-syndication/atom/issues/1: Atom's namespace was not written.
#[test]
fn what_is_written_declares_its_namespaces() {
    let written = Writer::new().tolerance(Tolerance::ALL).to_string(&Feed::new()).unwrap();
    assert_eq!(written, "<feed xmlns=\"http://www.w3.org/2005/Atom\"/>");
}

/// github.com/miniflux/v2/pull/4434: the language was that of any attribute `lang`.
#[test]
fn only_xml_lang_is_the_language() {
    let source = format!(
        "<feed {ATOM} xmlns:f='urn:example:f' xml:lang='fr' f:lang='zz'><entry lang='yy'><title>T</title>\
         </entry></feed>"
    );
    let feed = Feed::parse(&source).unwrap();
    let of_feed = Language::default().within(feed.common()).as_str().map(str::to_owned);
    assert_eq!(of_feed.as_deref(), Some("fr"));
    let entry = &feed.entries()[0];
    let language = Language::default();
    let language = language.within(feed.common());
    assert_eq!(language.within(entry.common()).as_str(), Some("fr"));
}

/// github.com/w3c/feedvalidator/issues/73: an extension twice in an entry was an error.
#[test]
fn rfc4287_6_4_extensions_may_be_repeated() {
    let source = entry(
        "<title>T</title><content>c</content><dc:language xmlns:dc='http://purl.org/dc/elements/1.1/'>en\
         </dc:language><dc:language xmlns:dc='http://purl.org/dc/elements/1.1/'>de</dc:language>",
    );
    let reading = read(&source);
    assert_eq!(rules(&reading), []);
    assert_eq!(reading.document().extensions().len(), 2);
}

// Roots.

/// github.com/miniflux/v2/issues/1232, github.com/hexojs/hexo-generator-feed/pull/105: Atom's namespace with
/// `https`. github.com/rust-syndication/rss/issues/169: the wrong reader for a feed.
/// github.com/newsboat/newsboat/issues/1086: `rss` with Atom's namespace as the default.
/// github.com/FreshRSS/FreshRSS/issues/1336: a mark before the root.
#[test]
fn a_wrong_root_is_named() {
    for (source, root) in [
        ("<feed xmlns='https://www.w3.org/2005/Atom'/>", ForeignRoot::NearNamespace),
        ("<feed/>", ForeignRoot::NoNamespace),
        ("<rss version='2.0'><channel/></rss>", ForeignRoot::Rss(RssVersion::V2_0)),
        (
            "<rss xmlns='http://www.w3.org/2005/Atom' version='2.0'><channel/></rss>",
            ForeignRoot::Rss(RssVersion::V2_0),
        ),
        ("\u{FEFF}<!DOCTYPE html><html lang=en><p>", ForeignRoot::Html),
        ("\u{FEFF}\n<html><body><br></body></html>", ForeignRoot::Html),
    ] {
        let error = Reader::new().read::<Document<'_>>(source).unwrap_err();
        assert_eq!(error.foreign_root(), Some(root), "{source}: {error}");
        let error = Reader::new().repair().read::<Document<'_>>(source).unwrap_err();
        assert_eq!(error.foreign_root(), Some(root), "{source}: {error}");
    }
}

/// github.com/feed-rs/feed-rs/pull/61: an entry may be the root.
#[test]
fn rfc4287_2_an_entry_is_a_document() {
    let source = entry("<title>T</title><content>c</content>");
    assert!(matches!(Document::parse(&source).unwrap(), Document::Entry(_)));
}

// What is not well-formed.

/// github.com/miniflux/v2/issues/52, 433, 492, 546, 569 and 575, github.com/mmcdole/gofeed/issues/180: control
/// characters.
#[test]
fn control_characters_become_a_mark_under_repair() {
    for forbidden in ['\u{4}', '\u{8}', '\u{10}', '\u{13}', '\u{18}', '\u{1E}', '\u{FFFE}'] {
        let source = entry(&format!("<title>a{forbidden}b</title><content>c</content>"));
        let error = Reader::new().read::<Entry<'_>>(&source).unwrap_err();
        assert_eq!(error.rule(), Some(Rule::Character));
        let reading = repaired(&source);
        assert_eq!(reading.document().title().unwrap().value(), "a\u{FFFD}b");
        let written = Writer::new().to_string(reading.document()).unwrap();
        assert_eq!(read(&written).document(), reading.document());
    }
}

/// github.com/miniflux/v2/issues/122, 320 and 416, github.com/swannodette/swannodette.github.com/issues/23:
/// entities of HTML, and ampersands that begin none.
#[test]
fn ampersands_and_entities_of_html_are_text_under_repair() {
    for (text, value) in [
        ("caf&ecirc;", "cafê"),
        ("a&nbsp;b", "a\u{A0}b"),
        ("D&D, but", "D&D, but"),
        ("filters & fc-rDNS", "filters & fc-rDNS"),
        ("&unknown;", "&unknown;"),
        ("&#xD800;", "\u{FFFD}"),
    ] {
        let source = entry(&format!("<title>{text}</title><content>c</content>"));
        assert!(Reader::new().read::<Entry<'_>>(&source).is_err());
        assert_eq!(repaired(&source).document().title().unwrap().value(), value);
    }
}

/// github.com/hukl/cccms/issues/50, github.com/snarfed/bridgy-fed/issues/624,
/// github.com/mozilla/bedrock/issues/13830: HTML in place of XHTML, with tags that do not close. No guess is
/// made, the error has the place, and the entries before it are given.
#[test]
fn tags_that_do_not_close_are_an_error_and_the_entries_before_it_are_given() {
    let good = entry("<title>T</title><content>c</content>");
    let bad =
        entry(&format!("<title>T</title><content type='xhtml'><div {XHTML}><img></div></content>"));
    let source = format!("<feed {ATOM}>{HEAD}<title>T</title>\n{good}\n{bad}\n{good}</feed>");
    for reader in [Reader::new(), Reader::new().repair()] {
        let mut entries = reader.entries(&source);
        assert!(entries.next().unwrap().unwrap().into_entry().is_some());
        let error = entries.next().unwrap().unwrap_err();
        assert_eq!(error.rule(), Some(Rule::EndTag));
        assert_eq!(error.position().unwrap().line(), 3);
        assert!(entries.next().is_none());
    }
}

// Encodings.

/// github.com/kurtmckee/feedparser/issues/36 and pull/421: a document in UTF-8 with some wrong octets was
/// read as something else.
#[test]
fn wrong_octets_of_utf_8_become_marks_under_repair() {
    let mut octets = entry("<title>Böreği</title><content>c</content>").into_bytes();
    let at = octets.windows(2).position(|pair| pair == "ö".as_bytes()).unwrap();
    octets[at] = 0xFF;
    octets[at + 1] = b'o';
    assert_eq!(Reader::new().decode(&octets, None).unwrap_err().rule(), Some(Rule::Encoding));
    let text = Reader::new().repair().decode(&octets, Some("utf-8")).unwrap();
    assert!(text.is_repaired());
    assert_eq!(read(text.as_str()).document().title().unwrap().value(), "B\u{FFFD}oreği");
}

/// github.com/kurtmckee/feedparser/issues/81, github.com/wking/rss2email/pull/18: without a charset,
/// `text/xml` meant US-ASCII. RFC 7303 has ended that: the declaration counts.
#[cfg(feature = "encodings")]
#[test]
fn rfc7303_3_without_a_charset_the_declaration_counts() {
    let source = entry("<title>é</title><content>c</content>");
    let latin: Vec<u8> = source.chars().map(|one| u32::from(one).to_le_bytes()[0]).collect();
    let octets = [b"<?xml version='1.0' encoding='ISO-8859-1'?>".as_slice(), &latin].concat();
    let text = Reader::new().decode(&octets, None).unwrap();
    assert_eq!(read(text.as_str()).document().title().unwrap().value(), "é");
}

/// github.com/Novik/ruTorrent/pull/3170: white space before the declaration, and the document in another
/// encoding.
#[cfg(feature = "encodings")]
#[test]
fn a_declaration_behind_white_space_counts_under_repair() {
    let mut octets = b"\n\n<?xml version='1.0' encoding='windows-1251'?>\n".to_vec();
    octets.extend(entry("<title>????</title><content>c</content>").into_bytes());
    let at = octets.windows(4).position(|four| four == b"????").unwrap();
    octets[at..at + 4].copy_from_slice(&[0xD0, 0xF3, 0xF1, 0xFC]);
    let reader = Reader::new().repair();
    let text = reader.decode(&octets, None).unwrap();
    let reading: Reading<Entry<'_>> = reader.read(&text).unwrap();
    assert_eq!(reading.document().title().unwrap().value(), "Русь");
}

/// github.com/ForNeVeR/fornever.me/issues/278: UTF-8 that is declared as UTF-16. An encoding of one octet a
/// character cannot be UTF-16: a declaration that can be read says so.
#[test]
fn utf_8_that_is_declared_as_utf_16_is_read_under_repair() {
    let source = format!(
        "<?xml version='1.0' encoding='utf-16'?>{}",
        entry("<title>é</title><content>c</content>")
    );
    let error = Reader::new().read::<Entry<'_>>(&source).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::Encoding));
    let reader = Reader::new().repair();
    let text = reader.decode(source.as_bytes(), None).unwrap();
    let reading: Reading<Entry<'_>> = reader.read(&text).unwrap();
    assert_eq!(reading.document().title().unwrap().value(), "é");
}

// Feeds.

/// github.com/martinrotter/rssguard/issues/245: an entry that is given twice, with the same id and date.
#[test]
fn rfc4287_4_1_1_an_entry_twice_is_reported() {
    let one = entry("<title>T</title><content>c</content>");
    let source =
        format!("<feed {ATOM}>{HEAD}<title>T</title><link rel='self' href='/'/>{one}{one}</feed>");
    let reading: Reading<Feed<'_>> = Reader::new().read(&source).unwrap();
    assert_eq!(rules(&reading), [Rule::EntryRepeated]);
}

/// github.com/gorilla/feeds/issues/111, github.com/PyFeeds/PyFeeds/issues/4: a feed without a link to itself
/// is valid, and should have one.
#[test]
fn rfc4287_4_1_1_a_feed_without_a_link_to_itself_is_advised() {
    let source = format!("<feed {ATOM}>{HEAD}<title>T</title></feed>");
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    assert_eq!(rules(&strict.read::<Feed<'_>>(&source).unwrap()), [Rule::FeedSelf]);
}

/// github.com/miniflux/v2/issues/1373: an entry without a title. It is read, and the correction writes an
/// empty one.
#[test]
fn an_entry_without_a_title_is_read_and_can_be_corrected() {
    let source = entry("<content>c</content>");
    let reading = read(&source);
    assert_eq!(violations(&reading), [Rule::EntryTitle]);
    let writer = Writer::new().correction(Correction::MissingTitles);
    let written = writer.to_string(reading.document()).unwrap();
    assert_eq!(violations(&read(&written)), []);
}
