//! Datetime negotiation (RFC 7089 section 4), on both sides.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use http::header::{CONTENT_LOCATION, LINK, LOCATION, VARY};
use http::{HeaderMap, Response, StatusCode};
use proptest::prelude::*;
use std::collections::HashMap;
use version_links::{
    ErrorKind, Limits, Memento, MementoDatetime, MementoPattern, MementoResponse,
    MementoResponseKind, Negotiation, NegotiationStep, Reader, Rule, Selection, TimeGate,
    TimeGateStyle, Tolerance, VersionLinks,
};

const ORIGINAL: &str = "http://a.example/";
const GATE: &str = "http://archive.example/timegate/http://a.example/";

fn at(digits: &str) -> MementoDatetime {
    MementoDatetime::from_digits(digits).unwrap()
}

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn of(uri: &str, status: u16, fields: &[(&'static str, &str)]) -> MementoResponse {
    MementoResponse::of(uri, StatusCode::from_u16(status).unwrap(), &headers(fields))
}

const DATE: (&str, &str) = ("memento-datetime", "Tue, 20 Jun 2000 18:02:59 GMT");
const VARIES: (&str, &str) = ("vary", "negotiate, Accept-Datetime");
const TO_ORIGINAL: (&str, &str) = ("link", "<http://a.example/>; rel=original");

#[test]
fn rfc7089_4_the_four_patterns_are_told_apart() {
    use MementoPattern::{FixedResource, NoTimeGate, OwnTimeGate, RemoteTimeGate};
    let with_gate = ("link", "<http://a.example/>; rel=original, </tg>; rel=timegate");
    let own = ("link", "<http://a.example/>; rel=\"original timegate\"");
    let moved = ("location", "/m");
    for (uri, status, fields, expected) in [
        // 4.1: the original resource as its own TimeGate.
        (ORIGINAL, 302, &[VARIES, TO_ORIGINAL, moved][..], Some(OwnTimeGate)),
        (
            ORIGINAL,
            200,
            &[VARIES, DATE, TO_ORIGINAL, ("content-location", "/m")],
            Some(OwnTimeGate),
        ),
        (ORIGINAL, 200, &[VARIES, DATE], Some(OwnTimeGate)),
        ("http://a.example/m", 200, &[DATE, own], Some(OwnTimeGate)),
        // 4.2: a TimeGate elsewhere.
        (
            ORIGINAL,
            200,
            &[("link", "<http://archive.example/tg>; rel=timegate")],
            Some(RemoteTimeGate),
        ),
        (GATE, 302, &[VARIES, TO_ORIGINAL, moved], Some(RemoteTimeGate)),
        (GATE, 200, &[VARIES, TO_ORIGINAL, DATE], Some(RemoteTimeGate)),
        ("http://archive.example/m", 200, &[DATE, with_gate], Some(RemoteTimeGate)),
        // 4.3: a resource that does not change.
        (
            "HTTP://A.example",
            200,
            &[DATE, ("link", "<HTTP://A.example>; rel=original")],
            Some(FixedResource),
        ),
        // 4.4: mementos without a TimeGate.
        ("http://archive.example/m", 200, &[DATE, TO_ORIGINAL], Some(NoTimeGate)),
        // Nothing is known.
        ("http://archive.example/m", 200, &[DATE], None),
        (ORIGINAL, 200, &[], None),
        (ORIGINAL, 200, &[("vary", "accept")], None),
    ] {
        assert_eq!(of(uri, status, fields).pattern(), expected, "{uri} {status} {fields:?}");
    }
    assert_eq!(
        [1, 2, 3, 4],
        [OwnTimeGate, RemoteTimeGate, FixedResource, NoTimeGate].map(MementoPattern::number)
    );
}

#[test]
fn rfc7089_4_5_each_kind_of_response_is_told() {
    use MementoResponseKind::{BadDatetime, Choices, Failed, Memento, NotAcceptable, Present};
    let to = |uri: &str| MementoResponseKind::Redirect { to: uri.into() };
    let moved = ("location", "/m");
    for (status, fields, expected) in [
        (200, &[DATE][..], Memento),
        (200, &[], Present),
        (302, &[VARIES, moved], to("http://archive.example/m")),
        (302, &[moved], to("http://archive.example/m")),
        // RFC 7089 section 4.5.4: the memento of a redirect.
        (302, &[DATE, moved], Memento),
        // A TimeGate's redirect is no memento, even if it has a date.
        (302, &[DATE, VARIES, moved], to("http://archive.example/m")),
        // RFC 7089 section 4.5.5: the memento of an error.
        (404, &[DATE], Memento),
        (300, &[VARIES], Choices),
        (400, &[VARIES], BadDatetime),
        (406, &[VARIES], NotAcceptable),
        (404, &[VARIES], Failed),
        (302, &[VARIES], Failed),
        (503, &[], Failed),
    ] {
        let response = of(GATE, status, fields);
        assert_eq!(*response.kind(), expected, "{status} {fields:?}");
        assert_eq!(response.status().as_u16(), status);
    }
    // The URI of the memento, and its time.
    let response = of(GATE, 200, &[DATE, ("content-location", "/m")]);
    assert_eq!(response.memento(), Some("http://archive.example/m"));
    assert_eq!((response.datetime(), response.violated()), (Some(at("20000620180259")), None));
    assert_eq!(of(GATE, 200, &[DATE]).memento(), Some(GATE));
    let wrong = of(GATE, 200, &[("memento-datetime", "Mon, 20 Jun 2000 18:02:59 GMT")]);
    assert_eq!(wrong.violated(), Some(Rule::DatetimeWeekday));
    assert_eq!(wrong.datetime(), Some(at("20000620180259")));
    let unreadable = of(GATE, 200, &[("memento-datetime", "2000-06-20")]);
    assert_eq!((unreadable.datetime(), unreadable.violated()), (None, Some(Rule::DatetimeSyntax)));
    assert_eq!(*unreadable.kind(), Memento);
    let present = of(ORIGINAL, 200, &[("link", "</tm>; rel=timemap")]);
    assert_eq!(
        (present.memento(), present.links().timemap().unwrap().uri()),
        (None, "http://a.example/tm")
    );
}

fn mementos() -> Vec<Memento<'static>> {
    ["20000101000000", "20050101000000", "20100101000000", "20150101000000"]
        .map(|digits| Memento::new(format!("/{digits}"), at(digits)))
        .to_vec()
}

fn gate() -> TimeGate<'static> {
    TimeGate::new(ORIGINAL, GATE).timemap("/timemap/http://a.example/")
}

