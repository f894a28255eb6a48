//! Typed extensions: what is read with a type and written again loses nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Collection;
use atom_fsm::atom::{Entry, Feed, Link, Person, Source, Text};
use atom_fsm::ext::{
    Archive, Complete, Coordinates, End, Extension, Follow, Geometry, InReplyTo, Location, Place,
    Step, Tombstone, TotalReplies, Walk,
};
use atom_fsm::xml::Element;
use atom_fsm::{Document, ErrorKind, Limit, Limits, Reader, Rule, Stage, Tolerance, Writer};
use proptest::prelude::*;

fn element(source: &str) -> Element<'static> {
    Element::parse(source).unwrap().into_owned()
}

#[test]
fn rfc4287_6_4_each_typed_extension_keeps_what_it_does_not_know() {
    fn check<T: Extension<'static>>(source: &str) {
        let element = element(source);
        assert!(T::is(&element), "{source}");
        let back = T::from_element(&element).unwrap().to_element();
        assert_eq!(back.to_string(), element.to_string());
    }
    let more = "xmlns:x='urn:x' x:y='q:1' xmlns:q='urn:q'";
    let inside = "a<x:b/><!--c--><?d e?>";
    let named = |namespace: &str, local: &str| {
        format!("<p:{local} xmlns:p='{namespace}' {more} ref='r'>{inside}</p:{local}>")
    };
    let history = "http://purl.org/syndication/history/1.0";
    let thread = "http://purl.org/syndication/thread/1.0";
    check::<Complete<'_>>(&named(history, "complete"));
    check::<Archive<'_>>(&named(history, "archive"));
    check::<InReplyTo<'_>>(&named(thread, "in-reply-to"));
    check::<TotalReplies<'_>>(&named(thread, "total"));
    check::<Tombstone<'_>>(&named("http://purl.org/atompub/tombstones/1.0", "deleted-entry"));
    for local in ["point", "line", "polygon", "box", "circle", "where"] {
        check::<Location<'_>>(&named("http://www.georss.org/georss", local));
    }
}

/// A vocabulary that a user adds.
#[derive(Debug, PartialEq)]
struct Rank(u32);

impl Extension<'_> for Rank {
    const NAMESPACE: &'static str = "urn:example:rank";
    const LOCAL: &'static str = "rank";
    const PREFIX: &'static str = "r";

    fn from_element(element: &Element<'_>) -> Result<Self, atom_fsm::Error> {
        let text = element.text();
        text.parse().map(Self).map_err(|_| atom_fsm::Error::extension("rank", &text))
    }

    fn to_element(&self) -> Element<'static> {
        Element::new(Self::name()).with_text(self.0.to_string())
    }
}

#[test]
fn rfc4287_6_4_users_add_types_for_every_place_where_extensions_may_be() {
    let (mut entry, mut feed) = (Entry::new(), Feed::new());
    let (mut source, mut collection) = (Source::new(), Collection::new("C"));
    let mut person = Person::new("P");
    macro_rules! check {
        ($value:ident) => {
            $value.add_extension(&Rank(1));
            $value.add_extension(&Rank(2));
            let ranks: Result<Vec<Rank>, _> = $value.typed_extensions().collect();
            assert_eq!(ranks.unwrap(), [Rank(1), Rank(2)]);
            $value.set_extension(&Rank(3));
            assert_eq!($value.extension::<Rank>().unwrap().unwrap(), Rank(3));
            assert_eq!($value.extensions().len(), 1);
            $value.remove_extension::<Rank>();
            assert!($value.extension::<Rank>().is_none());
        };
    }
    check!(entry);
    check!(feed);
    check!(source);
    check!(collection);
    check!(person);
    let wrong = element("<rank xmlns='urn:example:rank'>first</rank>");
    let error = Rank::from_element(&wrong).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::ExtensionValue), Some("rank")));
    assert!(error.to_string().contains("\"first\""), "{error}");
}

#[test]
fn rfc5005_2_3_4_a_feed_says_whether_it_is_complete_paged_or_an_archive() {
    let mut feed = Feed::new();
    assert!(!feed.is_complete() && !feed.is_archive() && !feed.is_paged());
    feed.set_extension(&Complete::default());
    assert!(feed.is_complete() && !feed.is_archive());
    feed.remove_extension::<Complete<'_>>();
    feed.set_extension(&Archive::default());
    assert!(feed.is_archive() && !feed.is_complete());
    for (rel, is_paged) in
        [("prev-archive", false), ("next-archive", false), ("current", false), ("previous", true)]
    {
        feed.links_mut().push(Link::new("/").with_rel(rel));
        assert_eq!(feed.is_paged(), is_paged, "{rel}");
    }
    assert!(feed.previous_archive().is_some() && feed.next_archive().is_some());
    assert!(feed.current().is_some() && feed.previous_page().is_some());
    assert!(feed.next_page().is_none());
}

