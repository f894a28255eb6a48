//! Snapshots in memory, a store that notes and answers as a test wants it, and the rows that a
//! sequential reader gives.

#[cfg(feature = "s3")]
pub(crate) mod moto;
mod server;
mod store;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use multipart_package::Reader;
use object_store::{ObjectStoreExt, memory::InMemory};
pub(crate) use server::{Answer, Request, Server};
use snapshot_query::{Error, RangeSizes, Scan, SnapshotSource, SnapshotTable, TableOptions};
use std::sync::Arc;
pub(crate) use store::Noting;
use url::Url;

pub(crate) const TYPE: &str = "multipart/package; boundary=b";
pub(crate) const INDEX: &str = "memory:///s/index.json";

/// A part of the snapshot, as a row of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) package: String,
    pub(crate) offset: i64,
    pub(crate) location: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) length: i64,
    pub(crate) content_digest: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// A package whose parts have these bodies.
pub(crate) fn package(bodies: &[&[u8]]) -> Vec<u8> {
    let mut package = Vec::new();
    for (number, body) in bodies.iter().enumerate() {
        let head = format!(
            "--b\r\nContent-Location: /{number}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        package.extend_from_slice(head.as_bytes());
        package.extend_from_slice(body);
        package.extend_from_slice(b"\r\n");
    }
    package.extend_from_slice(b"--b--\r\n");
    package
}

/// A package of so many short parts.
pub(crate) fn short_parts(parts: usize) -> Vec<u8> {
    let bodies: Vec<_> = (0..parts).map(|number| format!("body {number}")).collect();
    package(&bodies.iter().map(String::as_bytes).collect::<Vec<_>>())
}

/// The rows of packages, by a reader that reads each from its start to its end.
pub(crate) fn sequential(packages: &[Vec<u8>]) -> Result<Vec<Row>, multipart_package::Error> {
    let reader = Reader::from_content_type(TYPE.as_bytes())?;
    let mut rows = Vec::new();
    for (number, octets) in packages.iter().enumerate() {
        for part in reader.parts(octets) {
            let part = part?;
            let text = |name| {
                let value = part.head().unfolded(name)?;
                Some(String::from_utf8(value.into_owned()).unwrap())
            };
            rows.push(Row {
                package: format!("memory:///s/{number}"),
                offset: i64::try_from(part.head().offset()).unwrap(),
                location: text("content-location"),
                content_type: text("content-type"),
                length: i64::try_from(part.body().len()).unwrap(),
                content_digest: text("content-digest"),
                body: part.body().to_vec(),
            });
        }
    }
    rows.sort();
    Ok(rows)
}

/// A snapshot in memory, and a session that queries it.
pub(crate) struct Snapshot {
    pub(crate) context: SessionContext,
    pub(crate) store: Arc<Noting>,
    pub(crate) options: TableOptions,
}

/// Any number of octets may be a range of its own.
pub(crate) const SMALLEST: RangeSizes = RangeSizes::DEFAULT.fewest(1).most(u64::MAX);

impl Snapshot {
    /// A snapshot of these packages, whose files of any size are cut into so many partitions.
    pub(crate) async fn of(packages: &[Vec<u8>], partitions: usize) -> Self {
        let memory = InMemory::new();
        let uris: Vec<_> = (0..packages.len()).map(|number| number.to_string()).collect();
        let index = snapshot_index::SnapshotIndex::builder()
            .id("2015-06-23T00:36:45.885Z")
            .started("2015-06-23T00:36:45.885Z".parse().unwrap())
            .completed("2015-06-23T00:37:45.885Z".parse().unwrap())
            .uris(uris)
            .build()
            .unwrap();
        memory.put(&"s/index.json".into(), index.to_vec().unwrap().into()).await.unwrap();
        for (number, octets) in packages.iter().enumerate() {
            memory.put(&format!("s/{number}").into(), octets.clone().into()).await.unwrap();
        }
        Self::over(Arc::new(memory), partitions)
    }

    /// What a store holds as a snapshot.
    pub(crate) fn over(store: Arc<dyn object_store::ObjectStore>, partitions: usize) -> Self {
        let config = SessionConfig::new()
            .with_target_partitions(partitions)
            .with_repartition_file_min_size(0);
        let context = SessionContext::new_with_config(config);
        let store = Arc::new(Noting::new(store));
        let url = Url::parse("memory:///").unwrap();
        context.runtime_env().register_object_store(&url, store.clone());
        let options = TableOptions::default().content_type(Some(TYPE.to_owned())).sizes(SMALLEST);
        Self { context, store, options }
    }

    pub(crate) async fn table(&self) -> Result<Arc<SnapshotTable>, DataFusionError> {
        let uri = Url::parse(INDEX).unwrap();
        let runtime = self.context.runtime_env();
        Ok(Arc::new(SnapshotTable::open(&runtime, &uri, self.options.clone()).await?))
    }

    /// The batches of a query.
    pub(crate) async fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>, DataFusionError> {
        let _ = self.context.deregister_table("snapshot")?;
        self.context.register_table("snapshot", self.table().await?)?;
        self.context.sql(sql).await?.collect().await
    }

    /// All rows, in the order of packages and offsets.
    pub(crate) async fn rows(&self) -> Result<Vec<Row>, DataFusionError> {
        self.sql("select * from snapshot").await.map(|batches| rows(&batches))
    }

    /// The name of the error that all rows fail with.
    pub(crate) async fn failure(&self) -> &'static str {
        name(&self.rows().await.unwrap_err())
    }

    /// The configuration of a scan of all columns.
    pub(crate) async fn scan(&self) -> Result<FileScanConfig, DataFusionError> {
        use datafusion::catalog::TableProvider;
        let plan = self.table().await?.scan(&self.context.state(), None, &[], None).await?;
        Ok(config(&plan).unwrap().clone())
    }

    /// The rows of a scan.
    pub(crate) async fn rows_of(
        &self,
        config: FileScanConfig,
    ) -> Result<Vec<Row>, DataFusionError> {
        let plan = DataSourceExec::from_data_source(config);
        Ok(rows(&collect(plan, self.context.task_ctx()).await?))
    }
}

