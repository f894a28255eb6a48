//! Every example of draft-wilde-fsm-00: read, written, read again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::atom::Base;
use atom_fsm::fsm::{Bundle, BundleReference, Member, Profile, ServiceEntry};
use atom_fsm::interaction::{
    Client, CollectionType, Operation, Outcome, Resource, Server, ServerFields, Target,
};
use atom_fsm::{Diagnostic, Document, Reader, Reading, Rule, Stage, Tolerance, Writer};
use codec_tests::documents::{Case, drafts, of_everything};
use http::{Request, Response, request, response};

fn case(name: &str) -> Case {
    drafts().into_iter().find(|case| case.name == name).unwrap()
}

#[test]
fn every_document_is_read_written_and_read_again_to_the_same_value() {
    for case in drafts().into_iter().chain(of_everything()) {
        let document = case.document();
        let writer = Writer::new().stage(case.stage);
        let written =
            writer.to_vec(&document).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let strict = Reader::new().stage(case.stage).tolerance(Tolerance::STRICT);
        let again = strict.read::<Document<'_>>(&written).unwrap().into_document();
        assert_eq!(again, document, "{}", case.name);
        assert_eq!(writer.to_vec(&again).unwrap(), written, "{}", case.name);
        assert_eq!(document.clone().into_owned(), document);
    }
}

#[test]
fn what_each_document_breaks_is_reported_and_nothing_else() {
    // The slips of the draft's table: namespaces that nobody declared, content/@src without type,
    // the accept of section 4.2.1. That an entry is not a whole Atom entry is no slip in what a
    // client submits.
    let told = |case: &Case| {
        let reading: Reading<Document<'_>> = case.reader().read(&case.source).unwrap();
        let line = |one: &Diagnostic| one.position().unwrap().line();
        let told = reading.diagnostics().iter().map(|one| (one.rule(), line(one)));
        told.collect::<Vec<_>>()
    };
    let supplied = Rule::NamespaceSupplied;
    for (name, expected) in [
        ("2.1.1-service-entry", vec![(supplied, 1), (Rule::ContentSourceType, 10), (supplied, 11)]),
        ("2.2.2-bundle", vec![(supplied, 10)]),
        ("2.2.3-bundle-reference", vec![(supplied, 1)]),
        ("4.1.1-request", vec![(Rule::ContentSourceType, 7)]),
        ("4.1.1-response", vec![(Rule::ContentSourceType, 11), (supplied, 12)]),
        ("4.2.1-request", vec![(Rule::AcceptSyntax, 5)]),
        ("4.2.1-response", vec![(Rule::AcceptSyntax, 6)]),
    ] {
        assert_eq!(told(&case(name)), expected, "{name}");
    }
}

#[test]
fn section_2_1_1_is_a_service_entry() {
    let case = case("2.1.1-service-entry");
    let Document::Entry(entry) = case.document() else { panic!("no entry") };
    assert_eq!(entry.id(), Some("tag:yliu,2012-10-12:unemployment-rates-2011_ref"));
    assert_eq!(entry.published().unwrap().as_str(), "2012-10-12T02:30:22Z");
    let (service, diagnostics) =
        ServiceEntry::from_entry(entry.clone(), Tolerance::STRICT).unwrap();
    assert!(diagnostics.is_empty());
    assert_eq!(service.title(), "Unemployment Rates 2011");
    assert_eq!(service.uri(), "http://geofeeds.org/unemployment2011");
    assert_eq!(service.edit_uri(), Some("http://fsm.yimingliu.com/users/yliu/subs/137.atom"));
    let query = service.query().unwrap();
    assert_eq!((query.text(), query.scheme()), ("state=CA", Some("http://geofeeds.org/query")));
    // A query of a scheme is not for appending.
    assert_eq!(
        service.invocation_uri(&Base::new("")).unwrap(),
        "http://geofeeds.org/unemployment2011"
    );
    assert_eq!(service.clone().into_entry(), entry);
    assert!(service.without_query().query().is_none());
}

#[test]
fn section_2_2_2_is_a_bundle() {
    let case = case("2.2.2-bundle");
    let Document::Feed(feed) = case.document() else { panic!("no feed") };
    assert_eq!(feed.common().lang(), Some("en-US"));
    assert_eq!(feed.authors()[0].name(), Some("Yiming Liu"));
    let place = &feed.extensions()[0];
    assert!(place.name().is(atom_fsm::namespace::GEORSS, "where"));
    let circle = place.child(atom_fsm::namespace::GEORSS, "circle").unwrap();
    assert_eq!(circle.text(), "37.874271 -122.265695 50");
    let (bundle, diagnostics) = Bundle::from_feed(feed.clone(), Tolerance::STRICT).unwrap();
    assert!(diagnostics.is_empty());
    assert_eq!(bundle.title(), "Spatial Feeds for Berkeley");
    assert_eq!(bundle.service_document(), Some("http://fsm.yimingliu.com/users/yliu/service"));
    assert_eq!(bundle.members(), []);
    assert_eq!(bundle.into_feed(), feed);
}

