//! Kinds of faults that people reported of other software: parsers of Link fields, and clients and servers
//! of Memento. Each document was made for its test.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{
    Link, LinkBuf, Linkset, MementoDatetime, Reader, Relation, TimeMap, Tolerance, links,
};

/// Target, relation types and title of each link, or the rule that it violates.
fn told(value: &[u8]) -> Vec<String> {
    let told = links(value).map(|link| match link {
        Ok(link) => {
            let relations: Vec<_> = link.rel().map(|relation| relation.to_string()).collect();
            let title = link.title().map(|title| format!(" {title:?}")).unwrap_or_default();
            format!("{} {}{title}", link.target(), relations.join("+"))
        }
        Err(error) => error.rule().unwrap().to_string(),
    });
    told.collect()
}

#[test]
fn commas_and_semicolons_in_targets_and_quotes_part_nothing() {
    for (value, expected) in [
        (&b"<http://h/1>; rel=\"previous\"; title=\"start, index\""[..], &["http://h/1 previous \"start, index\""][..]),
        (b"<http://h/a?b=1&amp;old=2>; rel=original, <b>; rel=c", &["http://h/a?b=1&amp;old=2 original", "b c"]),
        (b"<https://h/;> rel=\"next\"", &["https://h/; next"]),
        (b"<i>; rel=preload; imagesizes=\"(min-width: 60em) calc(1em), 100vw\"; imagesrcset=\"a_1,b 2w, c 3w\"", &["i preload"]),
        (b"<a>; rel=first; datetime=\"Mon, 03 Sep 2007 14:52:48 GMT\",<b>; rel=last", &["a first", "b last"]),
    ] {
        assert_eq!(told(value), expected);
    }
}

#[test]
fn parameters_without_values_and_names_in_quotes_do_not_lose_the_next_link() {
    for (value, expected) in [
        (
            &b"<a>;rel=stylesheet;title, <b>;rel=\"payment\""[..],
            &["a stylesheet \"\"", "b payment"][..],
        ),
        (
            b"<./a.css>; rel=\"preload\";as=\"style\"; nopush, <./b.css>; rel=preload",
            &["./a.css preload", "./b.css preload"],
        ),
        (b"<a>; \"one,two\"=\"next\", <b>; rel=last", &["a ", "target-brackets", "b last"]),
    ] {
        let found = told(value);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert_eq!(found.last().map(String::as_str), expected.last().copied(), "{found:?}");
    }
}

#[test]
fn a_broken_element_neither_ends_the_reading_nor_lends_its_text_to_a_link() {
    for (value, expected) in [
        (&b"garbage, <b>; rel=c"[..], &["target-brackets", "b c"][..]),
        (b", <a>; rel=b", &["a b"]),
        (b"<a>; rel=1, , <b>; rel=2", &["a 1", "b 2"]),
        (b"<a; rel=1, <b>; rel=c", &["target-brackets", "b c"]),
        (b"\"<a>; rel=b\", <c>; rel=d", &["target-brackets", "c d"]),
        (b"> <a>; rel=b", &["target-brackets", "a b"]),
        // A server of mementos that wrote a semicolon in the place of a comma.
        (b"<g>; rel=\"timegate\"; <m>; rel=\"first memento\"", &["g timegate", "m first+memento"]),
    ] {
        let found = told(value);
        assert_eq!(found.last().map(String::as_str), expected.last().copied(), "{found:?}");
        for link in expected.iter().filter(|told| told.contains(' ')) {
            assert!(found.contains(&(*link).to_string()), "{found:?}");
        }
        assert!(!found.iter().any(|told| told.starts_with("a; ")), "{found:?}");
    }
}

/// Patterns over such input took quadratic time elsewhere. The benches show that the time is linear; here
/// the test would take minutes.
#[test]
fn input_that_makes_patterns_slow_is_read_at_once() {
    for piece in [&b"<"[..], b"<a", b">", b";", b"\"", b" ", b"<>;\"", b"=\"", b", ", b"<a>;rel"] {
        let value = piece.repeat(64 * 1024 / piece.len());
        let limits = version_links::Limits::unlimited();
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let reader = Reader::new().limits(limits).tolerance(tolerance);
            let last = reader.links(&value).last();
            assert!(last.is_none_or(|last| last.is_ok() || last.is_err()));
        }
    }
}

