//! OPML 2.0: lists of feeds as readers of feeds meet them.

#![cfg(feature = "opml")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::atom::Link;
use atom_fsm::fsm::{BundleReference, ServiceEntry};
use atom_fsm::opml::{Folder, Item, Opml, Outline, OutlineKind};
use atom_fsm::{Diagnostic, Reader, Rule, Tolerance, Writer};
use proptest::prelude::*;

const LIST: &str = "<?xml version='1.0'?>
<opml version='2.0' xmlns:x='urn:x'>
 <head><title> Mine </title><ownerName>A</ownerName></head>
 <body>
  <outline text='News' x:open='yes'>
   <outline text='A' type='rss' xmlUrl='http://a/' htmlUrl='http://a/page' description='d'/>
   <outline text='empty'/>
  </outline><!-- here -->
  <outline text='B' type='include' url='http://b/list.opml'/>
  <outline text='C' type='link' url='http://c/list.OPML'/>
  <outline text='D' type='link' url='http://d/'/>
 </body>
</opml>";

#[test]
fn opml_2_0_a_list_is_read_and_written_again_without_loss() {
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let reading = strict.read::<Opml<'_>>(LIST).unwrap();
    assert!(reading.diagnostics().is_empty(), "{:?}", reading.diagnostics());
    let opml = reading.document();
    assert_eq!((opml.version(), opml.title().as_deref()), (Some("2.0"), Some(" Mine ")));
    assert_eq!(opml.head("ownerName").as_deref(), Some("A"));
    let kinds: Vec<_> = opml.outlines().map(Outline::kind).collect();
    use OutlineKind::{Folder, Include, Other};
    assert_eq!(kinds, [Folder, Include, Include, Other]);
    let text = Writer::new().to_string(opml).unwrap();
    assert_eq!(strict.read::<Opml<'_>>(&text).unwrap().document(), opml);
    assert!(text.contains("<!-- here -->") && text.contains("open=\"yes\""), "{text}");
}

#[test]
fn opml_2_0_outlines_are_services_includes_are_references_and_nesting_is_bundles() {
    let opml = Opml::parse(LIST).unwrap();
    let folder = opml.to_folder();
    assert_eq!(folder.title(), "Mine");
    let [Item::Folder(news), Item::Reference(b), Item::Reference(c)] = folder.items() else {
        panic!("{folder:?}")
    };
    assert_eq!((b.uri(), c.uri()), ("http://b/list.opml", "http://c/list.OPML"));
    let [Item::Service(a), Item::Folder(empty)] = news.items() else { panic!("{news:?}") };
    assert_eq!((&*a.title(), a.uri()), ("A", "http://a/"));
    assert_eq!(a.as_entry().summary().unwrap().value(), "d");
    assert!(empty.items().is_empty());
    assert_eq!(folder.services().count(), 1);
    let back = Opml::from_folder(&folder);
    assert_eq!(back.to_folder(), folder);
    let text = Writer::new().to_string(&back).unwrap();
    assert!(text.contains("xmlUrl=\"http://a/\" htmlUrl=\"http://a/page\""), "{text}");
}

#[test]
fn opml_2_0_what_readers_meet_is_read_and_each_outline_reported_once() {
    let source = "<OPML>
<body>
<outline title='A' xmlurl='http://a/'/>
<outline text='folder' type='rss'><outline XMLURL='http://b/' text='B' type='atom'/></outline>
<outline type='include'/>
<outline text='fine' type='rss' xmlUrl='http://c/'/>
<outline xmlUrl='http://d/' type='rss'><outline text='E' type='rss' xmlUrl='http://e/'/></outline>
</body>
</OPML>";
    let reading = Reader::new().read::<Opml<'_>>(source).unwrap();
    let mut found: Vec<_> = reading
        .diagnostics()
        .iter()
        .map(|one: &Diagnostic| (one.position().unwrap().line(), one.rule()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (1, Rule::OpmlVersion),
            (3, Rule::OpmlText),
            (4, Rule::OpmlType),
            (4, Rule::OpmlType),
            (5, Rule::OpmlUrl),
            (7, Rule::OpmlText),
        ]
    );
    let folder = reading.document().to_folder();
    let uris: Vec<_> = folder.services().map(ServiceEntry::uri).collect();
    assert_eq!(uris, ["http://a/", "http://b/", "http://c/", "http://d/", "http://e/"]);
    // An outline without a text has the name of its URL.
    let title = folder.services().nth(3).unwrap().title().into_owned();
    assert_eq!(title, "http://d/");
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    assert!(strict.read::<Opml<'_>>(source).is_err());
    let error = Writer::new().to_string(reading.document()).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::OpmlVersion));
    let same = Writer::new().tolerance(Tolerance::ALL).to_string(reading.document()).unwrap();
    assert_eq!(&Opml::parse(&same).unwrap(), reading.document());
    let error = strict.read::<Opml<'_>>("<opml version='2.0'/>").unwrap_err();
    assert_eq!(error.rule(), Some(Rule::OpmlBody));
    assert_eq!(Opml::parse("<outline/>").unwrap_err().rule(), Some(Rule::RootElement));
}

