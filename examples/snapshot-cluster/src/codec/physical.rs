//! The codec of physical plans, which the scheduler sends to the executors.

use super::wire::{Terms, read_scan, write_scan};
use crate::error::Error;
use crate::told::tell;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use snapshot_query::{Scan, SnapshotSource};
use std::sync::Arc;

/// What an octet before a node says about it.
const SCAN: u8 = b's';
const BALLISTA: u8 = b'b';

/// The codec of physical plans: it knows scans of snapshots, and what Ballista puts between the stages
/// of a query.
#[derive(Debug, Default)]
pub struct PhysicalCodec {
    terms: Terms,
    ballista: BallistaPhysicalExtensionCodec,
}

impl PhysicalCodec {
    /// The codec of a host with these terms.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms, ballista: BallistaPhysicalExtensionCodec::default() }
    }
}

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        octets: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match octets.split_first() {
            Some((&SCAN, octets)) => {
                let scan = read_scan(octets, &self.terms).map_err(tell)?;
                let config = scan.into_config().map_err(|error| tell(error.into()))?;
                Ok(DataSourceExec::from_data_source(config))
            }
            Some((&BALLISTA, octets)) => {
                self.ballista.try_decode(octets, inputs, context, converter)
            }
            _ => {
                let why = "it begins with an unknown octet".to_owned();
                Err(tell(Error::Message { what: "plan", why }.into()))
            }
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        octets: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let own = node
            .downcast_ref::<DataSourceExec>()
            .and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
        if let Some((config, _)) = own
            && let Some(scan) = Scan::of(config)?
        {
            octets.push(SCAN);
            octets.extend(write_scan(&scan, &self.terms.limits).map_err(tell)?);
            return Ok(());
        }
        octets.push(BALLISTA);
        self.ballista.try_encode(node, octets, converter)
    }
}
