//! How much memory the program uses for media.

#![cfg(target_os = "linux")]

use crate::concurrency::{program, start};
use crate::fixture::client;
use http::StatusCode;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;

/// The memory that a process has, in MiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// Media that are received and sent slowly, as many at once as may be, are not in memory.
#[tokio::test(flavor = "multi_thread")]
async fn media_that_are_received_and_sent_are_not_in_memory() {
    const OCTETS: usize = 16 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    let added =
        program().args(["user", "add", "ann", "--database"]).arg(&database).output().unwrap();
    let token = String::from_utf8(added.stdout).unwrap().trim().to_owned();
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let (origin, http) = (format!("http://{free}"), client());
    let running = start(&database, &origin, &http).await;
    let posted = http
        .post(format!("{origin}/ann/inbox"))
        .bearer_auth(&token)
        .header("content-type", "image/png")
        .header("slug", "p")
        .body(vec![b'x'; OCTETS])
        .send();
    assert_eq!(posted.await.unwrap().status(), StatusCode::CREATED);
    let before = resident(running.0.id());
    let mut open = Vec::new();
    let connect = async |head: String| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(free).await.unwrap();
        let head = format!("{head}Host: {free}\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    };
    for _ in 0..12 {
        open.push(connect("GET /ann/inbox/p/media HTTP/1.1\r\n".to_owned()).await);
    }
    for _ in 0..4 {
        let head = format!(
            "POST /ann/inbox HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: {OCTETS}\r\n"
        );
        let mut stream = connect(head).await;
        stream.write_all(&vec![b'x'; OCTETS - 1]).await.unwrap();
        open.push(stream);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = resident(running.0.id());
    println!(
        "{before} MiB before, {after} MiB while 16 media resources of 16 MiB are on their way"
    );
    assert!(after < before + 64, "{before} MiB, then {after} MiB");
}
