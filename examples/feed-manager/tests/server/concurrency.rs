//! Many clients at once, and a server that is killed.

use crate::fixture::{ENTRY, client, collection, entry, run};
use atom_fsm::atom::Feed;
use feed_manager::store::StoreError;
use http::{Method, StatusCode};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CLIENTS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn eight_clients_create_1000_entries_and_none_is_lost_or_doubled() {
    let running = Arc::new(run().await);
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    let clients = (0..CLIENTS).map(|client| {
        let (running, path) = (running.clone(), path.clone());
        tokio::spawn(async move {
            let mut done = Vec::new();
            for number in 0..1000 / CLIENTS {
                let started = Instant::now();
                // All wish for the same name.
                let title = format!("{client}-{number}");
                let body = entry("Same", &format!("<summary>{title}</summary>"));
                let location = running.post(&path, ENTRY, "same", &body).await;
                done.push((location, title, started.elapsed()));
            }
            done
        })
    });
    let mut done = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        done.extend(client.await.unwrap());
    }
    let mut times: Vec<_> = done.iter().map(|(_, _, time)| *time).collect();
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{} entries by {CLIENTS} clients: p50 {p50:?}, p99 {p99:?}", done.len());
    assert_eq!(done.iter().map(|(location, ..)| location).collect::<BTreeSet<_>>().len(), 1000);
    let (mut listed, mut next) = (Vec::new(), Some(path));
    while let Some(uri) = next {
        let page = running.get(&uri).await;
        let feed = page.feed();
        listed.extend(feed.entries().iter().map(|it| it.summary().unwrap().value().into_owned()));
        next = feed
            .links()
            .iter()
            .find(|it| it.has_rel("next"))
            .and_then(|it| it.href())
            .map(str::to_owned);
    }
    listed.sort();
    let mut wanted: Vec<_> = done.into_iter().map(|(_, title, _)| title).collect();
    wanted.sort();
    assert_eq!(listed, wanted);
}

/// The program, which is killed when the value is dropped.
pub(crate) struct Program(pub(crate) Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_feed-manager"))
}

pub(crate) async fn start(database: &Path, origin: &str, http: &reqwest::Client) -> Program {
    start_program(program(), database, origin, http, &[]).await
}