fn page(rel: &str, href: &str) -> Feed<'static> {
    Feed::new().with_link(Link::new(href.to_owned()).with_rel(rel.to_owned()))
}

#[test]
fn rfc5005_4_2_a_walk_visits_each_archive_once() {
    let archive = |href| page("prev-archive", href);
    for (found_at, next, expected) in [
        ("http://a/feed", archive("2"), Step::Next),
        ("http://a/feed", Feed::new(), Step::End(End::Whole)),
        ("http://a/feed", page("next", "2"), Step::End(End::Whole)),
        // The same document, whatever its spelling.
        ("http://a/feed", archive("http://A:80/%66eed#x"), Step::End(End::Loop)),
        ("http://a/feed", archive(""), Step::End(End::Loop)),
        ("http://a/feed", archive("https://a/feed"), Step::Next),
        ("http://a/feed", archive("?2"), Step::Next),
        // A document that another redirects to is visited.
        ("http://a/moved", archive("/moved"), Step::End(End::Loop)),
        ("http://a/feed", archive("/known"), Step::End(End::Known)),
        ("http://a/feed", archive("http://["), Step::End(End::Unresolved)),
        ("http://a/feed", archive("file:///etc/passwd"), Step::End(End::Scheme)),
        ("http://a/feed", archive("https://b/"), Step::Next),
    ] {
        let mut walk = Walk::new("http://a/feed", Follow::Archives).known("http://a/known");
        assert_eq!(walk.wanted(), Some("http://a/feed"));
        let step = walk.found(found_at, &next).unwrap();
        assert_eq!(step, expected, "{next:?}");
        assert_eq!(walk.end().is_none(), step == Step::Next);
        assert_eq!(walk.wanted().is_some(), step == Step::Next);
        assert_eq!(walk.visited(), 1);
    }
}

#[test]
fn rfc5005_4_2_a_walk_ends_where_several_documents_form_a_loop() {
    let mut walk = Walk::new("http://a/0", Follow::Pages);
    for (number, expected) in [(1, Step::Next), (2, Step::Next), (0, Step::End(End::Loop))] {
        let uri = walk.wanted().unwrap().to_owned();
        assert_eq!(walk.found(&uri, &page("next", &format!("{number}"))).unwrap(), expected);
    }
    // Two documents that redirect to one.
    let mut walk = Walk::new("http://a/0", Follow::Pages);
    assert_eq!(walk.found("http://a/same", &page("next", "1")).unwrap(), Step::Next);
    assert_eq!(walk.found("http://a/same", &page("next", "2")).unwrap(), Step::End(End::Loop));
    assert_eq!(walk.found("http://a/same", &page("next", "2")).unwrap(), Step::End(End::Loop));
    let mut walk = Walk::new("http://a/0", Follow::Pages);
    walk.lost();
    assert_eq!(walk.end(), Some(End::Lost));
    assert_eq!(Walk::new("/0", Follow::Pages).end(), Some(End::Unresolved));
    assert_eq!(Walk::new("ftp://a/0", Follow::Pages).end(), Some(End::Scheme));
}

#[test]
fn a_walk_visits_no_more_documents_than_its_limit() {
    let mut walk = Walk::new("http://a/0", Follow::Archives).limits(Limits::default().archives(3));
    for number in 1..3 {
        let uri = walk.wanted().unwrap().to_owned();
        walk.found(&uri, &page("prev-archive", &format!("{number}"))).unwrap();
    }
    let uri = walk.wanted().unwrap().to_owned();
    let error = walk.found(&uri, &page("prev-archive", "3")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Archives));
    assert!(error.to_string().contains("Limits::archives"), "{error}");
    assert_eq!((walk.end(), walk.visited()), (Some(End::Limit), 3));
    // The last document may be the last that is allowed.
    let mut walk = Walk::new("http://a/0", Follow::Archives).limits(Limits::default().archives(1));
    assert_eq!(walk.found("http://a/0", &Feed::new()).unwrap(), Step::End(End::Whole));
}

