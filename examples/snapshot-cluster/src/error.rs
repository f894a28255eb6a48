//! What a cluster refuses, beside what a query of a snapshot can fail with.

use datafusion::error::DataFusionError;

/// What a cluster refuses, beside what a query of a snapshot can fail with
/// ([`snapshot_query::Error`]).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value is beyond a limit.
    #[error("limit: {found} is beyond the limit {limit:?}, which is {bound}")]
    Limit {
        /// The name of the limit.
        limit: &'static str,
        /// The value.
        found: u64,
        /// The limit.
        bound: u64,
    },
    /// A message is none that a program of this version writes.
    #[error("message: no program of this version writes this {what}: {why}")]
    Message {
        /// What the message should contain.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A plan contains what this cluster does not run.
    #[error("plan-node: a cluster over snapshots does not run {node}")]
    PlanNode {
        /// What the plan contains.
        node: String,
    },
    /// The index has no entity tag, so that the scheduler could not see that it was replaced.
    #[error("index-etag: the index {uri} has no entity tag")]
    IndexTag {
        /// The URI of the index.
        uri: String,
    },
    /// No executor was there to run the query.
    #[error("no-executor: for {seconds} s, no executor was there to run the query")]
    NoExecutor {
        /// How long the scheduler waited.
        seconds: u64,
    },
    /// A program of the cluster cannot be started or reached.
    #[error("start: {what}")]
    Start {
        /// What failed.
        what: String,
    },
}

impl Error {
    /// The name of the error, which stays the same from version to version.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Limit { .. } => "limit",
            Self::Message { .. } => "message",
            Self::PlanNode { .. } => "plan-node",
            Self::IndexTag { .. } => "index-etag",
            Self::NoExecutor { .. } => "no-executor",
            Self::Start { .. } => "start",
        }
    }

    /// What a user can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Limit { limit: "message", .. } => {
                "start the scheduler and the executors with a higher --message-limit, or publish larger packages"
            }
            Self::Limit { limit: "range", .. } => "have packages cut into larger ranges",
            Self::Limit { limit: "partitions", .. } => "state a lower --partitions",
            Self::Limit { .. } => "publish fewer and larger packages, with shorter URIs",
            Self::Message { .. } => "run programs of the same version on all hosts",
            Self::PlanNode { .. } => {
                "query the table snapshot alone, by SELECT; read other tables on one machine"
            }
            Self::IndexTag { .. } => {
                "serve the index with an ETag, as snapshot-sync does, or query it on one machine"
            }
            Self::NoExecutor { .. } => {
                "start executors with --scheduler, or raise --executor-timeout of the scheduler if they need longer to start"
            }
            Self::Start { .. } => "see the cause; the scheduler must be started first",
        }
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_begins_with_the_name() {
        for error in [
            Error::Limit { limit: "text", found: 2, bound: 1 },
            Error::Message { what: "scan", why: "x".to_owned() },
            Error::PlanNode { node: "CsvScan".to_owned() },
            Error::IndexTag { uri: "http://a/".to_owned() },
            Error::NoExecutor { seconds: 1 },
            Error::Start { what: "x".to_owned() },
        ] {
            assert!(error.to_string().starts_with(&format!("{}: ", error.name())), "{error}");
            assert!(!error.advice().is_empty());
        }
    }
}
