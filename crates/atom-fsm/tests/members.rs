//! What a hostile client can make a server store: no more than the limits say, nothing that keeps a page
//! of a feed or the service document from being read, and nothing that is the server's to say.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(clippy::result_large_err, reason = "a refusal is a response")]

use atom_fsm::app::{Collection, Control, media_range_includes};
use atom_fsm::atom::{Date, Entry, Feed, Person};
use atom_fsm::interaction::{
    ENTRY, Operation, PostedCollection, PostedEntry, Problem, Resource, Server, ServerFields,
    StoredEntry, Target, feed_markup,
};
use atom_fsm::{Limits, Reader, Rule, Writer};
use chrono::DateTime;
use http::{Request, Response};
use proptest::prelude::*;

const URI: &str = "http://example.org/notes/";
const MEMBER: &str = "http://example.org/notes/1";

fn operation(method: &str, resource: Resource, body: &str) -> Operation {
    let server = Server::new();
    let request = Request::builder().method(method).header("content-type", ENTRY);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let expected = server.expect(&parts, &Target::new(resource, URI)).unwrap();
    expected.read(body.as_bytes()).unwrap()
}

fn posted(inner: &str, resource: Resource) -> PostedEntry {
    let body = format!(
        "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://www.w3.org/2007/app' \
         xmlns:fsm='http://dret.net/fsm/1.0'{inner}</entry>"
    );
    match operation("POST", resource, &body) {
        Operation::CreateMember(posted, _) => posted,
        other => panic!("{other:?}"),
    }
}

fn fields() -> ServerFields {
    ServerFields::new("urn:uuid:1", MEMBER, DateTime::UNIX_EPOCH).with_author(Person::new("Owner"))
}

fn store(inner: &str) -> Result<StoredEntry, Response<Vec<u8>>> {
    posted(inner, Resource::Collection).store(&fields())
}

#[test]
fn fsm_4_2_1_the_slip_in_the_drafts_accept_is_the_entry_type() {
    let slip = "><atom:title>A</atom:title><accept>application/atom=xml;type=entry</accept>";
    let posted = collection(slip);
    assert!(posted.diagnostics().iter().any(|it| it.rule() == Rule::AcceptSyntax));
    let honours = |range: &str| media_range_includes("application/atom+xml;type=entry", range);
    let stored = posted.store(URI, honours).unwrap();
    assert_eq!(stored.collection().accepts()[0].range(), "application/atom=xml;type=entry");
    assert!(stored.collection().accepts_type(ENTRY));
    let other = collection("><atom:title>A</atom:title><accept>application/xml</accept>");
    assert_eq!(refusal(other.store(URI, honours)), (400, Some(Rule::AcceptUnsupported)));
}

fn refusal<T: std::fmt::Debug>(stored: Result<T, Response<Vec<u8>>>) -> (u16, Option<Rule>) {
    let response = stored.unwrap_err();
    let problem = Problem::parse(response.body()).unwrap();
    (response.status().as_u16(), problem.rule())
}

fn collection(inner: &str) -> PostedCollection {
    let body = format!(
        "<collection xmlns='http://www.w3.org/2007/app' xmlns:app='http://www.w3.org/2007/app' \
         xmlns:atom='http://www.w3.org/2005/Atom'{inner}</collection>"
    );
    match operation("POST", Resource::ServiceDocument, &body) {
        Operation::CreateCollection(posted, _) => posted,
        other => panic!("{other:?}"),
    }
}