#[test]
fn opml_2_0_a_list_has_a_head() {
    let source = "<opml version='2.0'>\n<body><outline text='A'/></body></opml>";
    let reading = Reader::new().read::<Opml<'_>>(source).unwrap();
    let rules: Vec<_> = reading.diagnostics().iter().map(Diagnostic::rule).collect();
    assert_eq!(rules, [Rule::OpmlHead]);
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let error = strict.read::<Opml<'_>>(source).unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::OpmlHead), 0));
    let error = Writer::new().to_string(reading.document()).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::OpmlHead));
    let whole = source.replacen("<body>", "<HEAD/><body>", 1);
    assert!(strict.read::<Opml<'_>>(&whole).unwrap().diagnostics().is_empty());
}

#[test]
fn opml_2_0_an_outline_that_is_not_in_the_body_is_reported() {
    let outline = "<outline text='A' type='rss' xmlUrl='http://a/'/>";
    let within = format!("<body><outline text='B'>{outline}</outline></body>");
    for (inside, expected) in [
        (format!("<head>{outline}</head><body/>"), &[Rule::OpmlOutline][..]),
        (format!("<head/><body/>{outline}"), &[Rule::OpmlOutline]),
        (format!("<head/>{within}"), &[]),
    ] {
        let source = format!("<opml version='2.0'>{inside}</opml>");
        let reading = Reader::new().read::<Opml<'_>>(&source).unwrap();
        let rules: Vec<_> = reading.diagnostics().iter().map(Diagnostic::rule).collect();
        assert_eq!(rules, expected, "{inside}");
        let services = reading.document().to_folder().services().count();
        assert_eq!(services, usize::from(expected.is_empty()), "{inside}");
    }
}

#[test]
fn xml_4_1_a_bare_ampersand_in_a_url_is_read_under_repair() {
    let source = "<opml version='1.0'><head/><body>\n<outline text='A & B' type='rss' \
        xmlUrl='http://a/?b=1&c=2'/></body></opml>";
    assert!(Opml::parse(source).is_err());
    let reading = Reader::new().repair().read::<Opml<'_>>(source).unwrap();
    assert!(reading.is_repaired());
    let rules: Vec<_> = reading.diagnostics().iter().map(Diagnostic::rule).collect();
    assert_eq!(rules, [Rule::RepairedAmpersand, Rule::RepairedAmpersand]);
    let folder = reading.document().to_folder();
    let service = folder.services().next().unwrap();
    assert_eq!((&*service.title(), service.uri()), ("A & B", "http://a/?b=1&c=2"));
}

/// Readers open `htmlUrl` with a click, so that a page of another scheme is not written, and is reported.
#[test]
fn opml_2_0_html_url_is_of_http_or_https() {
    let service = |page: &str| {
        let entry = ServiceEntry::new("A", "http://a.example/f").into_entry();
        let entry = entry.with_link(Link::new(page.to_owned()).with_rel("related"));
        Item::from(ServiceEntry::try_from(entry).unwrap())
    };
    for (page, is_written) in [
        ("http://a.example/", true),
        ("HTTPS://a.example/", true),
        ("javascript:alert(1)", false),
        (" javascript:alert(1)", false),
        ("data:text/html,a", false),
        ("ftp://a.example/", false),
        ("../page", false),
        ("", false),
    ] {
        let inner = Folder::new("Inner").with_item(service(page));
        let folder = Folder::new("Outer").with_item(Item::from(inner));
        let text = Writer::new().to_string(&Opml::from_folder(&folder)).unwrap();
        assert_eq!(text.contains("htmlUrl"), is_written, "{page}: {text}");
        let unwritten: Vec<_> = Opml::unwritten_pages(&folder).collect();
        assert_eq!(unwritten, if is_written { vec![] } else { vec![page] });
    }
}

fn folder() -> impl Strategy<Value = Folder> {
    let item = prop_oneof![
        ("[a-z&<]{1,9}", "[a-z]{1,9}").prop_map(|(title, path)| {
            Item::from(ServiceEntry::new(title, format!("http://a/{path}")))
        }),
        ("[a-z\"]{1,9}", "[a-z]{1,9}").prop_map(|(title, path)| {
            Item::from(BundleReference::new(title, format!("http://b/{path}")))
        }),
        "[a-z]{1,9}".prop_map(|title| Item::from(Folder::new(title))),
    ];
    let of = |items: Vec<Item>, title: String| {
        items.into_iter().fold(Folder::new(title), Folder::with_item)
    };
    let tree = item.prop_recursive(3, 20, 5, move |inner| {
        (proptest::collection::vec(inner, 0..5), "[a-z]{1,9}")
            .prop_map(move |(items, title)| Item::from(of(items, title)))
    });
    (proptest::collection::vec(tree, 0..5), "[a-z]{1,9}")
        .prop_map(move |(items, title)| of(items, title))
}

proptest! {
    /// A folder that is written is read again as the same, strictly.
    #[test]
    fn opml_2_0_what_is_written_is_read_again(folder in folder()) {
        let text = Writer::new().to_string(&Opml::from_folder(&folder)).unwrap();
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let reading = strict.read::<Opml<'_>>(&text).unwrap();
        prop_assert!(reading.diagnostics().is_empty());
        prop_assert_eq!(reading.document().to_folder(), folder);
    }
}
