//! Plans of a client that does not keep to the rules are refused before anything is read.

use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};
use datafusion_proto::logical_plan::AsLogicalPlan;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use snapshot_cluster::codec::{LogicalCodec, PhysicalCodec, Terms};
use snapshot_cluster::submitted::NoPhysicalPlan;
use snapshot_cluster::told::{heard, named};
use snapshot_cluster::{guard, session};
use std::sync::Arc;

/// The message of a named error, also of one that was told.
fn message(error: &DataFusionError) -> String {
    let text = error.to_string();
    let heard = heard(&text).map(|(message, _)| message.to_owned());
    heard.or_else(|| named(error).map(|(message, _)| message)).unwrap_or(text)
}

/// What the scheduler makes of a plan that a client wrote with Ballista's own codec.
async fn submitted(client: &SessionContext, sql: &str) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = client.state().create_logical_plan(sql).await?;
    let plan = client.state().optimize(&plan)?;
    let foreign = BallistaLogicalExtensionCodec::default();
    let node = LogicalPlanNode::try_from_logical_plan(&plan, &foreign)?;
    let scheduler = session::of_scheduler(SessionConfig::new_with_ballista(), &Terms::default())?;
    let scheduler = SessionContext::new_with_state(scheduler);
    let codec = LogicalCodec::new(Terms::default());
    let plan = node.try_into_logical_plan(&scheduler.task_ctx(), &codec)?;
    scheduler.state().create_physical_plan(&plan).await
}

async fn client(directory: &std::path::Path) -> SessionContext {
    let file = directory.join("secret.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    let client = SessionContext::new();
    let options = CsvReadOptions::new();
    client.register_csv("secret", file.to_str().unwrap(), options).await.unwrap();
    client
}

#[tokio::test]
async fn a_logical_plan_reads_no_files_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let client = client(directory.path()).await;
    let out = directory.path().join("out");
    let out = out.to_str().unwrap();
    for sql in [
        "select * from secret".to_owned(),
        "select 1 where 1 in (select a from secret)".to_owned(),
        "select (select max(a) from secret)".to_owned(),
        "with x as (select * from secret) select 1 from x union all select 2".to_owned(),
        format!("copy (select 1 as a) to '{out}' stored as csv"),
        format!("create external table t stored as csv location '{out}'"),
        "create view v as select 1".to_owned(),
        "with recursive r as (select 1 as n union all select n + 1 from r) select * from r limit 3"
            .to_owned(),
    ] {
        let error = submitted(&client, &sql).await.map(|_| ()).unwrap_err();
        assert!(message(&error).starts_with("plan-node: "), "{sql}: {error}");
    }
    assert!(!std::path::Path::new(out).exists());
    for sql in ["select 1", "values (1), (2)", "select sum(a) from (values (1)) as t(a)"] {
        submitted(&client, sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_task_reads_no_files_and_writes_none() {
    let directory = tempfile::tempdir().unwrap();
    let client = client(directory.path()).await;
    let out = directory.path().join("out");
    for sql in [
        "select a from secret where b > 1".to_owned(),
        "select * from generate_series(1, 10)".to_owned(),
        format!("copy (select 1 as a) to '{}' stored as csv", out.to_str().unwrap()),
    ] {
        let plan = client.state().create_logical_plan(&sql).await.unwrap();
        let plan = client.state().create_physical_plan(&plan).await.unwrap();
        let foreign = BallistaPhysicalExtensionCodec::default();
        let node = PhysicalPlanNode::try_from_physical_plan(plan, &foreign).unwrap();
        let codec = PhysicalCodec::new(Terms::default());
        let plan = node.try_into_physical_plan(&client.task_ctx(), &codec).unwrap();
        assert_eq!(guard::physical(&plan).unwrap_err().name(), "plan-node", "{sql}");
    }
}

#[test]
fn a_client_submits_no_physical_plan() {
    let error = NoPhysicalPlan::try_decode(&[]).unwrap_err();
    assert!(message(&error).starts_with("plan-node: "), "{error}");
}