fn asked(preferred: &str) -> HeaderMap {
    headers(&[("accept-datetime", preferred)])
}

/// Each link of a head: target, relation types, datetime.
fn links(headers: &HeaderMap) -> Vec<String> {
    let reader = Reader::new().tolerance(Tolerance::STRICT);
    let links = headers.get_all(LINK).iter().flat_map(|value| reader.links(value.as_bytes()));
    links
        .map(|link| {
            let link = link.unwrap();
            let rel: Vec<_> = link.rel().map(|rel| rel.to_string()).collect();
            let datetime = link.parameter("datetime").and_then(version_links::Parameter::value);
            format!("{} {} {}", link.target(), rel.join("+"), datetime.unwrap_or_default())
                .trim()
                .to_owned()
        })
        .collect()
}

#[test]
fn rfc7089_4_2_1_a_timegate_redirects_to_the_nearest_memento() {
    let response = gate().answer(&asked("Sat, 01 Jan 2011 00:00:00 GMT"), mementos()).unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    let head = response.headers();
    assert_eq!(
        (&head[LOCATION], &head[VARY]),
        (&"/20100101000000".parse().unwrap(), &"accept-datetime".parse().unwrap())
    );
    assert!(!head.contains_key("memento-datetime"), "a redirect is no memento");
    assert_eq!(
        links(head),
        [
            "http://a.example/ original",
            "/timemap/http://a.example/ timemap",
            "/20000101000000 first+memento Sat, 01 Jan 2000 00:00:00 GMT",
            "/20150101000000 last+next+memento Thu, 01 Jan 2015 00:00:00 GMT",
            "/20050101000000 prev+memento Sat, 01 Jan 2005 00:00:00 GMT",
            "/20100101000000 memento Fri, 01 Jan 2010 00:00:00 GMT",
        ]
    );
    let timemap = VersionLinks::about(GATE).headers(head);
    let timemap = timemap.timemap().unwrap();
    assert_eq!(timemap.attribute("from"), Some("Sat, 01 Jan 2000 00:00:00 GMT"));
    assert_eq!(timemap.attribute("until"), Some("Thu, 01 Jan 2015 00:00:00 GMT"));
    assert_eq!(timemap.attribute("type"), Some("application/link-format"));
}

