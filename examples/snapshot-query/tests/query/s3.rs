//! A snapshot in what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::support::moto::{Moto, environment};
use crate::support::{SMALLEST, TYPE, config, name, rows, short_parts};
use datafusion::catalog::TableProvider;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::collect;
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use snapshot_query::{ManifestState, SnapshotTable, TableOptions};
use std::process::Command;
use std::sync::Arc;
use url::Url;

const KEY: &str = "testing";

/// An index with these references to packages.
fn index(uris: [&str; 2]) -> String {
    serde_json::json!({
        "id": "2015-06-23T00:36:45.885Z", "started": 1_435_019_805_885_u64,
        "completed": 1_435_019_805_885_u64, "uris": uris,
    })
    .to_string()
}

fn store(server: &Moto) -> AmazonS3 {
    let builder = AmazonS3Builder::new().with_bucket_name("snapshots").with_region("us-east-1");
    let builder = builder.with_access_key_id(KEY).with_secret_access_key(KEY).with_allow_http(true);
    builder.with_endpoint(format!("http://{}", server.address())).build().unwrap()
}

/// A session that reads the bucket.
fn session(server: &Moto) -> SessionContext {
    let session = SessionConfig::new().with_target_partitions(3);
    let context = SessionContext::new_with_config(session.with_repartition_file_min_size(0));
    let bucket = Url::parse("s3://snapshots").unwrap();
    context.runtime_env().register_object_store(&bucket, Arc::new(store(server)));
    context
}

/// Puts a snapshot of two packages.
fn put_snapshot(server: &Moto) {
    server.put("s/0", TYPE, &short_parts(100));
    server.put("s/1", TYPE, &short_parts(50));
    server.put("s/index.json", "application/json", index(["0", "1"]).as_bytes());
}

#[tokio::test]
async fn a_package_replaced_in_s3_fails_the_query_by_name() {
    let Some(server) = Moto::start() else { return };
    put_snapshot(&server);
    let context = session(&server);
    // The boundary is that of the Content-Type that the packages were put with.
    let options = TableOptions::default().sizes(SMALLEST);
    let uri = Url::parse("s3://snapshots/s/index.json").unwrap();
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
    let plan = table.scan(&context.state(), None, &[], None).await.unwrap();
    let scan = config(&plan).unwrap().clone();
    assert_eq!(scan.file_groups.len(), 3);
    assert_eq!(rows(&collect(plan, context.task_ctx()).await.unwrap()).len(), 150);

    server.put("s/1", TYPE, &short_parts(50).to_ascii_uppercase());
    let plan = DataSourceExec::from_data_source(scan);
    let error = collect(plan, context.task_ctx()).await.unwrap_err();
    assert_eq!(name(&error), "package-changed");
}

#[tokio::test]
async fn credentials_and_endpoint_come_from_the_environment() {
    let Some(server) = Moto::start() else { return };
    put_snapshot(&server);
    let output = Command::new(env!("CARGO_BIN_EXE_snapshot-query"))
        .args(["--from", "s3://snapshots/s/index.json"])
        .arg("select count(*) as parts from snapshot")
        .envs(environment(server.address(), Some((KEY, KEY))))
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("| 150 "), "{out}{err}");
}

/// `snapshot-sync publish --to` puts the index of the latest snapshot above the directory of the
/// snapshot. The store does not say here what the packages are.
#[tokio::test]
async fn the_index_of_the_latest_snapshot_in_s3_leads_to_the_manifest_beside_the_packages() {
    let Some(server) = Moto::start() else { return };
    let packages = [short_parts(100), short_parts(50)];
    let entry = |(number, last): (usize, &str)| {
        let (octets, parts) = (packages[number].len(), [100, 50][number]);
        serde_json::json!({"octets": octets, "parts": parts, "last_uri": last})
    };
    let own = index(["0.multipart", "1.multipart"]);
    let entries = [(0, "/a"), (1, "/b")].map(entry);
    let manifest = serde_json::json!({"index": own, "content_type": TYPE, "packages": entries});
    for (number, octets) in packages.iter().enumerate() {
        server.put(
            &format!("p/snapshots/x/{number}.multipart"),
            "application/octet-stream",
            octets,
        );
    }
    server.put("p/snapshots/x/manifest.json", "application/json", manifest.to_string().as_bytes());
    let latest = index(["snapshots/x/0.multipart", "snapshots/x/1.multipart"]);
    server.put("p/latest.json", "application/json", latest.as_bytes());

    let context = session(&server);
    let uri = Url::parse("s3://snapshots/p/latest.json").unwrap();
    let options = TableOptions::default();
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
    assert_eq!(table.manifest_state(), Some(ManifestState::Found));
    let plan = table.scan(&context.state(), None, &[], None).await.unwrap();
    assert_eq!(rows(&collect(plan, context.task_ctx()).await.unwrap()).len(), 150);
}