/// The name of the error that a query failed with.
pub(crate) fn name(error: &DataFusionError) -> &'static str {
    Error::of(error).unwrap_or_else(|| panic!("an error without a name: {error}")).name()
}

/// The scan in a plan.
pub(crate) fn config(plan: &Arc<dyn ExecutionPlan>) -> Option<&FileScanConfig> {
    let found = plan.downcast_ref::<DataSourceExec>();
    let found = found.and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    found.map(|found| found.0).or_else(|| plan.children().into_iter().find_map(config))
}

/// The same scan with other ranges, in one partition each, as if a wire had carried it.
pub(crate) fn cut(config: &FileScanConfig, cuts: &[u64]) -> Scan {
    let scan = Scan::of(config).unwrap().unwrap();
    let mut scan = serde_json::to_value(&scan).unwrap();
    let task = scan["partitions"][0][0].clone();
    let end = task["package"]["close"].as_u64().unwrap() + 1;
    let borders: Vec<_> = [0].into_iter().chain(cuts.iter().copied()).chain([end]).collect();
    let partition = |ends: &[u64]| {
        let mut task = task.clone();
        task["range"] = serde_json::json!({ "start": ends[0], "end": ends[1] });
        vec![task]
    };
    scan["partitions"] = borders.windows(2).map(partition).collect();
    serde_json::from_value(scan).unwrap()
}

/// The rows of batches that have all columns, in the order of packages and offsets.
pub(crate) fn rows(batches: &[RecordBatch]) -> Vec<Row> {
    let mut rows = Vec::new();
    for batch in batches {
        let text = |name: &str, row: usize| {
            let column = batch.column_by_name(name).unwrap().as_string::<i32>();
            column.is_valid(row).then(|| column.value(row).to_owned())
        };
        let number = |name: &str, row: usize| {
            batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().value(row)
        };
        let bodies = batch.column_by_name("body").unwrap();
        for row in 0..batch.num_rows() {
            let body = match bodies.as_binary_opt::<i32>() {
                Some(bodies) => bodies.value(row).to_vec(),
                None => bodies.as_string::<i32>().value(row).as_bytes().to_vec(),
            };
            rows.push(Row {
                package: text("package", row).unwrap(),
                offset: number("offset", row),
                location: text("location", row),
                content_type: text("content_type", row),
                length: number("length", row),
                content_digest: text("content_digest", row),
                body,
            });
        }
    }
    rows.sort();
    rows
}