#[test]
fn rfc7089_4_1_2_in_the_other_style_it_answers_by_the_memento_itself() {
    let gate = TimeGate::new(ORIGINAL, ORIGINAL).style(TimeGateStyle::Content);
    let response = gate.answer(&HeaderMap::new(), mementos()).unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_LOCATION], "/20150101000000");
    assert_eq!(response.headers()["memento-datetime"], "Thu, 01 Jan 2015 00:00:00 GMT");
    assert_eq!(links(response.headers())[0], "http://a.example/ original+timegate");
    let read = MementoResponse::of(ORIGINAL, response.status(), response.headers());
    assert_eq!(read.pattern(), Some(MementoPattern::OwnTimeGate));
    assert_eq!(read.memento(), Some("http://a.example/20150101000000"));
}

/// RFC 7089 sections 4.1 and 4.2: six patterns of negotiation, of which each has a server and a client.
#[test]
fn rfc7089_4_1_and_4_2_the_client_reads_each_style_of_answer_that_the_server_gives() {
    use TimeGateStyle::{Content, Redirect};
    let with_uri = || mementos();
    let without = || mementos().into_iter().map(|it| Memento::without_uri(it.datetime())).collect();
    let own = |path: &str| Some(format!("http://a.example{path}"));
    let remote = |path: &str| Some(format!("http://archive.example{path}"));
    let path = "/20100101000000";
    for (section, gate_at, style, known, status, location, content, uri) in [
        ("4.1.1", ORIGINAL, Redirect, with_uri(), 302, Some(path), None, None),
        ("4.1.2", ORIGINAL, Content, with_uri(), 200, None, Some(path), own(path)),
        ("4.1.3", ORIGINAL, Content, without(), 200, None, None, None),
        ("4.1.3", ORIGINAL, Redirect, without(), 200, None, None, None),
        ("4.2.1", GATE, Redirect, with_uri(), 302, Some(path), None, None),
        ("4.2.2", GATE, Content, with_uri(), 200, None, Some(path), remote(path)),
        ("4.2.3", GATE, Content, without(), 200, None, None, None),
        ("4.2.3", GATE, Redirect, without(), 200, None, None, None),
    ] {
        let gate = TimeGate::new(ORIGINAL, gate_at).timemap("/tm").style(style);
        let response = gate.answer(&asked("Sat, 01 Jan 2011 00:00:00 GMT"), known).unwrap();
        let (head, shown) = (response.headers(), format!("{section} {style:?} {response:?}"));
        let field = |name| head.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(response.status().as_u16(), status, "{shown}");
        assert_eq!((field("location"), field("content-location")), (location, content), "{shown}");
        assert_eq!(field("vary"), Some("accept-datetime"), "{shown}");
        let datetime = (status == 200).then_some("Fri, 01 Jan 2010 00:00:00 GMT");
        assert_eq!(field("memento-datetime"), datetime, "{shown}");
        // The client's side.
        let read = MementoResponse::of(gate_at, response.status(), head);
        let number = read.pattern().map(MementoPattern::number);
        assert_eq!(number, Some(if gate_at == ORIGINAL { 1 } else { 2 }), "{shown}");
        assert_eq!(read.memento(), uri.as_deref(), "{shown}");
        assert_eq!(read.datetime().is_some(), status == 200, "{shown}");
        assert_eq!(read.links().original().unwrap().uri(), ORIGINAL, "{shown}");
        let to_gate = read.links().timegate().map(version_links::VersionLink::uri);
        assert_eq!(to_gate, (status == 200 || gate_at == ORIGINAL).then_some(gate_at), "{shown}");
        assert!(read.links().timemap().is_some(), "{shown}");
        let mementos = read.links().of(version_links::Relation::MEMENTO).count();
        assert_eq!(mementos, if uri.is_some() || status == 302 { 4 } else { 0 }, "{shown}");
        // It has arrived, or goes to the memento.
        let mut negotiation = Negotiation::new(gate_at, Some(at("20110101000000")));
        match negotiation.response(response.status(), head) {
            NegotiationStep::Ask(next) => assert!(status == 302 && next.ends_with(path), "{shown}"),
            NegotiationStep::Done(found) => assert_eq!((status, *found), (200, read), "{shown}"),
            end => panic!("{end:?} {shown}"),
        }
    }
}

