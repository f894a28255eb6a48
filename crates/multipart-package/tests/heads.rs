//! What a head's accessors give, and that a decoder's octets are the caller's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

use bytes::Bytes;
use multipart_package::{ErrorKind, Event, Misuse, Reader, Rule, Step, Tolerance};

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

const EVENT: &[u8] = b"--b\r\n\
    Link: </products/1>;rel=\"about\"\r\n\
    link: </changes/1>;rel=\"self\"\r\n\
    Event-Type: http-equiv=PATCH\r\n\
    Content-Type: application/json; charset=\"utf-8\"\r\n\
    Content-Location: /products/1\r\n\
    Content-Disposition: inline\r\n\
    Last-Modified: Thu, 09 Jan 2014 15:02:23 GMT\r\n\
    Content-ID: <1@x>\r\n\
    ETag: W/\"7\"\r\n\
    Content-Length: 2\r\n\r\n{}\r\n--b--\r\n";

#[test]
fn draft_4_7_every_field_of_an_event_is_read_in_order_and_by_name() {
    let part = reader().parts(EVENT).next().unwrap().unwrap();
    let head = part.head();
    let names: Vec<_> = head.fields().map(|field| field.name()).collect();
    assert_eq!(names[..3], ["Link", "link", "Event-Type"]);
    assert_eq!(head.get_all("LINK").count(), 2);
    assert_eq!(head.get("missing"), None);
    assert_eq!(head.event_type().unwrap().unwrap().http_equiv(), Some("PATCH"));
    assert_eq!(
        head.content_type().unwrap().unwrap().parameter("charset").unwrap().as_ref(),
        b"utf-8"
    );
    assert_eq!(head.content_location().unwrap(), Some("/products/1"));
    assert_eq!(head.content_disposition().unwrap().unwrap().type_(), "inline");
    assert_eq!(head.last_modified().unwrap().unwrap().timestamp(), 1_389_279_743);
    assert_eq!(head.content_id().unwrap(), Some("1@x"));
    assert_eq!(head.etag().unwrap().unwrap().as_bytes(), b"W/\"7\"");
    assert_eq!(head.content_length().unwrap(), Some(2));
    assert_eq!(part.range(), 5..EVENT.len() as u64 - 9);
}

#[test]
fn an_unreadable_field_is_an_error_with_its_place_in_the_input() {
    let input = b"--b\r\nContent-Length: nnn\r\nEvent-Type: PUT\r\n\r\n\r\n--b--";
    let head = reader().parts(input).next().unwrap().unwrap().head();
    let error = head.event_type().unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(Rule::EventTypeSyntax), 38));
    let error = head.content_length().unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(Rule::ContentLengthSyntax), 21));
}

#[test]
fn what_is_read_outlives_the_reader() {
    let locations: Vec<&str> = {
        let parts = reader().parts(EVENT).map(Result::unwrap);
        parts.filter_map(|part| part.head().content_location().unwrap()).collect()
    };
    assert_eq!(locations, ["/products/1"]);
}

#[test]
fn the_octets_of_events_are_slices_of_what_was_fed() {
    let input = Bytes::from_static(EVENT);
    let mut decoder = reader().decoder();
    decoder.push(input.clone());
    let within = |octets: &[u8]| input.as_ptr_range().contains(&octets.as_ptr());
    let Step::Event(Event::Head(head)) = decoder.step().unwrap() else { panic!("a head") };
    assert!(within(head.as_bytes()));
    let Step::Event(Event::Body(body)) = decoder.step().unwrap() else { panic!("a body") };
    assert!(within(&body));
    assert_eq!(decoder.step().unwrap(), Step::Event(Event::End));
    assert_eq!(decoder.step().unwrap(), Step::NeedInput);
    decoder.finish();
    assert_eq!(decoder.step().unwrap(), Step::Done);
    assert_eq!(decoder.position(), EVENT.len() as u64);
    decoder.push(Bytes::from_static(b"x"));
    assert_eq!(decoder.step().unwrap_err().kind(), ErrorKind::Misuse(Misuse::InputAfterEnd));
}

