//! A server with a store in memory: after any requests whatever, its service document and each of its
//! feeds are served, and read again (RFC 5023, draft-wilde-fsm-00 section 4).

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(clippy::result_large_err, reason = "a refusal is a response")]

use atom_fsm::Limits;
use atom_fsm::app::{Collection, Service, Workspace, media_range_includes};
use atom_fsm::atom::{Content, Date, Entry, Feed, Link, Person};
use atom_fsm::interaction::{
    Client, ENTRY, EntityTag, Expected, Guard, Operation, Outcome, Resource, Server, ServerFields,
    StoredEntry, StrongTag, Target, Validators, feed_markup,
};
use chrono::DateTime;
use http::{Request, Response};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ROOT: &str = "http://example.org";

type Answer = Response<Vec<u8>>;

/// What a server with one workspace keeps.
#[derive(Debug, Default)]
struct Store {
    collections: BTreeMap<u32, Collection<'static>>,
    members: BTreeMap<(u32, u32), Entry<'static>>,
    media: BTreeMap<(u32, u32), (String, Vec<u8>)>,
    made: u32,
    version: u32,
}

/// What a path names.
#[derive(Debug, Clone, Copy)]
enum Place {
    Service,
    Collection(u32),
    Member(u32, u32),
    Media(u32, u32),
}

impl Store {
    fn place(&self, path: &str) -> Option<Place> {
        let mut steps = path.trim_start_matches('/').split('/');
        let number = |step: Option<&str>| step.and_then(|it| it.parse().ok());
        let place = match steps.next()? {
            "service" => Place::Service,
            "c" => Place::Collection(number(steps.next())?),
            "m" => Place::Member(number(steps.next())?, number(steps.next())?),
            "media" => Place::Media(number(steps.next())?, number(steps.next())?),
            _ => return None,
        };
        let is_there = match place {
            Place::Service => true,
            Place::Collection(at) => self.collections.contains_key(&at),
            Place::Member(at, number) => self.members.contains_key(&(at, number)),
            Place::Media(at, number) => self.media.contains_key(&(at, number)),
        };
        is_there.then_some(place)
    }

    fn resource(&self, place: Place) -> Resource {
        match place {
            Place::Service => Resource::ServiceDocument,
            // Collections with an even number are bundles.
            Place::Collection(at) if at % 2 == 0 => Resource::Bundle,
            Place::Collection(_) => Resource::Collection,
            Place::Member(at, number) if self.media.contains_key(&(at, number)) => {
                Resource::MediaLinkEntry
            }
            Place::Member(at, _) if at % 2 == 0 => Resource::ServiceEntry,
            Place::Member(..) => Resource::Member,
            Place::Media(..) => Resource::Media,
        }
    }