/// A feed of a server that writes as a server does, read with the default limits.
fn page(entries: &[Entry<'static>], collection: Option<&Collection<'static>>) -> usize {
    let mut feed = Feed::new()
        .with_id("urn:uuid:0")
        .with_title("A")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_author(Person::new("Owner"));
    feed.extensions_mut().extend(collection.into_iter().flat_map(feed_markup).cloned());
    feed.entries_mut().extend(entries.iter().cloned());
    let octets = Writer::new().tolerance(Server::TOLERANCE).to_vec(&feed).unwrap();
    let again = Reader::new().tolerance(Server::TOLERANCE).read::<Feed<'_>>(&octets).unwrap();
    assert_eq!(again.document().entries(), entries);
    octets.len()
}

/// Declarations of prefixes with this many octets in the name of each namespace.
fn declarations(prefixes: usize, octets: usize) -> String {
    let name = "n".repeat(octets);
    (0..prefixes).map(|it| format!(" xmlns:p{it}='urn:{it}:{name}'")).collect()
}

#[test]
fn what_is_declared_once_is_not_stored_many_times() {
    let uses: String = (0..60).map(|it| format!("p{it}:")).collect();
    let hostile =
        |inner: String| format!("{}><title>A</title>{inner}<content/>", declarations(60, 2000));
    for (inner, octets) in [
        // Texts that seem to use all prefixes.
        (format!("<x xmlns='urn:x'>{uses}</x>").repeat(200), 200_000),
        // Names, within an element and within links.
        (format!("<x xmlns='urn:x'>{}</x>", "<p1:a/>".repeat(6000)), 200_000),
        (format!("<link rel='x' href='/'>{}</link>", "<p1:a/>".repeat(6000)), 200_000),
        ("<link rel='x' href='/' p1:a=''/>".repeat(1000), 200_000),
    ] {
        let inner = hostile(inner);
        assert!(inner.len() < octets, "{}", inner.len());
        assert_eq!(refusal(store(&inner)), (413, None), "{}", &inner[inner.len() - 100..]);
    }
    // What several elements need is declared once.
    let few = format!(
        "{}><title>A</title>{}<content/>",
        declarations(3, 1000),
        "<x xmlns='urn:x'>p1:a p2:b</x>".repeat(20)
    );
    let stored = store(&few).unwrap();
    assert!(stored.octets().len() < few.len() + 1000, "{} of {}", stored.octets().len(), few.len());
}

#[test]
fn what_a_member_declares_does_not_depend_on_the_members_beside_it() {
    let name = "n".repeat(2000);
    let hostile = format!("><title>A</title><content/><q:x xmlns:q='urn:{name}'/>");
    let inner = "<q:f xmlns:q='urn:m'><y/></q:f>".repeat(400);
    let victim = format!("><title>A</title><content/><x xmlns='urn:{name}'>{inner}</x>");
    let stored = [store(&hostile).unwrap(), store(&victim).unwrap()];
    let most: usize = stored.iter().map(|it| it.octets().len()).sum();
    let entries = stored.map(StoredEntry::into_entry);
    let octets = page(&entries, None);
    assert!(octets < most + 5000, "{octets} of {most}");
}

#[test]
fn a_page_of_members_has_no_more_namespaces_than_a_reader_takes() {
    // Each alone can be read; the feed declares the prefixes of some ahead.
    let member = |from: usize, prefixes: usize| {
        let all = from..from + prefixes;
        let declared: String = all.clone().map(|it| format!(" xmlns:q{it}='urn:q:{it}'")).collect();
        let open: String = all.clone().map(|it| format!("<q{it}:a>")).collect();
        let close: String = all.rev().map(|it| format!("</q{it}:a>")).collect();
        store(&format!("{declared}><title>A</title><content/>{open}{close}"))
    };
    let many = |from: usize| {
        let elements: String =
            (from..from + 40).map(|it| format!("<q{it}:a xmlns:q{it}='urn:q:{it}'/>")).collect();
        store(&format!("><title>A</title><content/>{elements}"))
    };
    let mut entries = Vec::new();
    for stored in [many(0), many(40), many(80), member(200, 90), member(300, 50), member(400, 110)]
    {
        entries.extend(stored.map(StoredEntry::into_entry));
    }
    assert!(entries.len() >= 4);
    page(&entries, None);
}

#[test]
fn a_member_that_no_page_could_hold_is_refused() {
    let title = |octets: usize| store(&format!("><title>{}</title><content/>", "x".repeat(octets)));
    assert!(title(1_000_000).is_ok());
    assert_eq!(refusal(title(1_100_000)), (413, None));
    assert_eq!(refusal(title(20_000_000)), (413, None));
    let elements = |number: usize| {
        store(&format!("><title>A</title><content/>{}", "<x xmlns='u:x'/>".repeat(number)))
    };
    assert!(elements(14_000).is_ok());
    assert_eq!(refusal(elements(16_000)), (413, None));
}

#[test]
fn a_page_of_fifty_members_is_within_the_default_limits_of_a_reader() {
    let limits = Limits::default();
    // The feed itself has what a collection may have, and its own metadata.
    assert!(51 * limits.member_octets + 1_000_000 <= limits.octets);
    assert!(51 * limits.member_elements + 1_000 <= limits.elements);
    assert!(limits.member_octets + 1_000_000 <= limits.entry_octets);
    // And a service document has a thousand collections.
    assert!(1000 * limits.member_octets / 16 <= limits.octets);
    assert!(1000 * limits.member_elements / 16 <= limits.elements);
    let large = format!("><atom:title>{}</atom:title>", "x".repeat(70_000));
    assert_eq!(refusal(collection(&large).store(URI, |_| true)), (413, None));
    let many = format!("><atom:title>A</atom:title>{}", "<x xmlns='u:x'/>".repeat(1000));
    assert_eq!(refusal(collection(&many).store(URI, |_| true)), (413, None));
}

#[test]
fn rfc6721_a_client_speaks_of_no_others_entries() {
    let stored = collection(
        "><atom:title>A</atom:title>\
         <at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0' ref='urn:uuid:of-another' when='2012-01-01T00:00:00Z'/>\
         <fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/><x xmlns='urn:x'/>",
    );
    let stored = stored.store(URI, |_| true).unwrap();
    let names: Vec<_> = feed_markup(stored.collection()).map(|it| it.name().local()).collect();
    assert_eq!(names, ["x"]);
}

#[test]
fn rfc5023_9_6_an_edit_of_a_media_link_entry_keeps_its_media_resource() {
    let media =
        fields().with_media("http://example.org/m.png", "image/png", "http://example.org/m");
    let before = Server::new().media_link_entry("Picture", &media).unwrap().into_entry();
    let body = "<entry xmlns='http://www.w3.org/2005/Atom'><id>urn:x:y</id><title>B</title>\
        <content src='http://evil.example/' type='text/html'/><summary>s</summary>\
        <link rel='edit-media' href='http://evil.example/'/></entry>";
    let Operation::EditMember(edit) = operation("PUT", Resource::MediaLinkEntry, body) else {
        panic!()
    };
    let after = edit
        .store(
            &ServerFields::for_edit(&before, MEMBER, DateTime::UNIX_EPOCH)
                .with_author(Person::new("A")),
        )
        .unwrap();
    let after = after.into_entry();
    assert_eq!(after.title().map(|it| it.value().into_owned()).as_deref(), Some("B"));
    assert_eq!(after.summary().map(|it| it.value().into_owned()).as_deref(), Some("s"));
    let content = after.content().unwrap();
    assert_eq!(
        (content.src(), content.type_()),
        (Some("http://example.org/m.png"), Some("image/png"))
    );
    let links: Vec<_> = after.links().iter().filter(|it| it.has_rel("edit-media")).collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].href(), Some("http://example.org/m"));
    // A member that is no media link entry does not become one.
    let plain = store("><title>A</title><content>c</content>").unwrap().into_entry();
    let Operation::EditMember(edit) = operation("PUT", Resource::Member, body) else { panic!() };
    let after = edit.store(
        &ServerFields::for_edit(&plain, MEMBER, DateTime::UNIX_EPOCH).with_author(Person::new("A")),
    );
    assert!(after.unwrap().entry().link("edit-media").is_none());
}