#[test]
fn behind_a_bridged_border_the_octets_are_slices_of_the_next_chunk_again() {
    let body = vec![b'x'; 5000];
    let input = [b"--b\r\nA: b\r\n\r\n", &body[..], b"\r\n--b--\r\n"].concat();
    let (first, second) = input.split_at(8);
    let second = Bytes::copy_from_slice(second);
    let mut decoder = reader().decoder();
    decoder.push(Bytes::copy_from_slice(first));
    assert_eq!(decoder.step().unwrap(), Step::NeedInput);
    decoder.push(second.clone());
    let (mut copied, mut sliced) = (0, 0);
    while let Step::Event(event) = decoder.step().unwrap() {
        if let Event::Body(octets) = event {
            let within = second.as_ptr_range().contains(&octets.as_ptr());
            *(if within { &mut sliced } else { &mut copied }) += octets.len();
        }
    }
    assert_eq!(copied + sliced, body.len());
    assert!(copied < 1024, "{copied} octets were copied to bridge the border");
}

#[cfg(feature = "http")]
#[test]
fn a_head_goes_into_a_header_map_and_back() {
    let head = reader().parts(EVENT).next().unwrap().unwrap().head();
    let headers = head.to_header_map().unwrap();
    assert_eq!(headers.get_all("link").iter().count(), 2);
    assert_eq!(headers["content-location"], "/products/1");
    let back = multipart_package::HeadBuilder::from_header_map(&headers).build().unwrap();
    assert_eq!(back.borrow().fields().count(), head.fields().count());

    let folded = b"--b\r\nA: b\r\n c\r\n\r\n\r\n--b--";
    let head = reader().parts(folded).next().unwrap().unwrap().head();
    assert_eq!(head.unfolded("a").unwrap().as_ref(), b"b c");
    assert_eq!(head.to_header_map().unwrap()["a"], "b c");
}

#[test]
fn rfc5322_2_2_3_unfolding_removes_the_line_break_alone_and_copies_nothing_without_one() {
    use std::borrow::Cow;

    let input = b"--b\r\nA: b \r\n\t c\r\n  d\r\nE: f\r\n\r\n\r\n--b--";
    let head = reader().parts(input).next().unwrap().unwrap().head();
    let values: Vec<_> = head.fields().map(|field| field.unfolded()).collect();
    assert_eq!(values, [&b"b \t c  d"[..], b"f"]);
    assert!(matches!(values[1], Cow::Borrowed(_)));
    let corrected = multipart_package::HeadBuilder::from_head(head).correct(Rule::FieldFold);
    let corrected = corrected.build().unwrap();
    assert_eq!(corrected.borrow().get("a"), Some(&b"b \t c  d"[..]), "as it is unfolded");
}

#[cfg(feature = "http")]
#[test]
fn more_fields_than_a_header_map_holds_are_an_error() {
    use multipart_package::{Limit, Limits};

    let mut input = b"--b\r\n".to_vec();
    for number in 0..40_000 {
        input.extend(format!("x{number}: 1\r\n").bytes());
    }
    input.extend(b"\r\n--b--");
    let reader = reader().limits(Limits::unlimited());
    let part = reader.parts(&input).next().unwrap().unwrap();
    let error = part.head().to_header_map().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fields));
    // The number is the one of the map.
    assert!(error.to_string().starts_with("more than 24576 fields at octet 5"), "{error}");
}

#[test]
fn an_empty_value_stands_where_it_begins() {
    for head in ["ETag:\r\n", "ETag: \t \r\n"] {
        let input = format!("--b\r\n{head}\r\nx\r\n--b--");
        let part = reader().parts(input.as_bytes()).next().unwrap().unwrap();
        let error = part.head().etag().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(Rule::EntityTagSyntax), 10));
    }
}

