//! Many clients that write at once.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use http::StatusCode;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::{entity, events, last_event};
use std::collections::HashMap;
use support::Site;

const CLIENTS: u64 = 24;
const CHANGES: u64 = 20;

/// The status and entity tag of the answer to a PUT.
async fn put(
    client: reqwest::Client,
    target: String,
    field: Option<(&'static str, &'static str)>,
    body: String,
) -> (StatusCode, Option<String>) {
    let request = client.put(target).body(body);
    let request =
        field.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.send().await.unwrap();
    let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned());
    (answer.status(), etag)
}

fn client() -> reqwest::Client {
    snapshot_sync::replica::fetch::client().build().unwrap()
}

#[test]
fn rfc9110_9_3_4_what_many_clients_write_at_once_is_there_when_it_is_answered() {
    let site = Site::new(100, 50);
    site.publish(Opening::Implied, 20_000);
    let (replica, snapshot) = site.replicate().unwrap();
    let mut replica = replica;
    let writers: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (path, client) = (uri(number), client());
            let (target, publisher) = (site.listening.uri(&path), site.publisher.clone());
            site.runtime.spawn(async move {
                for change in 0..CHANGES {
                    let body = format!("{{\"change\":{change}}}");
                    let (status, etag) = put(client.clone(), target.clone(), None, body).await;
                    assert_eq!(status, StatusCode::NO_CONTENT);
                    let now = entity(&publisher.store().reader().unwrap(), &path).unwrap();
                    assert_eq!(now.map(|now| now.etag), etag);
                }
            })
        })
        .collect();
    for writer in writers {
        site.runtime.block_on(writer).unwrap();
    }
    // The order of the events is that of the changes of each entity, without gaps.
    let reader = site.publisher.store().reader().unwrap();
    let last = last_event(&reader).unwrap();
    assert_eq!(last, CLIENTS * CHANGES);
    let mut changes = HashMap::new();
    for (event, number) in events(&reader, 1, last).unwrap().iter().zip(1..) {
        assert_eq!(event.number, number);
        let change = changes.entry(event.uri.clone()).or_insert(0);
        assert_eq!(event.body, format!("{{\"change\":{change}}}").into_bytes());
        *change += 1;
    }
    site.follow(&mut replica, &snapshot.feed, 1);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn rfc9110_13_1_2_of_many_clients_that_create_one_entity_one_does() {
    let site = Site::new(1, 50);
    let target = site.listening.uri(&uri(7));
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let absent = Some(("if-none-match", "*"));
            let body = number.to_string();
            site.runtime.spawn(put(client(), target.clone(), absent, body))
        })
        .collect();
    let answers = tasks.into_iter().map(|task| site.runtime.block_on(task).unwrap().0);
    let (created, refused): (Vec<_>, Vec<_>) =
        answers.partition(|status| *status == StatusCode::CREATED);
    assert_eq!(created.len(), 1);
    assert!(refused.iter().all(|status| *status == StatusCode::PRECONDITION_FAILED));
    assert_eq!(last_event(&site.publisher.store().reader().unwrap()).unwrap(), 1);
}

#[test]
fn a_write_that_is_refused_takes_no_other_with_it() {
    let site = Site::new(40, 50);
    let client = client();
    let answers = site.runtime.block_on(async {
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let target = site.listening.uri(&uri(number));
                // A body that is no object has no assets: it cannot have another one.
                let (asset, fails) = (client.post(target), number % 3 == 0);
                let spoil = client.put(site.listening.uri(&uri(number))).body("7");
                tokio::spawn(async move {
                    if fails {
                        spoil.send().await.unwrap();
                    }
                    asset.body("{\"id\":\"1\"}").send().await.unwrap().status()
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    });
    for (number, status) in answers.into_iter().enumerate() {
        let expected = if number % 3 == 0 { StatusCode::CONFLICT } else { StatusCode::NO_CONTENT };
        assert_eq!(status, expected, "{number}");
    }
    // Fourteen were spoilt, and all but these have another asset.
    let last = last_event(&site.publisher.store().reader().unwrap()).unwrap();
    assert_eq!(last, 14 + 26);
}
