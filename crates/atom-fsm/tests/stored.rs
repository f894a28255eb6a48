//! What a client posts and what is stored: one function decides, and whatever it stores can be written
//! into a feed.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(clippy::result_large_err, reason = "a refusal is a response")]

use atom_fsm::app::{Collection, Control, Edited, Service, Workspace};
use atom_fsm::atom::{Base, Content, Date, Entry, Feed, Link, Person};
use atom_fsm::interaction::{
    ENTRY, Operation, PostedCollection, PostedEntry, Problem, Resource, Server, ServerFields,
    StoredEntry, Target, feed_markup,
};
use atom_fsm::{Limits, Reader, Rule, Writer};
use chrono::{DateTime, Utc};
use http::{Request, Response};
use proptest::prelude::*;

const URI: &str = "http://example.org/notes/";
const MEMBER: &str = "http://example.org/notes/1";

fn operation(server: &Server, method: &str, resource: Resource, body: &[u8]) -> Operation {
    let request = Request::builder().method(method).header("content-type", ENTRY);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let expected = server.expect(&parts, &Target::new(resource, URI)).unwrap();
    expected.read(body).unwrap()
}

fn posted(server: &Server, inner: &str) -> PostedEntry {
    let body = format!(
        "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://www.w3.org/2007/app'{inner}</entry>"
    );
    match operation(server, "POST", Resource::Collection, body.as_bytes()) {
        Operation::CreateMember(posted, _) => posted,
        other => panic!("{other:?}"),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(784_111_777, 0).unwrap()
}

fn fields() -> ServerFields {
    ServerFields::new("urn:uuid:1", MEMBER, now()).with_author(Person::new("Owner"))
}

fn store(inner: &str) -> Result<StoredEntry, Response<Vec<u8>>> {
    posted(&Server::new(), inner).store(&fields())
}

fn refusal(inner: &str) -> (u16, Option<Rule>, Option<u64>) {
    let response = store(inner).unwrap_err();
    let problem = Problem::parse(response.body()).unwrap();
    (response.status().as_u16(), problem.rule(), problem.line())
}

#[test]
fn rfc5023_9_2_what_is_the_servers_is_set_whatever_the_client_sends() {
    let stored = store(
        "><id>urn:uuid:of-another</id><title>A</title><updated>then</updated>\
         <published>2001-01-01T00:00:00Z</published><app:edited>2001-01-01T00:00:00Z</app:edited>\
         <link rel='self' href='/x'/><link rel='Edit' href='/x'/><link rel='edit-media' href='/x'/>\
         <link rel='http://www.iana.org/assignments/relation/edit' href='/x'/><link href='/a'/>",
    );
    let stored = stored.unwrap();
    let entry = stored.entry();
    assert_eq!(entry.id(), Some("urn:uuid:1"));
    assert_eq!(entry.updated().unwrap().to_datetime().unwrap(), now());
    assert_eq!(entry.extension::<Edited<'_>>().unwrap().unwrap().0.to_datetime().unwrap(), now());
    assert_eq!(entry.published().unwrap().as_str(), "2001-01-01T00:00:00Z");
    assert_eq!(entry.authors()[0].name(), Some("Owner"));
    let links: Vec<_> =
        entry.links().iter().map(|it| (it.relation(), it.href().unwrap())).collect();
    assert_eq!(links, [("alternate", "http://example.org/a"), ("edit", MEMBER)]);
    assert_eq!(stored.uri(), MEMBER);
    // An id or a date that cannot be understood is replaced too.
    let stored =
        store("><id><x xmlns=''/></id><updated><x xmlns=''/></updated><title>A</title><content/>");
    assert_eq!(stored.unwrap().entry().id(), Some("urn:uuid:1"));
}

#[test]
fn rfc4287_4_2_6_an_edit_keeps_the_id_and_the_date_of_publication() {
    let before = store("><title>A</title><content/>").unwrap().into_entry();
    let later = DateTime::from_timestamp(784_111_999, 0).unwrap();
    let body = "<entry xmlns='http://www.w3.org/2005/Atom'><id>urn:x:y</id><title>B</title><content/></entry>";
    let edit = operation(&Server::new(), "PUT", Resource::Member, body.as_bytes());
    let Operation::EditMember(posted) = edit else { panic!() };
    let fields = ServerFields::for_edit(&before, MEMBER, later).with_author(Person::new("Owner"));
    let after = posted.store(&fields).unwrap().into_entry();
    assert_eq!((after.id(), after.published()), (before.id(), before.published()));
    assert_eq!(after.updated().unwrap().to_datetime().unwrap(), later);
}

#[test]
fn rfc3986_5_relative_references_are_resolved_when_they_are_posted() {
    let stored = store(
        " xml:base='sub/'><title>A</title><link href='a'/><link rel='related' href='b' xml:base='c/'/>\
         <summary>s</summary><content src='d' type='text/plain'/>",
    );
    let entry = stored.unwrap().into_entry();
    let hrefs: Vec<_> = entry.links().iter().filter_map(Link::href).collect();
    let sub = "http://example.org/notes/sub/";
    assert_eq!(hrefs[..2], [format!("{sub}a"), format!("{sub}c/b")]);
    assert_eq!(entry.content().and_then(Content::src), Some(&*format!("{sub}d")));
    assert_eq!(entry.common().base(), Some(sub));
    // What is not resolved has an absolute base: the entry is served from elsewhere.
    let stored = store("><title type='html'>&lt;a href='x'&gt;</title><content/>").unwrap();
    let base = Base::new("http://elsewhere.example/feed").within(stored.entry().common());
    assert_eq!(base.resolve("x").as_deref(), Some("http://example.org/notes/x"));
    let plain = store("><title>A</title><content/><app:control/>").unwrap();
    assert_eq!(plain.entry().common().base(), None);
}

#[test]
fn rfc4287_8_2_an_alternate_link_is_of_http_or_https() {
    for href in ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///x"] {
        let link = format!("><title>A</title><link href='{href}'/>");
        assert_eq!(refusal(&link), (400, Some(Rule::AlternateScheme), None), "{href}");
        let rel = format!("><title>A</title><content/><link rel='Alternate' href='{href}'/>");
        assert_eq!(refusal(&rel).1, Some(Rule::AlternateScheme));
        let source = format!("><title>A</title><summary/><content src='{href}'/>");
        assert_eq!(refusal(&source).1, Some(Rule::AlternateScheme));
    }
    assert!(store("><title>A</title><link href='HTTPS://example.org/'/>").is_ok());
    assert!(store("><title>A</title><link href='//example.org/a:b'/>").is_ok());
}

#[test]
fn rfc4287_6_3_unknown_markup_of_atom_and_atompub_is_foreign_and_kept() {
    let inner = "><title>A</title><content/><new>1</new><app:new a='b'><x xmlns='urn:x'/></app:new>\
        <y xmlns='urn:y'/>";
    let entry = store(inner).unwrap().into_entry();
    let names: Vec<_> = entry.extensions().iter().map(|it| it.name().local()).collect();
    assert_eq!(names, ["new", "new", "y", "edited"]);
}

#[test]
fn rfc4287_4_1_2_what_could_not_be_written_is_refused_with_its_rule_and_its_line() {
    for (inner, rule, line) in [
        ("><content/>", Rule::EntryTitle, Some(1)),
        (">\n<title>A</title>\n<title>B</title><content/>", Rule::ElementRepeated, Some(3)),
        ("><title>A</title>\n<author/><content/>", Rule::PersonName, Some(2)),
        ("><title>A</title>\n<content type='multipart/mixed'/>", Rule::ContentType, Some(2)),
        ("><title>A</title><content/>\n<link rel='x'/>", Rule::LinkHref, Some(2)),
        (
            "><title>A</title><content/><app:control><app:draft>maybe</app:draft></app:control>",
            Rule::ControlDraft,
            Some(1),
        ),
        (
            "><title>A</title><content type='image/png'>!</content><summary/>",
            Rule::ContentBase64,
            Some(1),
        ),
        (" xml:base='http://['><title>A</title><content/>", Rule::IriSyntax, Some(1)),
    ] {
        assert_eq!(refusal(inner), (400, Some(rule), line), "{inner}");
    }
    let response = store("><title>A</title><content/><link rel='x'/>").unwrap_err();
    assert_eq!(Problem::parse(response.body()).unwrap().path(), Some("/entry/link[1]"));
    // What the server overwrites may be wrong, and what is mended by writing too.
    for inner in [
        "><title>A</title><content/><updated>now</updated>",
        "><title>A</title><content/><Link href='/a'/>",
        "><title>A</title><content/>stray",
        "><title>A</title>",
    ] {
        assert!(store(inner).is_ok(), "{inner}");
    }
}

#[test]
fn rfc4287_4_1_2_an_entry_without_content_gets_an_alternate_link_to_itself() {
    let entry = store("><title>A</title>").unwrap().into_entry();
    assert_eq!(entry.link("alternate").and_then(Link::href), Some(MEMBER));
}

#[test]
fn rfc5023_13_1_1_a_draft_is_kept_and_known_as_one() {
    let draft = |text: &str| {
        let control = format!("><title>A</title><content/><app:control>{text}</app:control>");
        store(&control).unwrap().publication()
    };
    assert_eq!(draft("<app:draft>yes</app:draft>"), Control::Draft);
    assert_eq!(draft("<app:draft>no</app:draft>"), Control::Published);
    assert_eq!(draft(""), Control::Published);
    assert_eq!(store("><title>A</title><content/>").unwrap().publication(), Control::Published);
}

#[test]
fn a_long_base_and_many_links_do_not_take_memory_that_no_limit_knows() {
    let base = format!("http://example.org/{}/", "x".repeat(100_000));
    let links = "<link rel='x' href='a'/>".repeat(1000);
    let inner = format!(" xml:base='{base}'><title>A</title><content/>{links}");
    assert_eq!(refusal(&inner).0, 413);
    // The base is looked at for each link, even where no octet of it remains.
    assert_eq!(refusal(&inner.replace("href='a'", "href='/'")).0, 413);
    let server = Server::new().limits(Limits::default().depth(5));
    let nested = |depth: usize| {
        let inner = format!(
            "><title>A</title><content/>{}{}",
            "<x xmlns='urn:x'>".repeat(depth),
            "</x>".repeat(depth)
        );
        posted(&server, &inner).store(&fields()).map(drop).map_err(|it| it.status().as_u16())
    };
    assert_eq!(nested(3), Ok(()));
    assert_eq!(nested(4), Err(413), "in a feed it would be one level too deep");
}

fn collection(inner: &str) -> PostedCollection {
    let body = format!(
        "<collection xmlns='http://www.w3.org/2007/app' xmlns:app='http://www.w3.org/2007/app' xmlns:atom='http://www.w3.org/2005/Atom'>{inner}</collection>"
    );
    match operation(&Server::new(), "POST", Resource::ServiceDocument, body.as_bytes()) {
        Operation::CreateCollection(posted, _) => posted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rfc5023_8_3_3_a_collection_that_the_service_document_could_not_hold_is_refused() {
    let refusal = |inner: &str| {
        let response = collection(inner).store(URI, |_| true).unwrap_err();
        let problem = Problem::parse(response.body()).unwrap();
        (response.status().as_u16(), problem.rule(), problem.path().map(str::to_owned))
    };
    let path = Some("/collection".to_owned());
    assert_eq!(refusal("<accept/>"), (400, Some(Rule::CollectionTitle), path));
    let fixed = "<atom:title>A</atom:title><categories fixed='maybe'/>";
    assert_eq!(refusal(fixed).1, Some(Rule::CategoriesFixed));
    let stored = collection(
        "<atom:title>A</atom:title><atom:entry><atom:id/></atom:entry><x xmlns='urn:x'/>",
    );
    let stored = stored.store(URI, |_| true).unwrap();
    assert_eq!(stored.collection().href(), Some(URI));
    // An entry in a collection is foreign markup there, and must not become an entry of the feed.
    let names: Vec<_> = feed_markup(stored.collection()).map(|it| it.name().local()).collect();
    assert_eq!(names, ["x"]);
}

#[test]
fn rfc5023_8_3_4_an_accept_that_the_server_cannot_honour_is_refused() {
    let honours = |range: &str| range.starts_with("image/");
    let accept = |range: &str| {
        let inner = format!("<atom:title>A</atom:title><accept>{range}</accept>");
        collection(&inner).store(URI, honours).map(drop)
    };
    assert!(accept("image/png").is_ok() && accept("").is_ok());
    let response = accept("video/mpeg").unwrap_err();
    let problem = Problem::parse(response.body()).unwrap();
    assert_eq!(problem.rule(), Some(Rule::AcceptUnsupported));
}

/// The feed and the service document of a server that has stored something.
fn served(entries: &[Entry<'static>], collection: Option<&Collection<'static>>) {
    let writer = Writer::new().tolerance(Server::TOLERANCE);
    let reader = Reader::new().tolerance(Server::TOLERANCE);
    let mut feed = Feed::new()
        .with_id("urn:uuid:0")
        .with_title("A")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_author(Person::new("Owner"));
    feed.entries_mut().extend(entries.iter().cloned());
    feed.extensions_mut().extend(collection.into_iter().flat_map(feed_markup).cloned());
    let octets = writer.to_vec(&feed).unwrap();
    let again = reader.read::<Feed<'_>>(&octets).unwrap().into_document();
    assert_eq!(again.entries(), entries, "what is stored is what is served");
    if let Some(collection) = collection {
        let workspace = Workspace::new("A").with_collection(collection.clone());
        let octets = writer.to_vec(&Service::new().with_workspace(workspace)).unwrap();
        reader.read::<Service<'_>>(&octets).unwrap();
    }
}

/// Markup that servers have choked on, in any order.
fn any_markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<title>A</title>"),
        Just("<content>c</content>"),
        Just("<link href='/a'/>"),
        Just("<author/>"),
        Just("<author><name>N</name></author>"),
        Just("<generator/>"),
        Just("<new><title/></new>"),
        Just("<id>x y</id>"),
        Just("<id><b/></id>"),
        Just("<updated>never</updated>"),
        Just("<published>2001-01-01T00:00:00Z</published>"),
        Just("<summary type='xhtml'><p xmlns='http://www.w3.org/1999/xhtml'>p</p></summary>"),
        Just("<title type='a/b'>t</title>"),
        Just("<content type='multipart/mixed'>m</content>"),
        Just("<content src='x' type='text'/>"),
        Just("<summary>s</summary>"),
        Just("<link rel='self' href='x'/>"),
        Just("<link/>"),
        Just("<link rel='' href='%'/>"),
        Just("<category/>"),
        Just("<category term='t'/>"),
        Just("<source><id>i</id></source>"),
        Just("<source><entry/></source>"),
        Just("<entry><id>i</id></entry>"),
        Just("<feed/>"),
        Just("<app:control><app:draft>yes</app:draft></app:control>"),
        Just("<app:edited>x</app:edited>"),
        Just("<app:edited>2001-01-01T00:00:00Z</app:edited>"),
        Just("<app:new/>"),
        Just("<app:collection href='x'/>"),
        Just("<x xmlns='' xmlns:p='urn:p' p:a='b'><y/></x>"),
        Just("<Title>U</Title>"),
        Just("text"),
        Just("<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0'/>"),
        Just("<thr:in-reply-to xmlns:thr='http://purl.org/syndication/thread/1.0'/>"),
        Just("<g:point xmlns:g='http://www.georss.org/georss'>north</g:point>"),
        Just("<rights type='html'>&lt;b&gt;</rights>"),
        Just("<contributor><name>N</name><email>e</email></contributor>"),
        Just("<accept>image/png</accept>"),
        Just("<app:accept>*/*</app:accept>"),
        Just("<app:categories fixed='no'/>"),
    ];
    proptest::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_accepted_can_be_written_into_a_feed(
        markup in any_markup(),
        base in prop_oneof![Just(""), Just(" xml:base='b/'"), Just(" xml:base='http://['"), Just(" xml:lang='?'")],
    ) {
        let with_title = format!("{base}><title>T</title><content/>{markup}");
        for inner in [format!("{base}>{markup}"), with_title] {
            match store(&inner) {
                Ok(stored) => {
                    served(&[stored.entry().clone()], None);
                    let alone: Entry<'_> =
                        Reader::new().tolerance(Server::TOLERANCE).read(stored.octets()).unwrap().into_document();
                    prop_assert_eq!(&alone, stored.entry());
                    prop_assert_eq!(alone.id(), Some("urn:uuid:1"));
                    prop_assert_eq!(alone.link("edit").and_then(Link::href), Some(MEMBER));
                    prop_assert!(alone.link("self").is_none());
                }
                Err(response) => prop_assert_eq!(response.status().as_u16(), 400, "{}", inner),
            }
        }
    }

    #[test]
    fn whatever_collection_is_accepted_can_be_written_into_the_service_document(markup in any_markup()) {
        let markup = markup.replace("<title", "<atom:title").replace("</title", "</atom:title");
        match collection(&markup).store(URI, |_| true) {
            Ok(stored) => served(&[], Some(stored.collection())),
            Err(response) => prop_assert_eq!(response.status().as_u16(), 400),
        }
    }
}