#[test]
fn a_delimiter_line_in_a_head_counts_as_no_field_however_it_is_cut() {
    use multipart_package::{Limits, Tolerance};

    let input = b"--b\r\n--b--\r\n";
    let limits = Limits::default().field_octets(3).head_octets(4);
    let reader = reader().limits(limits).tolerance(Tolerance::ALL);
    assert!(reader.parts(input).all(|part| part.is_ok()));
    for size in 1..input.len() {
        let mut decoder = reader.decoder();
        for chunk in input.chunks(size) {
            decoder.push(Bytes::copy_from_slice(chunk));
            while let Step::Event(_) = decoder.step().unwrap() {}
        }
    }
}

#[test]
fn rfc5322_3_6_8_a_name_that_is_no_token_is_read_and_goes_into_no_header_map() {
    let input = b"--b\r\nX/y(1): v\r\n\r\nx\r\n--b--";
    let head = reader().parts(input).next().unwrap().unwrap().head();
    assert_eq!(head.get("x/Y(1)"), Some(&b"v"[..]));
    let error = multipart_package::HeadBuilder::from_head(head).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::FieldNameToken));
    #[cfg(feature = "http")]
    assert_eq!(head.to_header_map().unwrap_err().kind(), ErrorKind::Rule(Rule::FieldNameToken));
}

/// A head with each field that an accessor reads, and a body.
fn every_field(values: [&str; 12]) -> Vec<u8> {
    let names = [
        "Content-Type",
        "Content-Location",
        "Content-Length",
        "Content-Range",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "ETag",
        "Last-Modified",
        "Content-ID",
        "Event-Type",
        "Content-Digest",
        "X",
    ];
    let lines = names.iter().zip(values).map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("--b\r\n{}\r\n{{}}\r\n--b--", lines.collect::<String>()).into_bytes()
}

/// Asserts that each accessor gives the same for both heads.
macro_rules! assert_same {
    ($one:ident, $other:ident, $($accessor:ident($($name:literal)?)),*) => {
        $(assert_eq!(
            format!("{:?}", $one.$accessor($($name)?)),
            format!("{:?}", $other.$accessor($($name)?))
        );)*
    };
}

#[test]
fn an_owned_head_has_the_accessors_of_a_borrowed_one() {
    let readable = every_field([
        "text/plain; charset=utf-8",
        "/1",
        "2",
        "bytes 0-1/9",
        "base64",
        "form-data; name=\"a\"; filename=\"b\"",
        "\"7\"",
        "Thu, 09 Jan 2014 15:02:23 GMT",
        "<1@x>",
        "http-equiv=PUT",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "a\r\n b",
    ]);
    let unreadable =
        every_field(["(", " /a b", "x", "?", "?@", ";", "\u{7f}", "x", "< >", "x", "?", "\t"]);
    let reader = reader().tolerance(Tolerance::ALL);
    for input in [readable, unreadable] {
        let borrowed = reader.parts(&input).next().unwrap().unwrap().head();
        let mut decoder = reader.decoder();
        decoder.push(Bytes::from(input.clone()));
        let Ok(Step::Event(Event::Head(owned))) = decoder.step() else { panic!("a head") };
        assert_same!(
            owned,
            borrowed,
            as_bytes(),
            offset(),
            get("x"),
            unfolded("X"),
            content_type()
        );
        assert_same!(owned, borrowed, content_location(), content_length(), content_range());
        assert_same!(owned, borrowed, content_transfer_encoding(), content_disposition(), etag());
        assert_same!(owned, borrowed, last_modified(), content_id(), event_type());
        assert_same!(owned, borrowed, form_name(), form_filename());
        #[cfg(feature = "http")]
        assert_same!(owned, borrowed, to_header_map());
        #[cfg(feature = "digest")]
        assert_same!(owned, borrowed, content_digest());
        assert!(owned.fields().eq(borrowed.fields()));
        assert!(owned.get_all("etag").eq(borrowed.get_all("etag")));
        let value = owned.get("content-location").unwrap().as_ptr_range();
        let block = owned.as_bytes().as_ptr_range();
        assert!(block.start <= value.start && value.end <= block.end, "a value is no copy");
    }
}
