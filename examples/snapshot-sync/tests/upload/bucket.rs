//! A bucket of what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::command::Shop;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const KEY: &str = "testing";

/// A server with the bucket `bucket`.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended if the test has failed for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the server; none if it is not installed, which is printed. `SNAPSHOT_SYNC_PYTHON` names a
    /// Python that has it.
    pub(crate) fn start() -> Option<Self> {
        let named = std::env::var("SNAPSHOT_SYNC_PYTHON").ok();
        let python = named.clone().unwrap_or_else(|| "python3".to_owned());
        let installed = Command::new(&python).args(["-c", "import moto.server"]).output();
        if !installed.is_ok_and(|output| output.status.success()) {
            // Whoever names one wants these tests.
            assert_eq!(named, None, "SNAPSHOT_SYNC_PYTHON has no moto.server");
            eprintln!("SKIPPED: moto's server is not installed (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, address };
        let patience = Instant::now() + Duration::from_secs(180);
        while let Err(error) = TcpStream::connect(&server.address) {
            assert!(Instant::now() < patience, "no server: {error}");
            std::thread::sleep(Duration::from_millis(200));
        }
        let answer = server.ask("PUT /bucket");
        assert!(answer.contains(" 200 "), "{answer}");
        Some(server)
    }

    /// Sends a request without a body, and returns the answer.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let address = &self.address;
        let head = format!("{request} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The bucket as a store.
    pub(crate) fn store(&self) -> AmazonS3 {
        AmazonS3Builder::new()
            .with_bucket_name("bucket")
            .with_region("us-east-1")
            .with_access_key_id(KEY)
            .with_secret_access_key(KEY)
            .with_endpoint(format!("http://{}", self.address))
            .with_allow_http(true)
            .build()
            .unwrap()
    }

    /// `publish --to` a prefix in the bucket.
    pub(crate) fn publish(&self, shop: &Shop, to: &str) -> Command {
        let mut command = shop.publish(&["--to", to]);
        command
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", KEY)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT", format!("http://{}", self.address))
            .env("AWS_ALLOW_HTTP", "true");
        command
    }
}