const TOMBSTONE: &str = "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0' \
    xmlns='http://www.w3.org/2005/Atom' ref='urn:example:1' when=' 2026-01-02T00:00:00Z '>\
    <at:by><name>A</name><email>a@example.org</email></at:by>\
    <at:comment xml:lang='la' type='html'>ad &lt;i>acta&lt;/i></at:comment>\
    <link rel='self' href='/1'/><source><title>S</title></source><x xmlns='urn:x'/>\
    </at:deleted-entry>";

#[test]
fn rfc6721_3_a_tombstone_says_what_was_deleted_when_by_whom_and_why() {
    let tombstone = Tombstone::parse(TOMBSTONE).unwrap();
    assert_eq!(tombstone.reference(), Some("urn:example:1"));
    assert_eq!(tombstone.when().unwrap().as_str(), "2026-01-02T00:00:00Z");
    let by = tombstone.by().unwrap();
    assert_eq!((by.name(), by.email()), (Some("A"), Some("a@example.org")));
    let comment = tombstone.comment().unwrap();
    assert_eq!(comment.value(), "ad <i>acta</i>");
    assert_eq!(comment.common().lang(), Some("la"));
    assert_eq!(tombstone.links()[0].href(), Some("/1"));
    assert_eq!(tombstone.source().unwrap().title().unwrap().value(), "S");
    let built = Tombstone::new("urn:example:1", "2026-01-02T00:00:00Z")
        .with_by(&Person::new("B"))
        .unwrap()
        .with_by(&by)
        .unwrap()
        .with_comment(&comment)
        .unwrap()
        .with_link(&tombstone.links()[0])
        .unwrap()
        .with_source(&tombstone.source().unwrap())
        .unwrap();
    assert_eq!((built.by(), built.comment()), (tombstone.by(), tombstone.comment()));
    assert_eq!((built.links(), built.source()), (tombstone.links(), tombstone.source()));
    assert!(built.with_comment(&Text::plain("\u{0}")).is_err());
}

#[test]
fn rfc6721_4_a_tombstone_is_a_document_of_its_own() {
    let document = Document::parse(TOMBSTONE).unwrap();
    let Document::Tombstone(tombstone) = &document else { panic!("{document:?}") };
    let text = Writer::new().to_string(&document).unwrap();
    assert_eq!(text, Writer::new().to_string(tombstone).unwrap());
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let again = strict.read::<Document<'_>>(&text).unwrap();
    assert_eq!(again.document(), &document);
    assert_eq!(Tombstone::parse("<a/>").unwrap_err().rule(), Some(Rule::RootElement));
}

#[test]
fn rfc6721_3_tombstones_are_read_and_written_wherever_they_are_in_a_feed() {
    let one = TOMBSTONE.replace("<?", "");
    let other = one.replace("example:1", "example:2");
    let source = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:f</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>{one}\
         <entry><id>urn:example:2</id><title>E</title><updated>2026-01-02T00:00:00Z</updated>\
         <content/></entry>{other}</feed>"
    );
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let reading = strict.read::<Feed<'_>>(&source).unwrap();
    let feed = reading.document();
    let ids: Vec<_> = feed.tombstones().map(|it| it.reference().unwrap().to_owned()).collect();
    assert_eq!(ids, ["urn:example:1", "urn:example:2"]);
    let text = Writer::new().to_string(feed).unwrap();
    assert_eq!(strict.read::<Feed<'_>>(&text).unwrap().document(), feed);
    let last = feed.tombstones().last().unwrap();
    assert!(last.deletes(&feed.entries()[0]));
    assert!(!feed.tombstones().next().unwrap().deletes(&feed.entries()[0]));
    let later = feed.entries()[0]
        .clone()
        .with_updated(atom_fsm::atom::Date::new("2026-01-02T00:00:00.001Z"));
    assert!(!last.deletes(&later));
}