    fn feed(&self, at: u32) -> Feed<'static> {
        let mut feed = Feed::new()
            .with_id(format!("urn:example:{at}"))
            .with_title("A")
            .with_updated(Date::new("2026-01-01T00:00:00Z"))
            .with_author(Person::new("Owner"));
        let collection = self.collections.get(&at);
        feed.extensions_mut().extend(collection.into_iter().flat_map(feed_markup).cloned());
        let members = self.members.iter().filter(|((of, _), _)| *of == at);
        feed.entries_mut().extend(members.map(|(_, entry)| entry.clone()));
        feed
    }

    fn service(&self) -> Service<'static> {
        let workspace = Workspace::new("W");
        let collections = self.collections.values().cloned();
        Service::new().with_workspace(collections.fold(workspace, Workspace::with_collection))
    }

    fn validators(&self) -> Validators {
        Validators::new().with_etag(EntityTag::strong(&self.version.to_string()).unwrap())
    }

    /// Handles a request as a server does.
    fn handle(&mut self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        let server = Server::new().limits(Limits::default().octets(2_000_000));
        let request = Request::builder().method(method);
        let request = fields.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let Some(place) = self.place(path) else {
            let (get, ()) = Request::get("/").body(()).unwrap().into_parts();
            let expected = server.expect(&get, &Target::new(Resource::Member, ROOT)).unwrap();
            return expected.respond(Outcome::NotFound, &Validators::new()).unwrap();
        };
        let uri = format!("{ROOT}{path}");
        let target = Target::new(self.resource(place), &uri);
        let collection = match place {
            Place::Collection(at) | Place::Member(at, _) | Place::Media(at, _) => {
                self.collections.get(&at).cloned()
            }
            Place::Service => None,
        };
        let target = collection.as_ref().map_or(target, |it| target.collection(it));
        let answer = server.expect(&parts, &target).and_then(|expected| {
            let operation = expected.read(body)?;
            expected.check(Some(&self.validators()))?;
            self.perform(&server, &expected, place, operation, body)
        });
        answer.unwrap_or_else(|refusal| refusal)
    }

    fn perform(
        &mut self,
        server: &Server,
        expected: &Expected,
        place: Place,
        operation: Operation,
        body: &[u8],
    ) -> Result<Answer, Answer> {
        let honours = |range: &str| !media_range_includes("video/*", range);
        let now = DateTime::UNIX_EPOCH;
        let respond = |outcome: Outcome<'_, '_>, it: &Self| {
            expected.respond(outcome, &it.validators()).unwrap()
        };
        self.made += 1;
        let member = |at: u32, number: u32| format!("{ROOT}/m/{at}/{number}");
        let fields = |at: u32, number: u32| {
            ServerFields::new(format!("urn:example:{at}:{number}"), member(at, number), now)
                .with_author(Person::new("Owner"))
        };
        let answer = match (operation, place) {
            (Operation::Get, Place::Service) => respond(Outcome::Service(&self.service()), self),
            (Operation::Get, Place::Collection(at)) => respond(Outcome::Feed(&self.feed(at)), self),
            (Operation::Get, Place::Member(at, number)) => {
                respond(Outcome::Entry(&self.members[&(at, number)]), self)
            }
            (Operation::Get, Place::Media(at, number)) => {
                let (media_type, octets) = &self.media[&(at, number)];
                respond(Outcome::Octets(media_type, octets), self)
            }
            (Operation::CreateCollection(posted, _), _) => {
                let stored = posted.store(&format!("{ROOT}/c/{}", self.made), honours)?;
                self.collections.insert(self.made, stored.collection().clone());
                respond(Outcome::CreatedCollection(&stored), self)
            }
            (Operation::EditCollection(posted), Place::Collection(at)) => {
                let stored = posted.store(&format!("{ROOT}/c/{at}"), honours)?;
                self.collections.insert(at, stored.collection().clone());
                respond(Outcome::EditedCollection(&stored), self)
            }
            (Operation::CreateMember(posted, _), Place::Collection(at)) => {
                let stored = posted.store(&fields(at, self.made))?;
                self.members.insert((at, self.made), stored.entry().clone());
                respond(Outcome::CreatedMember(&stored), self)
            }
            (Operation::EditMember(posted), Place::Member(at, number)) => {
                let before = &self.members[&(at, number)];
                let fields = ServerFields::for_edit(before, member(at, number), now);
                let stored = posted.store(&fields.with_author(Person::new("Owner")))?;
                self.members.insert((at, number), stored.entry().clone());
                respond(Outcome::EditedMember(&stored), self)
            }
            (Operation::CreateMedia(media_type, slug), Place::Collection(at)) => {
                let title = slug.map_or("A".to_owned(), |slug| slug.text().to_owned());
                let media = format!("{ROOT}/media/{at}/{}", self.made);
                let fields = fields(at, self.made).with_media(&*media, &*media_type, &*media);
                let stored: StoredEntry = server.media_link_entry(&title, &fields)?;
                self.members.insert((at, self.made), stored.entry().clone());
                self.media.insert((at, self.made), (media_type, body.to_vec()));
                respond(Outcome::CreatedMember(&stored), self)
            }
            (Operation::EditMedia(media_type), Place::Media(at, number)) => {
                self.media.insert((at, number), (media_type, body.to_vec()));
                respond(Outcome::EditedMedia, self)
            }
            (Operation::Delete, Place::Collection(at)) => {
                self.collections.remove(&at);
                self.members.retain(|(of, _), _| *of != at);
                self.media.retain(|(of, _), _| *of != at);
                respond(Outcome::Deleted, self)
            }
            (Operation::Delete, Place::Member(at, number) | Place::Media(at, number)) => {
                self.members.remove(&(at, number));
                self.media.remove(&(at, number));
                respond(Outcome::Deleted, self)
            }
            (operation, place) => panic!("{operation:?} {place:?}"),
        };
        if expected.changes() {
            self.version += 1;
        }
        Ok(answer)
    }

    /// What a client with the default limits gets: all feeds and the service document.
    fn check(&mut self) {
        let client = Client::new();
        let uri = format!("{ROOT}/service");
        let (parts, body) = self.handle("GET", "/service", &[], b"").into_parts();
        let service = client.service(&uri, &parts, &body).unwrap().done().unwrap();
        let listed = service.value().workspaces().iter().flat_map(Workspace::collections).count();
        assert_eq!(listed, self.collections.len());
        for at in self.collections.keys().copied().collect::<Vec<_>>() {
            let path = format!("/c/{at}");
            let (parts, body) = self.handle("GET", &path, &[], b"").into_parts();
            assert_eq!(parts.status, 200);
            let feed = client.feed(&path, &parts, &body).unwrap().done().unwrap();
            assert_eq!(feed.value().entries(), self.feed(at).entries());
        }
    }
}