/// Some archives send `Vary: accept-datetime` with their mementos, which do not vary.
#[test]
fn rfc7089_2_1_2_a_memento_that_varies_and_links_to_itself_has_its_uri() {
    let listed =
        ("link", "</web/2000/http://a.example/>; rel=memento, <http://a.example/>; rel=original");
    let uri = "http://archive.example/web/2000/http://a.example/";
    assert_eq!(of(uri, 200, &[DATE, VARIES, listed]).memento(), Some(uri));
    let other = "http://archive.example/web/2001/http://a.example/";
    assert_eq!(of(other, 200, &[DATE, VARIES, listed]).memento(), None);
}

/// RFC 7089 sections 4.3 and 4.4: what a fixed resource and a memento without TimeGate say of themselves.
#[test]
fn rfc7089_4_3_and_4_4_mementos_without_negotiation_have_the_uri_of_the_request() {
    for (uri, number) in [(ORIGINAL, 3), ("http://archive.example/m", 4)] {
        let read = of(uri, 200, &[DATE, TO_ORIGINAL]);
        assert_eq!(read.pattern().map(MementoPattern::number), Some(number));
        assert_eq!(read.memento(), Some(uri));
    }
}

#[test]
fn rfc7089_4_2_3_the_memento_fields_of_one_without_a_uri_lead_to_the_others() {
    let mut known = mementos();
    known[1] = Memento::without_uri(at("20050101000000"));
    let selection = Selection::nearest(known, Some(at("20050101000000"))).unwrap();
    assert_eq!(selection.chosen().uri(), None);
    let head = gate().memento(&selection).unwrap();
    assert_eq!(head["memento-datetime"], "Sat, 01 Jan 2005 00:00:00 GMT");
    let links = links(&head);
    assert_eq!(links.len(), 6, "{links:?}");
    assert!(links.iter().any(|link| link.starts_with("/20000101000000 first+prev+memento")));
}

#[test]
fn rfc7089_4_5_3_a_date_that_cannot_be_read_is_answered_by_400_with_links() {
    let twice = {
        let mut twice = asked("Sat, 01 Jan 2011 00:00:00 GMT");
        twice.append("accept-datetime", "Sat, 01 Jan 2011 00:00:00 GMT".parse().unwrap());
        twice
    };
    for request in [asked("2011-01-01"), asked(""), asked("Sat, 01 Jan 2011 00:00:00.5 GMT"), twice]
    {
        let response = gate().answer(&request, mementos()).unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()[VARY], "accept-datetime");
        let links = links(response.headers());
        assert_eq!(links.len(), 4, "{links:?}");
        assert!(links[2].contains("first+memento") && links[3].contains("last+memento"));
        let read = MementoResponse::of(GATE, response.status(), response.headers());
        assert_eq!(*read.kind(), MementoResponseKind::BadDatetime);
    }
    // A wrong weekday does not matter.
    let response = gate().answer(&asked("Mon, 01 Jan 2011 00:00:00 GMT"), mementos()).unwrap();
    assert_eq!(response.headers()[LOCATION], "/20100101000000");
    // Without mementos there is nothing to choose.
    let response = gate().answer(&asked("Sat, 01 Jan 2011 00:00:00 GMT"), []).unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(links(response.headers()).len(), 2);
}