/// Starts the program with further arguments.
pub(crate) async fn start_program(
    mut command: Command,
    database: &Path,
    origin: &str,
    http: &reqwest::Client,
    arguments: &[&str],
) -> Program {
    let address = origin.strip_prefix("http://").unwrap();
    let child = command
        .args(["serve", "--listen", address, "--database"])
        .arg(database)
        .args(arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let program = Program(child);
    let started = Instant::now();
    while http.get(format!("{origin}/health")).send().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    program
}

/// Creates entries until the server is gone, and returns the locations that were answered with 201.
async fn create(http: reqwest::Client, origin: String, token: String) -> Vec<String> {
    let mut created = Vec::new();
    loop {
        let post = http
            .post(format!("{origin}/ann/inbox"))
            .bearer_auth(&token)
            .header("content-type", ENTRY)
            .body(entry("E", ""));
        match post.send().await {
            Ok(answer) if answer.status() == StatusCode::CREATED => {
                created.push(answer.headers()["location"].to_str().unwrap().to_owned());
            }
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => return created,
        }
    }
}

/// Kills the server so many times while clients create entries.
async fn kill(times: u64) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    let added =
        program().args(["user", "add", "ann", "--database"]).arg(&database).output().unwrap();
    assert!(added.status.success(), "{added:?}");
    let token = String::from_utf8(added.stdout).unwrap().trim().to_owned();
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let origin = format!("http://{free}");
    let http = client();
    let mut created = BTreeSet::new();
    for round in 0..times {
        let mut running = start(&database, &origin, &http).await;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(create(http.clone(), origin.clone(), token.clone())))
            .collect();
        // Not at the same moment in each round.
        tokio::time::sleep(Duration::from_millis(300 + round * 37 % 200)).await;
        running.0.kill().unwrap();
        running.0.wait().unwrap();
        for client in clients {
            for location in client.await.unwrap() {
                assert!(created.insert(location), "a URI was given twice");
            }
        }
    }
    assert!(!created.is_empty());
    let _running = start(&database, &origin, &http).await;
    let (mut listed, mut next) = (BTreeSet::new(), Some(format!("{origin}/ann/inbox")));
    while let Some(uri) = next {
        let page = http.get(uri).bearer_auth(&token).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.bytes().await.unwrap();
        let feed = crate::fixture::strict().read::<Feed<'_>>(&page).unwrap().into_document();
        for entry in feed.entries() {
            let edit = entry.link("edit").and_then(|it| it.href()).unwrap();
            assert!(listed.insert(edit.to_owned()), "{edit} is listed twice");
        }
        next = feed
            .links()
            .iter()
            .find(|it| it.has_rel("next"))
            .and_then(|it| it.href())
            .map(str::to_owned);
    }
    let lost: Vec<_> = created.difference(&listed).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), created.len());
    #[allow(clippy::print_stdout, reason = "whoever runs the test asks for it")]
    {
        println!("{times} kills: {} answered with 201, {} stored", created.len(), listed.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_with_201_is_there_after_3_kills() {
    kill(3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute: run it with --ignored"]
async fn what_was_answered_with_201_is_there_after_20_kills() {
    kill(20).await;
}

/// SIGTERM ends the program after the requests that have begun.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_program_stops_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let origin = format!("http://{free}");
    let http = client();
    let mut running = start(&database, &origin, &http).await;
    assert_eq!(
        http.request(Method::GET, format!("{origin}/service")).send().await.unwrap().status(),
        401
    );
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(running.0.wait().unwrap().success());
    assert!(http.get(format!("{origin}/health")).send().await.is_err());
}

/// A panic is answered as an error, and costs neither a connection nor the thread that writes.
#[tokio::test]
async fn a_panic_within_the_storage_ends_nothing_else() {
    let running = run().await;
    for _ in 0..5 {
        let read = running.database.read(|_| -> Result<(), StoreError> { panic!("a read") });
        assert!(matches!(read.await, Err(StoreError::Panicked)));
        let written = running.database.write(|connection| -> Result<(), StoreError> {
            connection.execute("DELETE FROM users", [])?;
            panic!("a change")
        });
        assert!(matches!(written.await, Err(StoreError::Panicked)));
    }
    running.post("/ann/inbox", ENTRY, "a", &entry("A", "")).await;
    assert_eq!(running.get("/ann/inbox").await.feed().entries().len(), 1);
    // Whoever watches the server may not know its name.
    let fields = [("host", "10.0.0.1")];
    let health = running.send(Method::GET, "/health", None, &fields, "").await;
    assert_eq!(health.status, 204);
}

/// When the disk is full, SQLite rolls back the changes of a batch that came before. What is answered as
/// failed is not in the database, and what is answered as made is.
#[tokio::test]
async fn what_a_full_disk_refuses_is_not_stored_and_what_is_acknowledged_is() {
    let running = run().await;
    let database = running.database.clone();
    let prepared = database.write(|connection| {
        connection.execute_batch("CREATE TABLE filled (number INTEGER, octets BLOB)")?;
        Ok::<_, StoreError>(())
    });
    prepared.await.unwrap();
    let limited = database.write(|connection| {
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let sql = format!("PRAGMA max_page_count = {}", pages + 4);
        connection.query_row(&sql, [], |_| Ok(()))?;
        Ok::<_, StoreError>(())
    });
    limited.await.unwrap();
    // The first change waits until all are there, so that they are one batch.
    let (begins, begun) = std::sync::mpsc::channel::<()>();
    let first = database.write(move |_| {
        let _ = begun.recv();
        Ok::<_, StoreError>(())
    });
    let fill = async |number: i64, octets: i64| {
        let sql = "INSERT INTO filled VALUES (?1, zeroblob(?2))";
        let written = database.write(move |connection| {
            connection.execute(sql, [number, octets])?;
            Ok::<_, StoreError>(())
        });
        written.await.is_ok()
    };
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        drop(begins);
    };
    let (_, one, two, three, ()) =
        tokio::join!(first, fill(1, 10), fill(2, 1_000_000), fill(3, 10), release);
    let stored = database.read(|connection| {
        let mut statement = connection.prepare("SELECT number FROM filled")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok::<_, StoreError>(rows.collect::<Result<Vec<i64>, _>>()?)
    });
    let stored = stored.await.unwrap();
    assert!(!two, "there is room for it");
    for (number, is_made) in [(1, one), (2, two), (3, three)] {
        assert_eq!(stored.contains(&number), is_made, "{number}: {stored:?}");
    }
    assert!(three, "what comes after the failure is a batch of its own");
}

/// A large collection is gone at once, and other changes are made while its members are removed.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_collection_of_50000_members_keeps_nobody_waiting() {
    let running = run().await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    running.post(&path, ENTRY, "", &entry("E", "")).await;
    let filled = running.database.write(|connection| {
        let filled = connection.execute_batch(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
             INSERT INTO members (collection, name, kind, is_draft, edited, tag, octets, public_tag,
                 public_edited)
             SELECT collection, 'n' || n, kind, is_draft, edited + n, randomblob(16), octets,
                 randomblob(16), edited + n
             FROM members, numbers WHERE name = 'e'",
        );
        filled.map_err(StoreError::from)
    });
    filled.await.unwrap();
    let left = async || {
        let read = running.database.read(|connection| {
            let sql = "SELECT count(*), (SELECT octets FROM users WHERE name = 'ann') FROM members";
            let row = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
            Ok::<(i64, i64), StoreError>(row?)
        });
        read.await.unwrap()
    };
    let started = Instant::now();
    let deleted = running.send(Method::DELETE, &path, Some(&running.ann), &[], "").await;
    let (deletion, (remaining, _)) = (started.elapsed(), left().await);
    assert_eq!(deleted.status, 204);
    assert_eq!(running.get(&path).await.status, 404);
    assert!(!running.get("/service").await.text().contains(&format!("{path}\"")));
    // Its name is no other one's.
    let again = running.post("/service", ENTRY, "c", &collection("C", "")).await;
    assert_eq!(again, format!("{path}-2"));
    let (mut written, mut longest) = (0, Duration::ZERO);
    while left().await.0 > 1_000 {
        let started = Instant::now();
        running.post("/ann/inbox", ENTRY, "w", &entry("W", "")).await;
        longest = longest.max(started.elapsed());
        written += 1;
        assert!(written < 100_000, "nothing is removed");
    }
    println!(
        "deleted in {deletion:?}, {remaining} members left; {written} entries written meanwhile, \
         the slowest in {longest:?}"
    );
    assert!(remaining > 40_000, "{remaining} are left: they are removed at once");
    assert!(written >= 5, "{written}");
    while left().await.0 > written {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let rest = running.send(Method::DELETE, "/ann/inbox", Some(&running.ann), &[], "").await;
    assert_eq!(rest.status, 204);
    let started = Instant::now();
    while left().await != (0, 0) {
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", left().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
