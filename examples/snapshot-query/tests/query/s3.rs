//! A snapshot in what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::support::{SMALLEST, TYPE, config, name, rows, short_parts};
use datafusion::catalog::TableProvider;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::collect;
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{Attribute, Attributes, ObjectStore, PutOptions};
use snapshot_query::{SnapshotTable, TableOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

const INDEX: &str = r#"{"id":"2015-06-23T00:36:45.885Z","started":1435019805885,"completed":1435019805885,"uris":["0","1"]}"#;
const KEY: &str = "testing";

/// If this variable is set, as in CI, the tests fail without moto's server instead of doing nothing.
const NEEDS_S3: &str = "SNAPSHOT_QUERY_NEEDS_S3";

/// A server with a bucket `snapshots`.
struct Server {
    child: Child,
    endpoint: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended if the test has failed for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the server; none if it is not installed, which is printed.
    fn start() -> Option<Self> {
        let installed = Command::new("python3").args(["-c", "import moto.server"]).output();
        if !installed.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os(NEEDS_S3).is_none(), "moto's server is not installed");
            eprintln!("SKIPPED: moto's server is not installed (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new("python3")
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, endpoint: format!("http://{address}") };
        let patience = Instant::now() + Duration::from_secs(60);
        let mut stream = loop {
            match TcpStream::connect(&address) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < patience, "no server: {error}"),
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        let request = format!(
            "PUT /snapshots HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
        Some(server)
    }

    fn store(&self) -> AmazonS3 {
        let builder = AmazonS3Builder::new().with_bucket_name("snapshots").with_region("us-east-1");
        let builder = builder.with_access_key_id(KEY).with_secret_access_key(KEY);
        builder.with_endpoint(&self.endpoint).with_allow_http(true).build().unwrap()
    }

    async fn put(&self, path: &str, octets: Vec<u8>, content_type: &str) {
        let attributes = [(Attribute::ContentType, content_type.to_owned())];
        let attributes = Attributes::from_iter(attributes);
        let options = PutOptions { attributes, ..PutOptions::default() };
        self.store().put_opts(&path.into(), octets.into(), options).await.unwrap();
    }

    /// Puts a snapshot of two packages.
    async fn put_snapshot(&self) {
        self.put("s/0", short_parts(100), TYPE).await;
        self.put("s/1", short_parts(50), TYPE).await;
        self.put("s/index.json", INDEX.into(), "application/json").await;
    }
}

#[tokio::test]
async fn a_package_replaced_in_s3_fails_the_query_by_name() {
    let Some(server) = Server::start() else { return };
    server.put_snapshot().await;
    let session = SessionConfig::new().with_target_partitions(3);
    let context = SessionContext::new_with_config(session.with_repartition_file_min_size(0));
    let bucket = Url::parse("s3://snapshots").unwrap();
    context.runtime_env().register_object_store(&bucket, Arc::new(server.store()));
    // The boundary is that of the Content-Type that the packages were put with.
    let options = TableOptions::default().sizes(SMALLEST);
    let uri = Url::parse("s3://snapshots/s/index.json").unwrap();
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
    let plan = table.scan(&context.state(), None, &[], None).await.unwrap();
    let scan = config(&plan).unwrap().clone();
    assert_eq!(scan.file_groups.len(), 3);
    assert_eq!(rows(&collect(plan, context.task_ctx()).await.unwrap()).len(), 150);

    server.put("s/1", short_parts(50).to_ascii_uppercase(), TYPE).await;
    let plan = DataSourceExec::from_data_source(scan);
    let error = collect(plan, context.task_ctx()).await.unwrap_err();
    assert_eq!(name(&error), "package-changed");
}

#[tokio::test]
async fn credentials_and_endpoint_come_from_the_environment() {
    let Some(server) = Server::start() else { return };
    server.put_snapshot().await;
    let output = Command::new(env!("CARGO_BIN_EXE_snapshot-query"))
        .args(["--from", "s3://snapshots/s/index.json"])
        .arg("select count(*) as parts from snapshot")
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", KEY)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT", &server.endpoint)
        .env("AWS_ALLOW_HTTP", "true")
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("| 150 "), "{out}{err}");
}