#[test]
fn rfc7089_2_1_a_memento_states_its_time_and_leads_to_the_others() {
    let selection = Selection::nearest(mementos(), Some(at("20000101000000"))).unwrap();
    let head = gate().memento(&selection).unwrap();
    assert_eq!(head["memento-datetime"], "Sat, 01 Jan 2000 00:00:00 GMT");
    assert!(!head.contains_key(VARY), "a memento does not negotiate");
    let links = links(&head);
    assert!(links.contains(&format!("{GATE} timegate")), "{links:?}");
    assert!(links.iter().any(|link| link.starts_with("/20050101000000 next+memento")));
    assert!(links.iter().any(|link| link.starts_with("/20000101000000 first+memento")));
    let read = MementoResponse::of("http://archive.example/20000101000000", StatusCode::OK, &head);
    assert_eq!(read.pattern(), Some(MementoPattern::RemoteTimeGate));
    // The original resource names the TimeGate.
    let head = gate().original().unwrap();
    let read = MementoResponse::of(ORIGINAL, StatusCode::OK, &head);
    assert_eq!(read.links().timegate().unwrap().uri(), GATE);
    assert_eq!(*read.kind(), MementoResponseKind::Present);
}

#[test]
fn nothing_can_be_injected_through_the_uri_of_a_memento() {
    for uri in ["/a\r\nSet-Cookie: b", "/a>, </b", "/a b"] {
        let memento = Memento::new(uri, at("20000101000000"));
        let error = gate().answer(&HeaderMap::new(), [memento]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Rule(_)), "{error}");
    }
}

/// The nearest memento, found by sorting.
fn nearest_slowly<'a>(
    mementos: &[Memento<'a>],
    preferred: Option<MementoDatetime>,
) -> Option<Selection<'a>> {
    let mut sorted = mementos.to_vec();
    sorted.sort_by_key(Memento::datetime);
    let last = sorted.last()?;
    let seconds = |it: MementoDatetime| it.to_utc().timestamp();
    let preferred = seconds(preferred.unwrap_or(last.datetime()));
    let distance = |it: &Memento<'_>| (seconds(it.datetime()) - preferred).abs();
    let least = sorted.iter().map(distance).min()?;
    let time = sorted.iter().find(|it| distance(it) == least)?.datetime();
    // Of several with this time: the last one, or the first one if all are after the preferred time.
    let of_time = || sorted.iter().enumerate().filter(|(_, it)| it.datetime() == time);
    let (chosen, _) =
        if seconds(time) <= preferred { of_time().next_back()? } else { of_time().next()? };
    Some(Selection::new(
        sorted[chosen].clone(),
        [sorted[0].clone(), last.clone()],
        [chosen.checked_sub(1).map(|prev| sorted[prev].clone()), sorted.get(chosen + 1).cloned()],
    ))
}

proptest! {
    #[test]
    fn the_nearest_memento_and_its_neighbours_are_those_found_by_sorting(
        seconds in proptest::collection::vec(0..40_i64, 0..12), preferred in proptest::option::of(0..40_i64),
    ) {
        let time = |second| MementoDatetime::new(chrono::DateTime::from_timestamp(second, 0).unwrap()).unwrap();
        let mementos: Vec<_> = seconds.iter().enumerate().map(|(index, second)| {
            Memento::new(index.to_string(), time(*second))
        }).collect();
        let preferred = preferred.map(time);
        prop_assert_eq!(Selection::nearest(mementos.clone(), preferred), nearest_slowly(&mementos, preferred));
    }
}

