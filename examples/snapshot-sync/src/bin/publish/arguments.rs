//! The arguments of the program.

use crate::attaching::Command;
use crate::duration::duration;
use clap::{Args, Parser};
use snapshot_sync::logs::Format;
use snapshot_sync::publisher::attached::snapshots_of;
use snapshot_sync::publisher::listen::Limits;
use snapshot_sync::publisher::server::Waits;
use snapshot_sync::publisher::store::Entities;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Publishes a database as a snapshot and a change event feed, until it receives SIGTERM or SIGINT.
#[derive(Debug, Clone, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Program {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) publish: Option<Arguments>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The database: that of an application, of which a table is attached, or one of this program,
    /// which is created if it does not exist.
    #[arg(long, value_name = "FILE")]
    pub(crate) database: PathBuf,
    /// Publishes the current state into an object store and exits: a directory (file:///srv/snapshots), or
    /// with the feature s3 a prefix in a bucket (s3://bucket/prefix). Credentials come from the environment
    /// (AWS_ACCESS_KEY_ID). What an interrupted run has uploaded is not uploaded again.
    #[cfg(feature = "object-store")]
    #[arg(long, value_name = "URI", conflicts_with_all = [
        "listen", "snapshot_every", "keep_events", "token_file", "connections", "waiting_clients", "gather",
        "changes_per_second",
    ])]
    // It is read later: a message of this parser would show the credentials in it.
    pub(crate) to: Option<String>,
    /// Publishes into an object store, which needs the feature object-store.
    #[cfg(not(feature = "object-store"))]
    #[arg(long, value_name = "URI", hide = true)]
    // It is refused later, for the same reason.
    pub(crate) to: Option<String>,
    /// The address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The address to serve metrics on, at /metrics; a port alone is one of 127.0.0.1.
    #[cfg(feature = "metrics")]
    #[arg(long, value_name = "ADDR", value_parser = snapshot_sync::metrics::address)]
    #[cfg_attr(feature = "object-store", arg(conflicts_with = "to"))]
    pub(crate) metrics: Option<SocketAddr>,
    /// How logs are written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) log_format: Format,
    /// The directory of the snapshots; by default that with the database's name and -snapshots. Those
    /// of earlier runs are served again.
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// The size in octets at which a package is full.
    #[arg(long, default_value_t = 3 * 1024 * 1024)]
    pub(crate) package_octets: u64,
    /// Writes no compressed forms (gzip, zstd) beside the packages.
    #[arg(long)]
    pub(crate) no_codings: bool,
    /// The number of seconds between snapshots. Without this option a snapshot is written only if
    /// there is none.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) snapshot_every: Option<u32>,
    /// The number of seconds for which a snapshot is kept after a newer one has replaced it.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) keep: u32,
    /// The time for which events are kept, such as 30d, 12h or 15m. Archive documents that are older, and
    /// older than the oldest snapshot that is kept, are removed, with the versions that their events
    /// replaced: a replica that was away for longer begins again with a snapshot. Without this option all
    /// events are kept. It needs new snapshots.
    #[arg(long, value_name = "DURATION", requires = "snapshot_every", value_parser = duration)]
    pub(crate) keep_events: Option<Duration>,
    /// A file that contains the token that clients must send.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The limit on simultaneous connections.
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().connections)]
    pub(crate) connections: usize,
    /// The limit on clients that wait for the next event (Prefer: wait) at the same time. Others are
    /// answered at once. Each has a connection, and 16 connections must be left for others, or half of
    /// them if there are fewer than 32. By default it is 512, or as many as that permits.
    #[arg(long, value_name = "COUNT")]
    pub(crate) waiting_clients: Option<usize>,
    /// The number of milliseconds for which events are gathered, from its request on, before a client
    /// that waits is answered. Each answer has the whole last document of the feed: with 50, a client
    /// gets at most 20 a second. An event that comes later is sent at once.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50, value_parser = clap::value_parser!(u16).range(..=5000))]
    pub(crate) gather: u16,
    /// The limit on events in an archive document. A database keeps the limit with which it was
    /// created.
    #[arg(long, default_value_t = 1000)]
    pub(crate) page_events: u64,
    /// The path of entities. A database keeps the path with which it was created: this option then
    /// only says which one is expected.
    #[arg(long, value_name = "PATH")]
    pub(crate) entities: Option<Entities>,
    /// The URI of the publisher's root as clients see it, for example behind a proxy. References are
    /// then absolute; without this option they are relative, so that every proxy passes them on.
    #[arg(long, value_name = "URI")]
    pub(crate) base_uri: Option<String>,
    /// Fills a database that was never published with this number of generated entities.
    #[arg(long, value_name = "COUNT")]
    pub(crate) generate: Option<u64>,
    /// Makes this number of generated changes a second to the generated entities.
    #[arg(long, value_name = "COUNT", requires = "generate", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) changes_per_second: Option<u32>,
}

impl Arguments {
    /// The limits of the listener, and those on clients that wait.
    pub(crate) fn limits(&self) -> anyhow::Result<(Limits, Waits)> {
        let limits = Limits { connections: self.connections, ..Limits::default() };
        let (most, connections) = (limits.most_waiting(), limits.connections);
        let default = Waits::default();
        let clients = self.waiting_clients.unwrap_or_else(|| default.clients.min(most));
        anyhow::ensure!(
            clients <= most,
            "--waiting-clients {clients} would leave too few of {connections} connections for other clients: \
             give at most {most}, or more --connections"
        );
        let gather = Duration::from_millis(self.gather.into());
        Ok((limits, Waits { clients, gather, ..default }))
    }

    /// Whether compressed forms are written beside the packages. No object store gets them.
    pub(crate) fn codings(&self) -> bool {
        #[cfg(feature = "object-store")]
        if self.to.is_some() {
            return false;
        }
        !self.no_codings
    }

    /// The directory of the snapshots.
    pub(crate) fn store(&self) -> PathBuf {
        self.store.clone().unwrap_or_else(|| snapshots_of(&self.database))
    }
}
