//! Joins that one task must run.

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::JoinType;
use datafusion::physical_plan::expressions::lit;
use datafusion::physical_plan::joins::NestedLoopJoinExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, Partitioning,
    ReplaceChildrenOptions,
};
use std::sync::Arc;

/// Has one task run each join without an equality that gives rows, or withholds them, according to what
/// the whole other side contains.
///
/// On one machine, the partitions of such a join find out together which rows of its left side have no
/// partner. The tasks of a cluster know nothing of one another: each would give the rows that have no
/// partner in its own partition, and there would be too many rows. Ballista keeps apart the joins with
/// an equality, and not these.
pub(crate) fn undivided(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    plan.transform_up(|plan| {
        let join = plan.downcast_ref::<NestedLoopJoinExec>();
        let Some(join) = join.filter(|join| {
            depends_on_all(*join.join_type())
                && join.right().output_partitioning().partition_count() > 1
        }) else {
            return Ok(Transformed::no(plan));
        };
        // Ballista takes away a node that only brings partitions together, and keeps a shuffle.
        let one = Partitioning::Hash(vec![lit(0_i64)], 1);
        let right = Arc::new(RepartitionExec::try_new(join.right().clone(), one)?);
        let children: Vec<Arc<dyn ExecutionPlan>> = vec![join.left().clone(), right];
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        plan.clone().replace_children(children, options).map(Transformed::yes)
    })
    .data()
}

/// Whether rows of the left side depend on all partitions of the right one.
fn depends_on_all(join: JoinType) -> bool {
    match join {
        JoinType::Inner
        | JoinType::Right
        | JoinType::RightSemi
        | JoinType::RightAnti
        | JoinType::RightMark => false,
        JoinType::Left
        | JoinType::Full
        | JoinType::LeftSemi
        | JoinType::LeftAnti
        | JoinType::LeftMark => true,
    }
}