#[test]
fn rfc4287_8_2_a_base_is_of_http_or_https() {
    for base in [
        "javascript:alert(1)//",
        "data:text/html,x",
        " JavaScript:x",
        "java&#10;script:x",
        "file:///",
        "ftp://a/",
    ] {
        let content = "<div xmlns='http://www.w3.org/1999/xhtml'>d</div>";
        for inner in [
            format!(" xml:base='{base}'><title>A</title><content/>"),
            format!("><title xml:base='{base}'>A</title><content/>"),
            format!("><title>A</title><content type='xhtml' xml:base='{base}'>{content}</content>"),
            format!(
                "><title>A</title><content type='xhtml'>{}</content>",
                content.replace("'>", &format!("' xml:base='{base}'>"))
            ),
            format!("><title>A</title><content/><x xmlns='urn:x'><y xml:base='{base}'/></x>"),
        ] {
            let (status, rule) = refusal(store(&inner));
            assert_eq!(status, 400, "{inner}");
            assert!(
                matches!(rule, Some(Rule::BaseScheme | Rule::IriSyntax | Rule::ValueSpace)),
                "{rule:?} {inner}"
            );
        }
        let inner = format!("><atom:title>A</atom:title><x xmlns='urn:x' xml:base='{base}'/>");
        assert_eq!(
            refusal(collection(&inner).store(URI, |_| true)),
            (400, Some(Rule::BaseScheme)),
            "{inner}"
        );
        let inner = format!(" xml:base='{base}'><atom:title>A</atom:title>");
        assert_eq!(refusal(collection(&inner).store(URI, |_| true)).0, 400, "{inner}");
    }
    for base in ["HTTPS://example.org/", "//example.org/", "a/b:c", "?a:b", "", "#x"] {
        assert!(store(&format!(" xml:base='{base}'><title>A</title><content/>")).is_ok(), "{base}");
        assert!(
            collection(&format!(" xml:base='{base}'><atom:title>A</atom:title>"))
                .store(URI, |_| true)
                .is_ok()
        );
    }
}