#[test]
fn section_2_2_3_is_a_reference_to_a_bundle() {
    let case = case("2.2.3-bundle-reference");
    let Document::Entry(entry) = case.document() else { panic!("no entry") };
    assert!(matches!(Member::from(entry.clone()), Member::Reference(_)));
    let (reference, diagnostics) =
        BundleReference::from_entry(entry.clone(), Tolerance::STRICT).unwrap();
    assert!(diagnostics.is_empty());
    assert_eq!(reference.title(), "delicious REST");
    assert_eq!(reference.uri(), "http://fsm.yimingliu.com/users/yliu/feeds/delicious-rest");
    assert_eq!(ServiceEntry::try_from(entry.clone()).unwrap_err().kind(), {
        atom_fsm::ErrorKind::Rule(Rule::ProfileUnknown)
    });
    assert_eq!(reference.into_entry(), entry);
}

/// The head of an example as http's types; its `Content-Length: nnn` is left out.
fn head(text: &str) -> (Vec<&str>, Vec<(&str, &str)>) {
    let mut lines = text.lines();
    let first = lines.next().unwrap().split(' ').collect();
    let fields = lines.filter_map(|line| line.split_once(": "));
    (first, fields.filter(|(name, _)| *name != "Content-Length").collect())
}

fn request_parts(text: &str) -> request::Parts {
    let (first, fields) = head(text);
    let mut request = Request::builder().method(first[0]).uri(first[1]);
    for (name, value) in fields {
        request = request.header(name, value);
    }
    request.body(()).unwrap().into_parts().0
}

fn response_parts(text: &str) -> response::Parts {
    let (first, fields) = head(text);
    let mut response = Response::builder().status(first[1]);
    for (name, value) in fields {
        response = response.header(name, value);
    }
    response.body(()).unwrap().into_parts().0
}

#[test]
fn section_4_1_1_a_server_understands_the_request_and_a_client_makes_it() {
    let case = case("4.1.1-request");
    let parts = request_parts(include_str!("../data/fsm/4.1.1-request.head"));
    let uri = "http://example.org/spatial-feeds/";
    let expected = Server::new().expect(&parts, &Target::new(Resource::Bundle, uri)).unwrap();
    assert!(expected.takes_body());
    let operation = expected.read(case.source.as_bytes()).unwrap();
    let Operation::CreateMember(posted, None) = operation else { panic!("{operation:?}") };
    assert_eq!(posted.profile(), Some(Profile::ServiceEntry));
    let service = ServiceEntry::try_from(posted.entry().clone()).unwrap();
    assert_eq!(
        service.invocation_uri(&Base::new("")).unwrap(),
        "http://geofeeds.org/unemployment2011?state=CA"
    );
    let made = Client::new().create_member(uri, service.as_entry(), None).unwrap();
    assert_eq!((made.method(), made.uri().path()), (&parts.method, parts.uri.path()));
    assert_eq!(made.headers()["content-type"], parts.headers["content-type"]);
    let again: Reading<Document<'_>> =
        Reader::new().stage(Stage::Submitted).read(made.body()).unwrap();
    assert_eq!(again.into_document(), Document::Entry(service.into_entry()));
}

