use atom_fsm::app::{Accept, Collection, Service, Workspace};
use atom_fsm::atom::{Date, Feed, Person};
use atom_fsm::interaction::{
    EntityTag, Expected, Operation, Outcome, Problem, Resource, Server, ServerFields,
    StoredCollection, StoredEntry, Target, Validators, feed_markup,
};
use atom_fsm::{Limits, Reader, Writer};
use http::{HeaderName, HeaderValue, Method, Request, Response};

const URI: &str = "http://example.org/bundles/a";

/// A request: a line with a digit for the resource and whether conditions are demanded, a line with the
/// method, lines with fields, an empty line, and the body. Whatever comes is an operation or a refusal
/// with a problem document; what is stored can be written into a feed or a service document and read
/// again.
///
/// # Panics
/// When it is otherwise.
pub fn server_request(data: &[u8]) {
    let mut rest = data;
    let first = line(&mut rest);
    let resource = match first.first() {
        Some(b'0') => Resource::ServiceDocument,
        Some(b'1') => Resource::Bundle,
        Some(b'2') => Resource::ServiceEntry,
        Some(b'3') => Resource::BundleReference,
        Some(b'4') => Resource::Member,
        Some(b'5') => Resource::MediaLinkEntry,
        Some(b'6') => Resource::Media,
        Some(b'7') => Resource::Categories,
        _ => Resource::Collection,
    };
    let Ok(method) = Method::from_bytes(line(&mut rest)) else { return };
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = method;
    loop {
        let field = line(&mut rest);
        let Some(colon) = field.iter().position(|octet| *octet == b':') else { break };
        let value = HeaderValue::from_bytes(field[colon + 1..].trim_ascii());
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&field[..colon]), value) else {
            return;
        };
        parts.headers.append(name, value);
    }
    let server = Server::new().limits(Limits::default().octets(100_000).depth(20));
    let server = if first.contains(&b'!') { server.demand_conditions() } else { server };
    let pictures = ["application/atom+xml;type=entry", "image/*"];
    let pictures = pictures.into_iter().map(Accept::new);
    let pictures = pictures.fold(Collection::new("A"), Collection::with_accept);
    let target = Target::new(resource, URI).collection(&pictures);
    let expected = match server.expect(&parts, &target) {
        Ok(expected) => expected,
        Err(refusal) => return refused(&refusal),
    };
    for current in [None, Some(&Validators::new()), Some(&validators())] {
        match expected.check(current) {
            // The response to a HEAD has no body.
            Err(refusal) if parts.method == Method::HEAD => assert!(refusal.body().is_empty()),
            Err(refusal) => refused(&refusal),
            Ok(()) => {}
        }
    }
    match expected.read(rest) {
        Ok(operation) => perform(operation, &server, &expected),
        Err(refusal) => refused(&refusal),
    }
}

fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|octet| *octet == b'\n').unwrap_or(rest.len());
    let (line, behind) = rest.split_at(end);
    *rest = behind.get(1..).unwrap_or_default();
    line
}

fn validators() -> Validators {
    let date = chrono::DateTime::UNIX_EPOCH;
    let validators = Validators::new().with_last_modified(date);
    let etag = EntityTag::strong("1");
    etag.map_or(validators.clone(), |etag| validators.with_etag(etag))
}

fn refused(refusal: &Response<Vec<u8>>) {
    let status = refusal.status();
    if matches!(status.as_u16(), 204 | 304) {
        return assert!(refusal.body().is_empty());
    }
    assert!(status.is_client_error() || status.as_u16() == 501, "{status}");
    let twin: Result<serde_json::Value, _> = serde_json::from_slice(refusal.body());
    let twin = twin.unwrap_or_default();
    assert_eq!(twin["status"].as_u64(), Some(u64::from(status.as_u16())));
    let problem = Problem::parse(refusal.body()).unwrap_or_default();
    assert_eq!(problem.detail(), twin["detail"].as_str());
    assert!(problem.detail().is_some_and(|detail| !detail.contains("::")), "{problem:?}");
}

fn perform(operation: Operation, server: &Server, expected: &Expected) {
    let fields =
        ServerFields::new("urn:uuid:1", "http://example.org/1", chrono::DateTime::UNIX_EPOCH)
            .with_author(Person::new("A"));
    match operation {
        Operation::CreateMember(posted, _) | Operation::EditMember(posted) => {
            match posted.store(&fields) {
                Ok(stored) => member(&stored, expected),
                Err(refusal) => refused(&refusal),
            }
        }
        Operation::CreateCollection(posted, _) | Operation::EditCollection(posted) => {
            match posted.store(URI, |range| range != "video/mpeg") {
                Ok(stored) => collection(&stored, expected),
                Err(refusal) => refused(&refusal),
            }
        }
        Operation::CreateMedia(media_type, slug) => {
            let title = slug.as_ref().map_or("A", |slug| slug.text());
            assert!(title.len() <= 256);
            let fields =
                fields.with_media("http://example.org/m", media_type, "http://example.org/e");
            match server.media_link_entry(title, &fields) {
                Ok(stored) => member(&stored, expected),
                Err(refusal) => refused(&refusal),
            }
        }
        _ => {}
    }
}

fn member(stored: &StoredEntry, expected: &Expected) {
    assert_eq!(stored.entry().id(), Some("urn:uuid:1"));
    assert!(stored.entry().link("self").is_none());
    let mut feed = feed();
    feed.entries_mut().push(stored.entry().clone());
    let again = rewritten(&feed);
    assert_eq!(again.entries(), [stored.entry().clone()]);
    let response = expected.respond(Outcome::CreatedMember(stored), &validators());
    assert!(response.is_ok_and(|response| response.status() == 201));
}

fn collection(stored: &StoredCollection, expected: &Expected) {
    let mut feed = feed();
    feed.extensions_mut().extend(feed_markup(stored.collection()).cloned());
    assert_eq!(rewritten(&feed), feed);
    let workspace = Workspace::new("A").with_collection(stored.collection().clone());
    let service = Service::new().with_workspace(workspace);
    let octets = writer().to_vec(&service).unwrap_or_default();
    assert!(reader().read::<Service<'_>>(&octets).is_ok());
    let response = expected.respond(Outcome::CreatedCollection(stored), &validators());
    assert!(response.is_ok_and(|response| response.status() == 201));
}

fn feed() -> Feed<'static> {
    Feed::new()
        .with_id("urn:uuid:0")
        .with_title("A")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_author(Person::new("A"))
}

fn rewritten(feed: &Feed<'static>) -> Feed<'static> {
    let octets = writer().to_vec(feed).unwrap_or_default();
    let again =
        reader().read::<Feed<'_>>(&octets).map(|reading| reading.into_document().into_owned());
    again.unwrap_or_default()
}

fn writer() -> Writer {
    Writer::new().tolerance(Server::TOLERANCE)
}

fn reader() -> Reader {
    Reader::new().tolerance(Server::TOLERANCE)
}