#[test]
fn commas_in_the_fragments_of_mementos_part_nothing() {
    let document = b"<http://w.example/web/20071213220957/http://a.example/#g=&s=new=0,1&open=>; rel=\"memento\"; \
        datetime=\"Thu, 13 Dec 2007 22:09:57 GMT\",\n\
        <http://w.example/web/20071223171907/http://a.example/#h=1063,k=active,s=y>; rel=\"last memento\"; \
        datetime=\"Sun, 23 Dec 2007 17:19:07 GMT\"";
    let read = TimeMap::new(document).collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(read.len(), 2);
    assert!(read[0].target().ends_with("0,1&open=") && read[1].target().ends_with(",s=y"));
    assert!(read.iter().all(|link| link.datetime() == link.uri_datetime()));
}

/// An archive's TimeMap stated other times than those in the URIs.
#[test]
fn both_times_of_a_memento_are_given_if_they_differ() {
    let document = b"<http://w.example/20081124092242/http://a.example/>; rel=memento; \
        datetime=\"Mon, 11 Jan 2012 20:47:20 GMT\"";
    let mut read = TimeMap::new(document);
    let link = read.next().unwrap().unwrap();
    assert_eq!(link.datetime(), MementoDatetime::from_digits("20120111204720"));
    assert_eq!(link.uri_datetime(), MementoDatetime::from_digits("20081124092242"));
    let rules: Vec<_> = read.diagnostics().iter().map(|one| one.rule().to_string()).collect();
    assert_eq!(rules, ["datetime-weekday", "datetime-digits"]);
}

/// The times that clients and servers of Memento were seen to take for such in GMT.
#[test]
fn rfc7089_2_1_1_a_time_in_another_zone_or_form_is_refused() {
    for time in [
        "Tue, 14 Jan 2014 10:01:00 EST",
        "Thu, 20 Mar 2003 19:54:39",
        "Thu, 20 Mar 2003 19:54:39 +0000",
        "Thursday, 20-Mar-03 19:54:39 GMT",
        "Thu Mar 20 19:54:39 2003",
        "2003-03-20T19:54:39Z",
        "20030320195439",
        "Thu, 20 Mar 2003 24:00:00 GMT",
        "Thu, 20 Mar 2003 19:54:60 GMT",
        "Thu, 30 Feb 2003 19:54:39 GMT",
        "",
    ] {
        assert!(time.parse::<MementoDatetime>().is_err(), "{time}");
    }
}

/// Writers elsewhere let CR, LF, quotes and brackets through.
#[test]
fn what_is_written_is_one_link() {
    for evil in ["a\r\nX: y", "a\nb", "a\0", "a>; rel=evil, <b", "a\"; rel=\"evil", "a\\"] {
        if let Ok(link) = LinkBuf::builder(evil).rel(Relation::NEXT).build() {
            one_link(link.as_link());
        }
        if let Ok(link) = LinkBuf::builder("/").rel(Relation::NEXT).title(evil).build() {
            one_link(link.as_link());
        }
        if let Ok(link) = LinkBuf::builder("/").rel(Relation::new(evil)).build() {
            one_link(link.as_link());
        }
        if let Ok(link) = LinkBuf::builder("/").rel(Relation::NEXT).anchor(evil).build() {
            one_link(link.as_link());
        }
        if let Ok(link) = LinkBuf::builder("/").rel(Relation::NEXT).parameter("x", evil).build() {
            one_link(link.as_link());
            let set = Linkset::from_links([link.as_link()]);
            let text = set.to_text().unwrap();
            assert_eq!(Linkset::from_text(text.as_bytes()).unwrap().links().count(), 1);
        }
        assert!(LinkBuf::builder("/").rel(Relation::NEXT).parameter(evil, "x").build().is_err());
    }
}

fn one_link(link: Link<'_>) {
    let text = link.to_field_value().unwrap();
    assert!(!text.contains(['\r', '\n', '\0']), "{text:?}");
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let read = strict.links(text.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(read.len(), 1, "{text}");
    assert!(!read[0].has_rel("evil"), "{text}");
}