#[test]
fn section_4_1_1_a_client_understands_the_response_and_a_server_makes_it() {
    let case = case("4.1.1-response");
    let parts = response_parts(include_str!("../data/fsm/4.1.1-response.head"));
    let client = Client::new().reader(case.reader());
    let asked = "http://example.org/spatial-feeds/";
    let created = client.created_member(asked, &parts, case.source.as_bytes()).done().unwrap();
    let location = "http://fsm.yimingliu.com/users/yliu/subs/137.atom";
    assert_eq!(created.location().as_deref(), Some(location));
    let validators = created.head().validators();
    assert_eq!(validators.etag().unwrap().to_string(), "\"c180de84f991g8\"");
    let entry = created.document().unwrap();
    assert_eq!(entry.link("edit").unwrap().href(), Some(location));
    assert!(created.complete().is_none(), "the draft's response has no Content-Location");

    // The server that gets the draft's request makes this response.
    let request = request_parts(include_str!("../data/fsm/4.1.1-request.head"));
    let expected = Server::new().expect(&request, &Target::new(Resource::Bundle, asked)).unwrap();
    let operation = expected.read(self::case("4.1.1-request").source.as_bytes()).unwrap();
    let Operation::CreateMember(posted, None) = operation else { panic!("{operation:?}") };
    let now = entry.updated().unwrap().to_datetime().unwrap();
    let fields = ServerFields::new(entry.id().unwrap(), location, now.to_utc())
        .with_author(atom_fsm::atom::Person::new("Yiming Liu"));
    let stored = posted.store(&fields).unwrap();
    let made = expected.respond(Outcome::CreatedMember(&stored), &validators).unwrap();
    assert_eq!(made.status(), parts.status);
    for name in ["content-type", "location", "etag"] {
        assert_eq!(made.headers()[name], parts.headers[name], "{name}");
    }
    let (parts, body) = made.into_parts();
    let again = Client::new().created_member(asked, &parts, &body).done().unwrap();
    let again = again.complete().unwrap();
    assert_eq!((again.id(), again.title()), (entry.id(), entry.title()));
    assert_eq!((again.summary(), again.content()), (entry.summary(), entry.content()));
    let links = |entry: &atom_fsm::atom::Entry<'_>| {
        let links = entry.links().iter();
        links.map(|it| (it.relation().to_owned(), it.href().map(str::to_owned))).collect::<Vec<_>>()
    };
    let (mut these, mut those) = (links(again), links(entry));
    these.sort();
    those.sort();
    assert_eq!(these, those);
    let query =
        |entry| ServiceEntry::try_from(entry).unwrap().query().map(|it| it.text().to_owned());
    assert_eq!(query(again.clone()), query(entry.clone()));
}

#[test]
fn section_4_2_1_a_server_understands_the_request_and_a_client_makes_it() {
    let case = case("4.2.1-request");
    let parts = request_parts(include_str!("../data/fsm/4.2.1-request.head"));
    let service = Target::new(Resource::ServiceDocument, "http://example.org/bundles");
    let expected = Server::new().expect(&parts, &service).unwrap();
    let operation = expected.read(case.source.as_bytes()).unwrap();
    let Operation::CreateCollection(posted, None) = operation else { panic!("{operation:?}") };
    let collection = posted.collection();
    assert_eq!(collection.title().unwrap().value(), "Spatial Feeds");
    assert_eq!(collection.href(), None);
    assert_eq!(collection.accepts()[0].range(), "application/atom=xml;type=entry");
    assert!(collection.accepts_type("application/atom+xml; type=\"ENTRY\""));
    assert_eq!(collection.extensions()[0].text(), "37.8685 -122.2680 37.8796 -122.2533");
    let uri = "http://example.org/bundles";
    let made = Client::new().create_collection(uri, collection, None).unwrap();
    assert_eq!((made.method(), made.uri().path()), (&parts.method, parts.uri.path()));
    assert_eq!(made.headers()["content-type"], parts.headers["content-type"]);
    let plain = Client::new().collection_type(CollectionType::Xml);
    let plain = plain.create_collection(uri, collection, None).unwrap();
    assert_eq!(plain.headers()["content-type"], "application/xml");
    let expected = Server::new().expect(&plain.into_parts().0, &service).unwrap();
    let again = expected.read(made.body()).unwrap();
    let Operation::CreateCollection(again, None) = again else { panic!("{again:?}") };
    assert_eq!(again.collection(), collection);
}

#[test]
fn section_4_2_1_a_client_understands_the_response_and_a_server_makes_it() {
    let case = case("4.2.1-response");
    let parts = response_parts(include_str!("../data/fsm/4.2.1-response.head"));
    let (client, asked) = (Client::new(), "http://example.org/bundles");
    let created = client.created_collection(asked, &parts, case.source.as_bytes()).done().unwrap();
    let location = "http://fsm.yimingliu.com/users/yliu/spatial-feeds";
    assert_eq!(created.location().as_deref(), Some(location));
    let collection = created.document().unwrap();
    assert_eq!(collection.href(), Some(location));

    // The server that gets the draft's request makes this response.
    let request = request_parts(include_str!("../data/fsm/4.2.1-request.head"));
    let service = Target::new(Resource::ServiceDocument, asked);
    let expected = Server::new().expect(&request, &service).unwrap();
    let operation = expected.read(self::case("4.2.1-request").source.as_bytes()).unwrap();
    let Operation::CreateCollection(posted, None) = operation else { panic!("{operation:?}") };
    let stored = posted.store(location, |_| true).unwrap();
    assert_eq!(stored.collection(), collection);
    let validators = created.head().validators();
    let made = expected.respond(Outcome::CreatedCollection(&stored), &validators).unwrap();
    assert_eq!(made.status(), parts.status);
    for name in ["content-type", "location", "etag"] {
        assert_eq!(made.headers()[name], parts.headers[name], "{name}");
    }
    let (parts, body) = made.into_parts();
    let again = client.created_collection(asked, &parts, &body).done().unwrap();
    assert_eq!(again.document(), Some(collection));
}
