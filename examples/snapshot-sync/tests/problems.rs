//! Every request that fails is answered with a problem (RFC 9457): what is wrong, and what to do.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use serde_json::Value;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::publisher::snapshot::Opening;
use std::time::Duration;
use support::asked::{ask, get};
use support::{Site, sent};

/// A method, a path, header fields, a body, and the status of the answer.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, u16);

#[test]
fn rfc9457_3_a_failure_says_what_is_wrong_and_what_to_do() {
    let site = Site::new(10, 5);
    assert_eq!(get(&site, "/snapshots/latest", &[]).status, 404);
    site.publish(Opening::Implied, 1000);
    let id = site.publisher.shelf().current().unwrap().document().id().to_owned();
    let (package, entity) = (format!("/snapshots/{id}/0"), uri(1));
    ask(&site, "DELETE", &uri(2), &[], "");
    ask(&site, "PUT", &uri(3), &[], "7");
    let merge = ("content-type", "application/merge-patch+json");
    let cases: &[Case<'_>] = &[
        ("GET", "/nowhere", &[], "", 404),
        ("GET", "/snapshots/x/index", &[], "", 404),
        ("GET", "/snapshots/2000-01-01T00:00:00.000Z/0", &[], "", 410),
        ("GET", &format!("/snapshots/{id}/99"), &[], "", 404),
        ("GET", &format!("/snapshots/{id}/x"), &[], "", 400),
        ("GET", &package, &[("if-match", "\"x\"")], "", 412),
        ("GET", &package, &[("range", "bytes=9999999-")], "", 416),
        ("POST", &package, &[], "", 405),
        ("GET", "/changes/archive/99", &[], "", 404),
        ("GET", "/changes/archive/x", &[], "", 400),
        ("GET", &uri(99), &[], "", 404),
        ("GET", &uri(2), &[], "", 410),
        ("GET", "/entities/a%2Fb", &[], "", 400),
        ("TRACE", &entity, &[], "", 405),
        ("PUT", &entity, &[], "no JSON", 400),
        ("PUT", &entity, &[("content-type", "x")], "", 400),
        ("PUT", &entity, &[("if-match", "\"x\"")], "{}", 412),
        ("PATCH", &entity, &[], "{}", 415),
        ("PATCH", &entity, &[merge], "{", 400),
        ("POST", &uri(3), &[], "{}", 409),
        ("VERSION-CONTROL", &uri(99), &[], "", 404),
        ("GET", "/versions/1/x", &[], "", 400),
        ("GET", &format!("/versions/{}/99", &uri(1)["/entities/".len()..]), &[], "", 404),
        ("GET", "/histories/x", &[], "", 404),
    ];
    for (method, path, fields, body, status) in cases {
        let answer = ask(&site, method, path, fields, body);
        let what = format!("{method} {path} {fields:?}");
        assert_eq!(answer.status, *status, "{what}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["status"], *status, "{what}");
        assert!(!problem["title"].as_str().unwrap().is_empty() && problem["type"].is_string());
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.ends_with('.') && detail.len() > 30, "{what}: {detail}");
    }
    let refused = ask(&site, "POST", &package, &[], "");
    assert_eq!(refused.header("allow"), "GET,HEAD", "what else is in the answer stays");
    let head = ask(&site, "HEAD", "/nowhere", &[], "");
    assert_eq!((head.status.as_u16(), head.body.len()), (404, 0));
    assert_eq!(head.header("content-length"), get(&site, "/nowhere", &[]).body.len().to_string());
}

#[test]
fn rfc9457_3_a_request_that_takes_too_long_is_told_so() {
    let mut site = Site::new(1, 5);
    let limits = Limits { answer_time: Duration::from_millis(200), ..Limits::default() };
    let routes = site.publisher.clone().router();
    let listening = Listening::within(&limits, ([127, 0, 0, 1], 0).into(), routes);
    site.listening = site.runtime.block_on(listening).unwrap();
    let head = format!("PUT {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", uri(1));
    let answer =
        sent(site.listening.address(), format!("{head}content-length: 10\r\n\r\n{{").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("send it again"));
}