fn collection(title: &str) -> String {
    format!(
        "<collection xmlns='http://www.w3.org/2007/app' xmlns:atom='http://www.w3.org/2005/Atom'>\
         <atom:title>{title}</atom:title><accept>{ENTRY}</accept><accept>image/*</accept></collection>"
    )
}

/// A store with a bundle and a plain collection.
fn opened() -> Store {
    let mut store = Store { made: 1, ..Store::default() };
    let typed = [("content-type", ENTRY)];
    for title in ["Bundle", "Notes"] {
        let answer = store.handle("POST", "/service", &typed, collection(title).as_bytes());
        assert_eq!(answer.status(), 201, "{:?}", String::from_utf8_lossy(answer.body()));
    }
    assert_eq!(store.collections.keys().copied().collect::<Vec<_>>(), [2, 3]);
    store
}

#[test]
fn rfc5023_9_6_a_media_resource_and_its_media_link_entry_from_post_to_delete() {
    let (mut store, client) = (opened(), Client::new());
    let notes = format!("{ROOT}/c/3");
    let png = [0x89, b'P', b'N', b'G'];
    // 9.6.1: a POST of media makes a media resource and its media link entry.
    let sent = client.create_media(&notes, "image/png", png.to_vec(), Some("The Beach")).unwrap();
    let slug = sent.headers()["slug"].to_str().unwrap().to_owned();
    let fields = [("content-type", "image/png"), ("slug", &*slug)];
    let (parts, body) = store.handle("POST", "/c/3", &fields, sent.body()).into_parts();
    let created = client.created_member(&notes, &parts, &body).done().unwrap();
    let location = created.location().unwrap();
    assert_eq!(created.head().content_location().as_deref(), Some(&*location));
    let entry = created.complete().unwrap().clone();
    assert_eq!(entry.title().unwrap().value(), "The Beach");
    let content = entry.content().unwrap();
    assert_eq!(content.type_(), Some("image/png"));
    let edit_media = entry.link("edit-media").and_then(Link::href).unwrap().to_owned();
    assert_eq!(content.src(), Some(&*edit_media));
    let media_path = edit_media.strip_prefix(ROOT).unwrap();
    let path = location.strip_prefix(ROOT).unwrap();
    let got = store.handle("GET", media_path, &[], b"");
    assert_eq!(
        (got.headers()["content-type"].to_str().unwrap(), got.body()),
        ("image/png", &png.to_vec())
    );
    let head = store.handle("HEAD", media_path, &[], b"");
    assert_eq!((head.headers()["content-length"].to_str().unwrap(), head.body().len()), ("4", 0));
    assert_eq!(
        store.handle("OPTIONS", media_path, &[], b"").headers()["allow"],
        "GET, HEAD, OPTIONS, PUT, DELETE"
    );
    assert_eq!(
        store.handle("POST", media_path, &[("content-type", "image/png")], b"x").status(),
        405
    );
    // 9.6: a PUT to the edit-media URI replaces the media resource, under its own entity tag.
    let tag = Guard::from(StrongTag::new(EntityTag::strong("9999").unwrap()).unwrap());
    let edit = client.edit_media(&edit_media, "image/gif", b"GIF".to_vec(), &tag).unwrap();
    let if_match = edit.headers()["if-match"].to_str().unwrap().to_owned();
    let stale = [("content-type", "image/gif"), ("if-match", &*if_match)];
    assert_eq!(store.handle("PUT", media_path, &stale, b"GIF").status(), 412);
    assert_eq!(store.handle("GET", media_path, &[], b"").body(), &png.to_vec(), "it is as it was");
    let (parts, body) =
        store.handle("PUT", media_path, &[("content-type", "image/gif")], b"GIF").into_parts();
    assert_eq!((parts.status.as_u16(), body.len()), (204, 0));
    let edited = client.edited_member(&edit_media, &parts, &body).done().unwrap();
    assert!(edited.head().validators().strong_tag().is_some(), "it is stored octet for octet");
    assert_eq!(store.handle("GET", media_path, &[], b"").headers()["content-type"], "image/gif");
    // What the collection does not accept, and what is no media type.
    for (media_type, status) in [("video/mpeg", 415), ("image", 415), ("", 415)] {
        let fields = [("content-type", media_type)];
        assert_eq!(store.handle("PUT", media_path, &fields, b"x").status(), status, "{media_type}");
        assert_eq!(store.handle("POST", "/c/3", &fields, b"x").status(), status, "{media_type}");
    }
    assert_eq!(
        store
            .handle("PUT", media_path, &[("content-type", "image/png")], &vec![0; 2_000_001])
            .status(),
        413
    );
    // A media type that no field of a response can have is no media type.
    assert!(client.edit_media(&edit_media, "a/b\nc: d", Vec::new(), &Guard::Unguarded).is_err());
    // An edit of the media link entry keeps the media resource.
    let mut changed = entry.clone();
    changed.set_title(Some("A beach".into()));
    changed
        .set_content(Some(Content::out_of_line("http://evil.example/", Some("text/html".into()))));
    let edit = client.edit_member(&location, &changed, &Guard::Unguarded).unwrap();
    let answer = store.handle("PUT", path, &[("content-type", ENTRY)], edit.body());
    assert_eq!(answer.status(), 200);
    let (parts, body) = store.handle("GET", path, &[], b"").into_parts();
    let entry = client.entry(&location, &parts, &body).unwrap().done().unwrap();
    assert_eq!(entry.value().title().unwrap().value(), "A beach");
    assert_eq!(entry.value().content().and_then(Content::src), Some(&*edit_media));
    assert_eq!(entry.value().link("edit-media").and_then(Link::href), Some(&*edit_media));
    store.check();
    // 9.4: both are deleted together.
    assert_eq!(store.handle("DELETE", media_path, &[], b"").status(), 204);
    assert_eq!(store.handle("GET", path, &[], b"").status(), 404);
    store.check();
}