/// Negotiates with a world of responses; gives the URIs that were asked, and the end.
fn negotiate(start: &str, world: &HashMap<&str, Response<()>>) -> (Vec<String>, NegotiationStep) {
    let mut negotiation =
        Negotiation::new(start, Some(at("20000101000000"))).limits(Limits::default().redirects(4));
    let mut asked = Vec::new();
    loop {
        let request = negotiation.request().unwrap();
        assert_eq!(request.headers()["accept-datetime"], "Sat, 01 Jan 2000 00:00:00 GMT");
        let uri = request.uri().to_string();
        let response = &world[&*uri];
        asked.push(uri);
        match negotiation.response(response.status(), response.headers()) {
            NegotiationStep::Ask(_) => {}
            end => return (asked, end),
        }
    }
}

fn response(status: u16, fields: &[(&'static str, &str)]) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    *response.headers_mut() = headers(fields);
    response
}

#[test]
fn rfc7089_4_2_a_client_goes_from_the_original_to_the_timegate_to_the_memento() {
    let memento = "http://archive.example/20000101000000";
    let request = asked("Sat, 01 Jan 2000 00:00:00 GMT");
    let selection = Selection::nearest(mementos(), None).unwrap();
    let mut world = HashMap::from([
        (ORIGINAL, response(200, &[])),
        (GATE, gate().answer(&request, mementos()).unwrap()),
        (memento, response(200, &[])),
    ]);
    *world.get_mut(ORIGINAL).unwrap().headers_mut() = gate().original().unwrap();
    *world.get_mut(memento).unwrap().headers_mut() = gate().memento(&selection).unwrap();
    let (asked, end) = negotiate(ORIGINAL, &world);
    assert_eq!(asked, [ORIGINAL, GATE, memento]);
    let NegotiationStep::Done(found) = end else { panic!("{end:?}") };
    assert_eq!(found.memento(), Some(memento));
}

#[test]
fn rfc7089_4_5_redirects_between_a_timegate_and_the_original_end() {
    let original = response(200, &[("link", "</tg>; rel=timegate")]);
    let gate = |to: &str| response(302, &[VARIES, TO_ORIGINAL, ("location", to)]);
    let world =
        |pairs: &[(&'static str, Response<()>)]| pairs.iter().cloned().collect::<HashMap<_, _>>();
    let tg = "http://a.example/tg";
    // The TimeGate says that the present state is the nearest.
    let (asked, end) =
        negotiate(ORIGINAL, &world(&[(ORIGINAL, original.clone()), (tg, gate("/"))]));
    assert_eq!((asked.len(), end), (2, NegotiationStep::Original));
    // Two TimeGates lead to each other.
    let other = "http://a.example/tg2";
    let (asked, end) = negotiate(
        ORIGINAL,
        &world(&[(ORIGINAL, original.clone()), (tg, gate("/tg2")), (other, gate("/tg"))]),
    );
    assert_eq!((asked.len(), end), (3, NegotiationStep::Circle(tg.into())));
    // There is no TimeGate, or it does not redirect.
    for (status, kind) in [
        (406, MementoResponseKind::NotAcceptable),
        (400, MementoResponseKind::BadDatetime),
        (300, MementoResponseKind::Choices),
        (404, MementoResponseKind::Failed),
        (200, MementoResponseKind::Present),
    ] {
        let gate = response(status, &[VARIES, ("link", "</tg>; rel=timegate")]);
        let (_, end) = negotiate(ORIGINAL, &world(&[(ORIGINAL, original.clone()), (tg, gate)]));
        assert!(matches!(&end, NegotiationStep::Done(last) if *last.kind() == kind), "{end:?}");
    }
    let (asked, end) = negotiate(ORIGINAL, &world(&[(ORIGINAL, response(200, &[]))]));
    assert!(asked.len() == 1 && matches!(end, NegotiationStep::Done(_)));
    // A server that redirects for ever.
    let mut negotiation =
        Negotiation::new("http://a.example/0", None).limits(Limits::default().redirects(4));
    assert!(!negotiation.request().unwrap().headers().contains_key("accept-datetime"));
    for hop in 1.. {
        let to = format!("/{hop}");
        match negotiation.response(StatusCode::FOUND, &headers(&[("location", &to)])) {
            NegotiationStep::Ask(_) => assert!(hop <= 4),
            end => {
                assert_eq!((hop, end), (5, NegotiationStep::TooManyRedirects));
                break;
            }
        }
    }
}
