//! What clients may submit: logical plans alone.
//!
//! Ballista's scheduler takes physical plans from clients too, which nobody here has planned: they
//! would contain tasks that a client made up.

use crate::error::Error;
use crate::told::tell;
use bytes::BufMut;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{AsExecutionPlan, PhysicalExtensionCodec};
use std::sync::Arc;

/// A physical plan of a client, which is refused.
#[derive(Debug, Clone)]
pub enum NoPhysicalPlan {}

fn refused() -> DataFusionError {
    tell(Error::PlanNode { node: "a physical plan of a client".to_owned() }.into())
}

impl AsExecutionPlan for NoPhysicalPlan {
    fn try_decode(_: &[u8]) -> Result<Self> {
        Err(refused())
    }

    fn try_encode<B: BufMut>(&self, _: &mut B) -> Result<()> {
        match *self {}
    }

    fn try_into_physical_plan(
        &self,
        _: &TaskContext,
        _: &dyn PhysicalExtensionCodec,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match *self {}
    }

    fn try_from_physical_plan(
        _: Arc<dyn ExecutionPlan>,
        _: &dyn PhysicalExtensionCodec,
    ) -> Result<Self> {
        Err(refused())
    }
}