/// A method, a path, a Content-Type, other fields, and a body.
type Asked = (String, String, String, Vec<u8>);

fn any_request() -> impl Strategy<Value = Asked> {
    let method = prop_oneof![
        6 => Just("POST"), 3 => Just("PUT"), 1 => Just("DELETE"), 1 => Just("GET"), 1 => Just("PATCH")
    ];
    let path = prop_oneof![
        2 => Just("/service".to_owned()),
        4 => (2..5_u32).prop_map(|at| format!("/c/{at}")),
        3 => (2..5_u32, 1..12_u32).prop_map(|(at, number)| format!("/m/{at}/{number}")),
        1 => (2..5_u32, 1..12_u32).prop_map(|(at, number)| format!("/media/{at}/{number}")),
    ];
    let media_type = prop_oneof![
        6 => Just(ENTRY), 1 => Just("application/atom+xml"), 1 => Just("image/png"), 1 => Just("text/x"), 1 => Just("")
    ];
    let markup = prop_oneof![
        Just("<title>A</title>"),
        Just("<atom:title>A</atom:title>"),
        Just("<content>c</content>"),
        Just("<title/>"),
        Just("<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>"),
        Just("<link href='/a'/>"),
        Just("<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>"),
        Just("<author/>"),
        Just("<generator/>"),
        Just("<new/>"),
        Just("<content type='multipart/mixed'>m</content>"),
        Just("<id>i</id>"),
        Just("<app:control><app:draft>yes</app:draft></app:control>"),
        Just("<app:Control/>"),
        Just("<entry><id>i</id></entry>"),
        Just("<feed/>"),
        Just("text"),
        Just("<!-- c -->"),
        Just("<?p i?>"),
        Just(
            "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0' ref='r' when='2012-01-01T00:00:00Z'/>"
        ),
        Just("<fh:archive xmlns:fh='http://purl.org/syndication/history/1.0'/>"),
        Just("<fsm:query scheme='x y'>q</fsm:query>"),
        Just("<fsm:query>q</fsm:query>"),
        Just("<p:x xmlns:p='urn:1' p:a=''><q xmlns='urn:2'/><p:y xmlns:p='urn:3'/></p:x>"),
        Just("<p:x xmlns:p='urn:2'>p:a</p:x>"),
        Just("<q:x xmlns:q='urn:1' xmlns='urn:3'><y/>q:a</q:x>"),
        Just("<x xmlns='urn:x' xml:base='javascript:a'/>"),
        Just("<accept>image/png</accept>"),
        Just("<accept/>"),
        Just("<app:accept>video/mpeg</app:accept>"),
        Just("<categories href='c'/>"),
        Just("<categories fixed='x'/>"),
        Just(
            "<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><br/></div></summary>"
        ),
    ];
    let root = prop_oneof![5 => Just("entry xmlns='http://www.w3.org/2005/Atom'"), 2 => Just("collection xmlns='http://www.w3.org/2007/app'"), 1 => Just("app:collection xmlns='urn:x'"), 1 => Just("x")];
    let document = (root, proptest::collection::vec(markup, 0..6)).prop_map(|(root, markup)| {
        let name = root.split(' ').next().unwrap();
        let prefixes = "xmlns:app='http://www.w3.org/2007/app' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:fsm='http://dret.net/fsm/1.0'";
        format!("<{root} {prefixes}>{}</{name}>", markup.concat()).into_bytes()
    });
    let body = prop_oneof![8 => document, 1 => proptest::collection::vec(any::<u8>(), 0..9)];
    (method, path, media_type, body).prop_map(|(method, path, media_type, body)| {
        (method.to_owned(), path, media_type.to_owned(), body)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn after_any_requests_the_service_document_and_every_feed_are_served_and_read(
        requests in proptest::collection::vec(any_request(), 1..12)
    ) {
        let mut store = opened();
        for (method, path, media_type, body) in requests {
            let before = (store.version, store.members.len(), store.collections.clone());
            let fields = [("content-type", &*media_type)];
            let answer = store.handle(&method, &path, &fields[..usize::from(!media_type.is_empty())], &body);
            prop_assert!(answer.status().as_u16() < 502 && answer.status() != 500, "{:?}", answer);
            if !answer.status().is_success() {
                prop_assert_eq!(before, (store.version, store.members.len(), store.collections.clone()), "a refusal changes nothing");
                prop_assert!(!answer.body().is_empty(), "every refusal has a body");
            }
            store.check();
        }
    }
}
