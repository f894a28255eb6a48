//! Clusters of real processes, snapshots on a server that the test holds still, and what the same
//! query gives on one machine.

#[cfg(feature = "s3")]
#[path = "../../../../snapshot-query/tests/query/support/moto.rs"]
pub(crate) mod moto;
mod processes;
#[cfg(feature = "s3")]
mod relay;
mod web;

use clap::Parser;
use datafusion::prelude::{SessionConfig, SessionContext};
#[cfg(feature = "s3")]
pub(crate) use processes::Environment;
pub(crate) use processes::{Cluster, PATIENCE, Process, until};
#[cfg(feature = "s3")]
pub(crate) use relay::Relay;
use snapshot_query::command::{Query, register_functions};
pub(crate) use web::Web;

/// The Content-Type of the packages.
pub(crate) const TYPE: &str = "multipart/package; boundary=b";

/// A package of so many JSON parts, whose numbers begin after those of the packages before.
pub(crate) fn package(number: usize, parts: usize) -> Vec<u8> {
    let mut package = Vec::new();
    for part in 0..parts {
        let id = number * parts + part;
        let body = format!("{{\"name\": \"{}\", \"id\": {id}}}", ["chair", "table"][id % 2]);
        let head = format!(
            "--b\r\nContent-Location: /entities/{id}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        package.extend_from_slice(head.as_bytes());
        package.extend_from_slice(body.as_bytes());
        package.extend_from_slice(b"\r\n");
    }
    package.extend_from_slice(b"--b--\r\n");
    package
}

/// A snapshot of so many packages, on a server of its own.
pub(crate) fn snapshot(packages: usize, parts: usize) -> Web {
    let web = Web::start();
    let uris: Vec<_> = (0..packages).map(|number| number.to_string()).collect();
    let index = snapshot_index::SnapshotIndex::builder()
        .id("2015-06-23T00:36:45.885Z")
        .started("2015-06-23T00:36:45.885Z".parse().unwrap())
        .completed("2015-06-23T00:37:45.885Z".parse().unwrap())
        .uris(uris)
        .build()
        .unwrap();
    web.put("/s/index.json", "application/json", index.to_vec().unwrap());
    for number in 0..packages {
        web.put(&format!("/s/{number}"), TYPE, package(number, parts));
    }
    web
}

/// A client that runs the query gets this error, with what to do.
#[track_caller]
pub(crate) fn assert_told(told: &str, name: &str) {
    assert!(told.starts_with(&format!("snapshot-cluster: {name}: ")), "{told}");
    assert!(told.contains("\nTo do: "), "{told}");
}

#[derive(Debug, Parser)]
struct One {
    #[command(flatten)]
    query: Query,
}

/// What a query prints on this machine, without a cluster.
pub(crate) fn alone(arguments: &[&str]) -> String {
    let arguments = ["one"].iter().chain(arguments);
    let query = One::parse_from(arguments).query;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let config = query.configure(SessionConfig::new());
        let mut context = SessionContext::new_with_config(config);
        register_functions(&mut context).unwrap();
        query.run(&context).await.unwrap().printed().to_owned()
    })
}