#[test]
fn rfc4685_3_to_5_threads_are_read_and_written() {
    let reply = InReplyTo::new("urn:example:1")
        .with_href("http://example.org/1")
        .with_type("text/html")
        .with_source("/feed");
    let mut entry = Entry::new().with_title("T").with_link(Link::new("/")).with_link(
        Link::new("/r")
            .with_rel("replies")
            .with_reply_count(2)
            .with_replies_updated(&atom_fsm::atom::Date::new("2026-01-01T00:00:00Z")),
    );
    entry.add_extension(&reply);
    entry.add_extension(&InReplyTo::new("urn:example:2"));
    entry.add_extension(&TotalReplies::new(7));
    let text = Writer::new().stage(Stage::Submitted).to_string(&entry).unwrap();
    assert!(text.contains("thr:count=\"2\" thr:updated=\"2026-01-01T00:00:00Z\""), "{text}");
    let reader = Reader::new().stage(Stage::Submitted).tolerance(Tolerance::STRICT);
    let reading = reader.read::<Entry<'_>>(&text).unwrap();
    assert!(reading.diagnostics().is_empty(), "{:?}", reading.diagnostics());
    let again = reading.into_document();
    assert_eq!(again, entry);
    let replies: Result<Vec<InReplyTo<'_>>, _> = again.typed_extensions().collect();
    let replies = replies.unwrap();
    assert_eq!(replies[0], reply);
    assert_eq!(replies[0].href(), Some("http://example.org/1"));
    assert_eq!((replies[0].type_(), replies[0].source()), (Some("text/html"), Some("/feed")));
    assert_eq!(replies[1].reference(), Some("urn:example:2"));
    assert_eq!(again.extension::<TotalReplies<'_>>().unwrap().unwrap().count(), Some(7));
    let link = again.link("replies").unwrap();
    assert_eq!(link.reply_count(), Some(2));
    assert!(link.replies_updated().unwrap().to_datetime().is_some());
    assert_eq!(again.links()[0].reply_count(), None);
}

#[test]
fn rfc5023_8_3_5_a_feed_names_the_collection_that_it_shows() {
    let source = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://www.w3.org/2007/app'>\
        <app:collection href='/c' xmlns:x='urn:x' x:y='1'><title>C</title>\
        <app:accept>image/*</app:accept><x:z/></app:collection></feed>";
    let mut feed = Feed::parse(source).unwrap();
    let before = feed.clone();
    let collection = feed.extension::<Collection<'_>>().unwrap().unwrap();
    assert_eq!(collection.href(), Some("/c"));
    assert!(collection.accepts_type("image/png"));
    feed.set_extension(&collection);
    assert_eq!(feed, before);
    let mut source = Source::new();
    source.set_extension(&collection);
    assert_eq!(source.extension::<Collection<'_>>().unwrap().unwrap(), collection);
}

#[test]
fn georss_simple_each_geometry_is_read() {
    let at = Coordinates::new;
    for (inside, expected) in [
        ("<point>45.256 -71.92</point>", Some(Geometry::Point(at(45.256, -71.92)))),
        ("<point>\n 45.256,-71.92 </point>", Some(Geometry::Point(at(45.256, -71.92)))),
        ("<line>1 2 3 4</line>", Some(Geometry::Line(vec![at(1.0, 2.0), at(3.0, 4.0)]))),
        ("<line>1 2</line>", None),
        ("<line>1 2 3</line>", None),
        (
            "<polygon>1 2 3 4 5 6 1 2</polygon>",
            Some(Geometry::Polygon(vec![at(1.0, 2.0), at(3.0, 4.0), at(5.0, 6.0), at(1.0, 2.0)])),
        ),
        ("<polygon>1 2 3 4 5 6 7 8</polygon>", None),
        ("<box>1 2 3 4</box>", Some(Geometry::Box(at(1.0, 2.0), at(3.0, 4.0)))),
        ("<box>1 2</box>", None),
        ("<circle>1 2 500</circle>", Some(Geometry::Circle(at(1.0, 2.0), 500.0))),
        ("<circle>1 2</circle>", None),
        ("<point>inf 0</point>", None),
        ("<point/>", None),
    ] {
        let source = inside.replacen('>', " xmlns='http://www.georss.org/georss'>", 1);
        let source = source.replace(
            "<point/ xmlns='http://www.georss.org/georss'>",
            "<point xmlns='http://www.georss.org/georss'/>",
        );
        let location = Location::from_element(&element(&source)).unwrap();
        assert_eq!(location.geometry(), expected, "{inside}");
    }
}

#[test]
fn georss_gml_each_geometry_in_where_is_read() {
    let at = Coordinates::new;
    for (inside, expected) in [
        ("<Point><pos>45.256 -71.92</pos></Point>", Some(Geometry::Point(at(45.256, -71.92)))),
        (
            "<Point srsName='urn:ogc:def:crs:EPSG::4326'><pos>1 2 300</pos></Point>",
            Some(Geometry::Point(at(1.0, 2.0))),
        ),
        ("<Point srsName='EPSG:3857'><pos>1 2</pos></Point>", None),
        (
            "<LineString><posList srsDimension='3'>1 2 0 3 4 0</posList></LineString>",
            Some(Geometry::Line(vec![at(1.0, 2.0), at(3.0, 4.0)])),
        ),
        (
            "<LineString><pos>1 2</pos><pos>3 4</pos></LineString>",
            Some(Geometry::Line(vec![at(1.0, 2.0), at(3.0, 4.0)])),
        ),
        (
            "<Polygon><exterior><LinearRing><posList>1 2 3 4 5 6 1 2</posList></LinearRing></exterior></Polygon>",
            Some(Geometry::Polygon(vec![at(1.0, 2.0), at(3.0, 4.0), at(5.0, 6.0), at(1.0, 2.0)])),
        ),
        (
            "<Envelope><lowerCorner>1 2</lowerCorner><upperCorner>3 4</upperCorner></Envelope>",
            Some(Geometry::Box(at(1.0, 2.0), at(3.0, 4.0))),
        ),
        ("<MultiPoint/>", None),
        (
            "<circle xmlns='http://www.georss.org/georss'>1 2 500</circle>",
            Some(Geometry::Circle(at(1.0, 2.0), 500.0)),
        ),
    ] {
        let source = format!(
            "<g:where xmlns:g='http://www.georss.org/georss' xmlns='http://www.opengis.net/gml'>{inside}</g:where>"
        );
        let location = Location::from_element(&element(&source)).unwrap();
        assert_eq!(location.geometry(), expected, "{inside}");
    }
}

#[test]
fn georss_simple_what_is_said_of_a_location_is_in_attributes_or_beside_it() {
    let source = "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:georss='http://www.georss.org/georss'>\
        <georss:point featurename='Podunk' elev='12.5'>1 2</georss:point>\
        <georss:elev>99</georss:elev><georss:floor> 2 </georss:floor><georss:radius>500</georss:radius>\
        <georss:relationshiptag>is-centered-at</georss:relationshiptag>\
        <georss:featuretypetag>city</georss:featuretypetag></entry>";
    let entry = Entry::parse(source).unwrap();
    let location = entry.extension::<Location<'_>>().unwrap().unwrap();
    let place = location.place(entry.extensions());
    assert_eq!(place.feature_name(), Some("Podunk"));
    assert_eq!(place.elevation(), Some(12.5));
    assert_eq!((place.floor(), place.radius()), (Some(2.0), Some(500.0)));
    assert_eq!(place.relationship(), Some("is-centered-at"));
    assert_eq!(place.feature_type(), Some("city"));
    let said = Place::new()
        .with_relationship("r")
        .with_feature_type("t")
        .with_feature_name("n")
        .with_elevation(1.0)
        .with_floor(2.0)
        .with_radius(3.0);
    let location = location.with_place(&said);
    assert_eq!(location.place(entry.extensions()), said);
    assert_eq!(location.geometry(), Some(Geometry::Point(Coordinates::new(1.0, 2.0))));
}

fn coordinates() -> impl Strategy<Value = Coordinates> {
    (-90.0..=90.0, -180.0..=180.0)
        .prop_map(|(latitude, longitude)| Coordinates::new(latitude, longitude))
}

fn geometry() -> impl Strategy<Value = Geometry> {
    let several = || proptest::collection::vec(coordinates(), 3..6);
    prop_oneof![
        coordinates().prop_map(Geometry::Point),
        several().prop_map(Geometry::Line),
        several().prop_map(|mut boundary| {
            boundary.push(boundary[0]);
            Geometry::Polygon(boundary)
        }),
        (coordinates(), coordinates()).prop_map(|(one, other)| Geometry::Box(one, other)),
        (coordinates(), 0.0..1e7).prop_map(|(centre, radius)| Geometry::Circle(centre, radius)),
    ]
}

proptest! {
    /// A geometry that is written is read again as the same, in both forms, and breaks no rule.
    #[test]
    fn georss_what_is_written_is_read_again(geometry in geometry()) {
        for location in [Location::new(&geometry), Location::in_gml(&geometry)] {
            let mut entry = Entry::new().with_title("T").with_link(Link::new("/"));
            entry.set_extension(&location);
            let text = Writer::new().stage(Stage::Submitted).to_string(&entry).unwrap();
            let reading = Reader::new().stage(Stage::Submitted).read::<Entry<'_>>(&text).unwrap();
            prop_assert!(reading.diagnostics().is_empty(), "{:?}", reading.diagnostics());
            let again = reading.into_document();
            let read = again.extension::<Location<'_>>().unwrap().unwrap();
            let found = read.geometry();
            prop_assert_eq!(found.as_ref(), Some(&geometry));
        }
    }
}
