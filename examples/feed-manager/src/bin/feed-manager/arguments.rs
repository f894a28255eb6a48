//! The arguments of the program.

use clap::{Args, Parser, Subcommand};
use feed_manager::server::Network;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Keeps bundles of feeds for its users, and gives access to them over HTTP.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a database.
    Serve(Serve),
    /// Adds, lists and removes users and their tokens.
    #[command(subcommand)]
    User(User),
}

#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The file of the database, which is created if it does not exist.
    #[arg(long, value_name = "FILE", default_value = "feed-manager.db")]
    pub(crate) database: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The URI by which clients reach the server, such as `https://feeds.example.org`. A database keeps
    /// it. The default is that of the address.
    #[arg(long, value_name = "URI")]
    pub(crate) public_uri: Option<String>,
    /// One more name that requests may have in Host, such as localhost:8080.
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,
    /// A proxy in front of the server, as an address or a network such as 10.0.0.0/8. Its field Forwarded or
    /// X-Forwarded-For says whose requests are counted where nobody is signed in.
    #[arg(long, value_name = "NETWORK")]
    pub(crate) trusted_proxy: Vec<Network>,
    /// An address that is not public, which documents may be fetched from for users all the same.
    #[cfg(feature = "page")]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) fetch_from: Vec<std::net::IpAddr>,
    /// Refuses edits and deletions without a condition (If-Match).
    #[arg(long)]
    pub(crate) demand_conditions: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Adds a user, and prints the user's token.
    Add {
        /// The name in URIs: a-z, 0-9 and hyphens.
        name: String,
        /// The name for people.
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Adds one more token to a user, and prints it.
    Token {
        /// The name of the user.
        name: String,
        #[command(flatten)]
        database: Database,
    },
    /// Lists the users and the numbers of their tokens.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Revokes all tokens of a user, or one.
    Revoke {
        /// The name of the user.
        name: String,
        /// The number of the token.
        #[arg(long)]
        number: Option<i64>,
        #[command(flatten)]
        database: Database,
    },
    /// Removes a user with all collections.
    Remove {
        /// The name of the user.
        name: String,
        #[command(flatten)]
        database: Database,
    },
}
