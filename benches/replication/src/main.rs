//! What one would write without the codecs: a table as files of JSON Lines, replicated over HTTP.
//!
//! `measure.py` runs it beside `publish` and `replicate`: the same server, table, transactions and
//! parallel fetches. It checks nothing that its libraries do not check, resumes nothing and follows
//! nothing.

#![forbid(unsafe_code)]

use anyhow::Context;
use axum::Router;
use clap::Parser;
use futures_util::StreamExt;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::shutdown::Asked;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;

/// How many entities are stored in one transaction, as by `replicate`.
const TRANSACTION: usize = 10_000;
/// How many files are fetched at once, as by `replicate`.
const PARALLEL: usize = 4;
/// As by `replicate`.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA cache_size = -16384;
";
const SCHEMA: &str =
    "CREATE TABLE entity (uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL) WITHOUT ROWID";
/// With the media types, as `replicate` stores them.
const TYPED: &str = "CREATE TABLE entity
    (uri TEXT PRIMARY KEY, etag TEXT, type TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID";

#[derive(Debug, Parser)]
enum Command {
    /// Writes a publisher's entities into files.
    Write { database: PathBuf, directory: PathBuf, file_octets: u64 },
    /// Serves the files.
    Serve { directory: PathBuf, listen: SocketAddr },
    /// Replicates them into a new database.
    Replicate { uri: String, database: PathBuf },
    /// Inserts them from memory into a new database, and prints the seconds that this takes.
    Insert { source: PathBuf, database: PathBuf },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    uri: String,
    etag: String,
    body: Box<RawValue>,
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Write { database, directory, file_octets } => {
            write(&database, &directory, file_octets)
        }
        Command::Serve { directory, listen } => Runtime::new()?.block_on(serve(&directory, listen)),
        Command::Replicate { uri, database } => {
            Runtime::new()?.block_on(replicate(uri.trim_end_matches('/'), &database))
        }
        Command::Insert { source, database } => insert(&source, &database),
    }
}

/// The least that any copy takes: no requests, no checks, nothing to parse.
#[allow(clippy::print_stdout, reason = "the script reads it")]
fn insert(source: &Path, database: &Path) -> anyhow::Result<()> {
    let rows = {
        let source = Connection::open(source)?;
        let mut select = source.prepare("SELECT uri, etag, type, body FROM entity ORDER BY uri")?;
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let rows = select.query_map([], row)?;
        rows.collect::<Result<Vec<(String, String, String, Vec<u8>)>, _>>()?
    };
    let began = Instant::now();
    let connection = Connection::open(database)?;
    connection.execute_batch(SETTINGS)?;
    connection.execute_batch(TYPED)?;
    {
        let mut insert = connection.prepare("INSERT INTO entity VALUES (?1, ?2, ?3, ?4)")?;
        for rows in rows.chunks(TRANSACTION) {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for (uri, etag, media_type, body) in rows {
                insert.execute(params![uri, etag, media_type, body])?;
            }
            connection.execute_batch("COMMIT")?;
        }
    }
    drop(connection);
    println!("{}", began.elapsed().as_secs_f64());
    Ok(())
}

fn write(database: &Path, directory: &Path, file_octets: u64) -> anyhow::Result<()> {
    fs::create_dir_all(directory)?;
    let connection = Connection::open(database)?;
    let mut select = connection.prepare("SELECT uri, etag, body FROM entity ORDER BY uri")?;
    let mut rows = select.query([])?;
    let (mut names, mut file, mut octets) = (Vec::new(), None, 0);
    while let Some(row) = rows.next()? {
        let line = serde_json::to_vec(&line(row)?)?;
        let open = match &mut file {
            Some(open) => open,
            None => {
                let name = format!("{}.jsonl", names.len());
                octets = 0;
                let created = File::create(directory.join(&name))?;
                names.push(name);
                file.insert(BufWriter::new(created))
            }
        };
        open.write_all(&line)?;
        open.write_all(b"\n")?;
        octets += line.len() as u64 + 1;
        if octets >= file_octets
            && let Some(mut full) = file.take()
        {
            full.flush()?;
        }
    }
    if let Some(mut last) = file {
        last.flush()?;
    }
    Ok(fs::write(directory.join("names.json"), serde_json::to_vec(&names)?)?)
}

fn line(row: &Row<'_>) -> anyhow::Result<Line> {
    let body: Vec<u8> = row.get(2)?;
    Ok(Line { uri: row.get(0)?, etag: row.get(1)?, body: serde_json::from_slice(&body)? })
}

async fn serve(directory: &Path, address: SocketAddr) -> anyhow::Result<()> {
    let routes = Router::new().fallback_service(ServeDir::new(directory));
    let listening = Listening::within(&Limits::default(), address, routes).await?;
    Asked::new()?.wait().await;
    Ok(listening.stop().await?)
}

async fn replicate(from: &str, database: &Path) -> anyhow::Result<()> {
    let client = snapshot_sync::replica::fetch::client().build()?;
    let names = client.get(format!("{from}/names.json")).send().await?.error_for_status()?;
    let names: Vec<String> = serde_json::from_slice(&names.bytes().await?)?;
    let connection = Connection::open(database)?;
    connection.execute_batch(SETTINGS)?;
    connection.execute_batch(SCHEMA)?;
    let (sender, received) = mpsc::channel(PARALLEL);
    let storing = tokio::task::spawn_blocking(move || store(&connection, received));
    let mut names = names.into_iter();
    let mut getting = JoinSet::new();
    loop {
        while getting.len() < PARALLEL
            && let Some(name) = names.next()
        {
            getting.spawn(get(client.clone(), format!("{from}/{name}"), sender.clone()));
        }
        match getting.join_next().await {
            Some(got) => got??,
            None => break,
        }
    }
    drop(sender);
    storing.await?
}

/// Reads a file's lines as they come.
async fn get(
    client: reqwest::Client,
    uri: String,
    sender: mpsc::Sender<Vec<Line>>,
) -> anyhow::Result<()> {
    let mut chunks = client.get(uri).send().await?.error_for_status()?.bytes_stream();
    let mut octets = Vec::new();
    while let Some(chunk) = chunks.next().await {
        octets.extend_from_slice(&chunk?);
        let whole = octets.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        let lines = serde_json::Deserializer::from_slice(&octets[..whole]).into_iter();
        let lines = lines.collect::<Result<Vec<Line>, _>>()?;
        sender.send(lines).await.context("the database has stopped")?;
        octets.drain(..whole);
    }
    Ok(())
}

fn store(connection: &Connection, mut received: mpsc::Receiver<Vec<Line>>) -> anyhow::Result<()> {
    let mut insert = connection.prepare("INSERT INTO entity VALUES (?1, ?2, ?3)")?;
    let mut count = 0;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    while let Some(lines) = received.blocking_recv() {
        for Line { uri, etag, body } in lines {
            insert.execute(params![uri, etag, body.get().as_bytes()])?;
            count += 1;
            if count % TRANSACTION == 0 {
                connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
            }
        }
    }
    Ok(connection.execute_batch("COMMIT")?)
}
