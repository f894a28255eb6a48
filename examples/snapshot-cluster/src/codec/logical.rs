//! The codec of logical plans, which a client sends to the scheduler.

use super::wire::{Terms, read_table, write_table};
use crate::error::Error;
use crate::told::tell;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use snapshot_query::SnapshotTable;
use std::sync::Arc;

/// The codec of logical plans: it knows the table of a snapshot, and nothing else.
///
/// Ballista's own codec, which knows files of several formats, is not used.
#[derive(Debug, Clone, Default)]
pub struct LogicalCodec {
    terms: Terms,
}

impl LogicalCodec {
    /// The codec of a host with these terms.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms }
    }
}

fn foreign<T>(node: &str) -> Result<T> {
    Err(tell(Error::PlanNode { node: node.to_owned() }.into()))
}

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(&self, _: &[u8], _: &[LogicalPlan], _: &TaskContext) -> Result<Extension> {
        foreign("an extension of logical plans")
    }

    fn try_encode(&self, node: &Extension, _: &mut Vec<u8>) -> Result<()> {
        foreign(node.node.name())
    }

    fn try_decode_table_provider(
        &self,
        octets: &[u8],
        _: &TableReference,
        schema: SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        let table = read_table(octets, &self.terms).map_err(tell)?;
        if table.schema() != schema {
            let why = "the plan has another schema than the table".to_owned();
            return Err(tell(Error::Message { what: "table", why }.into()));
        }
        Ok(Arc::new(table))
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        table: Arc<dyn TableProvider>,
        octets: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(table) = table.downcast_ref::<SnapshotTable>() else {
            return foreign(&format!("a scan of the table {name}"));
        };
        octets.extend(write_table(table, &self.terms.limits)?);
        Ok(())
    }

    fn try_decode_file_format(
        &self,
        _: &[u8],
        _: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        foreign("a file format")
    }

    fn try_encode_file_format(&self, _: &mut Vec<u8>, _: Arc<dyn FileFormatFactory>) -> Result<()> {
        foreign("a file format")
    }
}
