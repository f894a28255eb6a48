//! What a page of a collection costs, however many members there are.

use crate::fixture::{ENTRY, PUBLIC, Running, collection, run, service};
use feed_manager::client::Manager;
use feed_manager::store::StoreError;
use http::Method;
use std::time::{Duration, Instant};

/// How often each page is read.
const ROUNDS: usize = 200;

/// A public bundle of so many services, with the URI of its first page and of one in its middle.
async fn bundle(running: &Running, name: &'static str, members: i64) -> [String; 2] {
    let markup = collection(name, PUBLIC);
    let path = running.post("/service", ENTRY, name, &markup).await;
    running.post(&path, ENTRY, "s", &service("S", "")).await;
    let filled = running.database.write(move |connection| {
        let sql = "WITH RECURSIVE
            numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2 - 1)
            INSERT INTO members (collection, name, kind, is_draft, edited, tag, octets, public_tag,
                public_edited)
            SELECT collection, 'n' || n, kind, is_draft, edited + n, randomblob(16), octets,
                randomblob(16), edited + n
            FROM numbers, members WHERE members.name = 's' AND collection =
                (SELECT id FROM collections WHERE name = ?1)";
        connection.execute(sql, (name, members))?;
        connection.execute_batch("ANALYZE")?;
        let sql = "SELECT members.edited FROM members JOIN collections
            ON collections.id = members.collection WHERE collections.name = ?1 AND members.name = 's'";
        Ok::<i64, StoreError>(connection.query_row(sql, [name], |row| row.get(0))?)
    });
    let (edited, middle) = (filled.await.unwrap(), members / 2);
    [path.clone(), format!("{path}?before={}-n{middle}", edited + middle)]
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Prints the times of both, and what the larger one costs of the smaller one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: run it alone, with --ignored --nocapture"]
async fn a_page_of_100000_members_costs_at_most_twice_what_one_of_1000_does() {
    let running = run().await;
    let small = bundle(&running, "small", 1_000).await;
    let large = bundle(&running, "large", 100_000).await;
    let manager = Manager::new(&format!("{}/ann/service", running.origin)).unwrap();
    for (what, pages) in [("the first page", 0), ("a page in the middle", 1)] {
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..ROUNDS {
            // One after the other, so that all have the same machine.
            for (at, path) in [&small[pages], &large[pages]].into_iter().enumerate() {
                let started = Instant::now();
                let answer = running.send(Method::GET, path, None, &[], "").await;
                times[at].push(started.elapsed());
                assert_eq!((answer.status.as_u16(), answer.feed().entries().len()), (200, 100));
                let started = Instant::now();
                let page = manager.page(&format!("{}{path}", running.origin)).await.unwrap();
                times[2 + at].push(started.elapsed());
                assert_eq!(page.value.entries().len(), 100);
            }
        }
        let [few, many, read_few, read_many] = times.each_mut().map(|times| median(times));
        let (served, read) = (many / few, read_many / read_few);
        println!(
            "{what} of 1,000 and of 100,000 members: served in {:.2} and {:.2} ms, ratio {served:.2}; \
             read by the client in {:.2} and {:.2} ms, ratio {read:.2}",
            few * 1e3,
            many * 1e3,
            read_few * 1e3,
            read_many * 1e3
        );
        assert!(served <= 2.0 && read <= 2.0, "{what}: {served:.2}, {read:.2}");
    }
}