/// A service entry with more markup.
fn service(markup: &str) -> Result<StoredEntry, Response<Vec<u8>>> {
    let inner = format!(
        "><title>A</title><link rel='alternate' href='http://a.example/'/>\
         <link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>{markup}"
    );
    posted(&inner, Resource::Bundle).store(&fields())
}

#[test]
fn fsm_2_1_the_rules_of_service_entries_hold_for_what_is_stored() {
    assert!(service("<fsm:query>q=1</fsm:query>").is_ok());
    let twice = "<fsm:query>q=1</fsm:query><fsm:query>q=2</fsm:query>";
    assert_eq!(refusal(service(twice)), (400, Some(Rule::QueryRepeated)));
    let scheme = "<fsm:query scheme='not a URI'>q</fsm:query>";
    assert_eq!(refusal(service(scheme)), (400, Some(Rule::QueryScheme)));
    let response = service(scheme).unwrap_err();
    assert_eq!(Problem::parse(response.body()).unwrap().path(), Some("/entry"));
    // Advice is stored.
    assert!(service("<content src='http://other.example/'/><summary/>").is_ok());
}

#[test]
fn rfc5023_13_1_1_a_control_that_is_not_understood_is_refused() {
    let control = |control: &str| {
        let control = control.replace("<d", "<app:d").replace("</d", "</app:d");
        store(&format!("><title>A</title><content/><app:control>{control}</app:control>"))
            .map(|it| it.publication())
    };
    assert_eq!(control("<draft>yes</draft>").unwrap(), Control::Draft);
    assert_eq!(control("<x xmlns='urn:x'>yes</x>").unwrap(), Control::Published);
    for unclear in [
        "<draft>Yes</draft>",
        "<draft> yes </draft>",
        "<draft/>",
        "<draft>true</draft>",
        "<draft>no</draft><draft>yes</draft>",
        "<Draft xmlns='http://www.w3.org/2007/app'>yes</Draft>",
        "yes",
        "</app:control><app:Control><draft>yes</draft></app:Control><app:control>",
        "<draft xmlns='urn:x'>no</draft><draft>maybe</draft>",
        "</app:control><app:control><draft>yes</draft>",
        "<draft>yes</draft></app:control><app:control>",
    ] {
        let (status, rule) = refusal(control(unclear));
        assert_eq!(status, 400, "{unclear}");
        assert!(rule.is_some());
    }
}

/// Markup with prefixes that mean several namespaces, in any order.
fn any_markup() -> impl Strategy<Value = String> {
    let name = (prop_oneof![Just(""), Just("a:"), Just("b:"), Just("c:")], 0..3_usize);
    let leaf = (name.clone(), 0..4_usize, any::<bool>()).prop_map(
        |((prefix, local), text, has_attribute)| {
            let text = ["", "a:x", "b:y c:z", "t"][text];
            let attribute = if has_attribute { " b:k='a:v'" } else { "" };
            format!("<{prefix}e{local}{attribute}>{text}</{prefix}e{local}>")
        },
    );
    let tree = leaf.prop_recursive(4, 24, 4, move |inner| {
        (name.clone(), proptest::collection::vec(inner, 0..4), 0..5_usize).prop_map(
            |((prefix, local), inner, declared)| {
                let declared = [
                    "",
                    " xmlns:a='urn:3'",
                    " xmlns:b='urn:1' xmlns='urn:2'",
                    " xmlns='urn:1'",
                    " xmlns:c='urn:2'",
                ][declared];
                format!("<{prefix}e{local}{declared}>{}</{prefix}e{local}>", inner.concat())
            },
        )
    });
    // The prefixes of the whole entry mean one of several namespaces.
    let declared = proptest::collection::vec(1..4_usize, 3).prop_map(|it| {
        let prefixes = ["a", "b", "c"].iter().zip(it);
        prefixes
            .map(|(prefix, number)| format!(" xmlns:{prefix}='urn:{number}{}'", "n".repeat(50)))
            .collect::<String>()
    });
    (declared, proptest::collection::vec(tree, 0..5), any::<bool>()).prop_map(
        |(declared, trees, is_linked)| {
            let trees = trees.concat();
            let trees = trees.replace("<e", "<x:e").replace("</e", "</x:e");
            let link = if is_linked {
                format!("<link rel='x' href='/' b:k=''>{trees}</link>")
            } else {
                String::new()
            };
            format!("{declared} xmlns:x='urn:1'><title>A</title><content/>{link}{trees}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_members_can_be_read_together(members in proptest::collection::vec(any_markup(), 1..6)) {
        let entries: Vec<_> = members.iter().filter_map(|it| store(it).ok()).map(StoredEntry::into_entry).collect();
        prop_assert_eq!(entries.len(), members.len(), "{:?}", members);
        page(&entries, None);
    }
}
