//! moto's server (PyPI), which speaks like S3, on the loopback interface. The tests of snapshot-cluster
//! use this file too.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// If this variable is set, as in CI, the tests fail without moto's server instead of doing nothing.
const NEEDS_S3: &str = "SNAPSHOT_QUERY_NEEDS_S3";

/// What a request must have to read or replace what is there, unless that is public: any credentials.
const AUTHORIZATION: &str = "Authorization: AWS4-HMAC-SHA256 \
    Credential=test/20150623/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n";

/// A server with a bucket `snapshots`. It accepts any credentials.
#[derive(Debug)]
pub(crate) struct Moto {
    child: Child,
    address: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It has ended if the test has failed for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    /// Starts the server; none if it is not installed, which is printed.
    pub(crate) fn start() -> Option<Self> {
        let installed = Command::new("python3").args(["-c", "import moto.server"]).output();
        if !installed.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os(NEEDS_S3).is_none(), "moto's server is not installed");
            eprintln!("SKIPPED: moto's server is not installed (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("python3")
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, address: format!("127.0.0.1:{port}") };
        let patience = Instant::now() + Duration::from_secs(60);
        while let Err(error) = TcpStream::connect(&server.address) {
            assert!(Instant::now() < patience, "no server: {error}");
            std::thread::sleep(Duration::from_millis(200));
        }
        server.ask("/snapshots", "", b"");
        Some(server)
    }

    /// The host and the port of the server.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Puts an object into the bucket.
    pub(crate) fn put(&self, key: &str, content_type: &str, octets: &[u8]) {
        self.put_with("", key, content_type, octets);
    }

    /// Puts an object into the bucket, by a request with more fields.
    pub(crate) fn put_with(&self, fields: &str, key: &str, content_type: &str, octets: &[u8]) {
        let fields = format!("Content-Type: {content_type}\r\n{fields}");
        self.ask(&format!("/snapshots/{key}"), &fields, octets);
    }

    fn ask(&self, path: &str, fields: &str, octets: &[u8]) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: {}\r\n{AUTHORIZATION}{fields}Content-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.address,
            octets.len()
        );
        stream.write_all(&[head.as_bytes(), octets].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }
}

/// The environment of a program that reads S3 at this address, with this access key and its secret, or
/// anonymously.
pub(crate) fn environment(address: &str, key: Option<(&str, &str)>) -> Vec<(&'static str, String)> {
    let mut environment = vec![
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT", format!("http://{address}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
    ];
    match key {
        Some((key, secret)) => environment.extend([
            ("AWS_ACCESS_KEY_ID", key.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ]),
        None => environment.push(("AWS_SKIP_SIGNATURE", "true".to_owned())),
    }
    environment
}
