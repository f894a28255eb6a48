//! The command line.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use std::path::PathBuf;

/// Manages lists of feeds on a server of Feed Service Management or AtomPub.
#[derive(Debug, Parser)]
#[command(name = "feedctl", version, after_help = STATUSES)]
pub(crate) struct Arguments {
    /// The URI of the service document, such as `https://feeds.example/service`
    #[arg(long, global = true, env = "FEEDCTL_SERVICE", value_name = "URI")]
    pub(crate) service: Option<String>,
    /// A file with the token. Without it, the token is the value of FEEDCTL_TOKEN, if that is set.
    /// It is sent to the server of the service document alone
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What stands under the help.
const STATUSES: &str = "\
A BUNDLE is a URI, or the title or last path segment of a bundle in the service document.

Exit status:
  0  done
  1  failed: no connection, or an answer that cannot be read
  2  the command line is wrong
  3  the server refused it
  4  partly done: the output says what is missing
  5  somebody else has changed it meanwhile (412), or nothing guards the change
  6  there is no such thing (404, 410)";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the workspaces and collections of the service document
    Service,
    /// List the bundles, or the members of one bundle
    Ls {
        /// The bundle
        bundle: Option<String>,
    },
    /// Add a feed to a bundle
    Add(Add),
    /// Create a bundle
    AddBundle {
        /// Its title
        title: String,
        /// A suggestion for its URI
        #[arg(long)]
        slug: Option<String>,
        /// Let everybody read it
        #[arg(long)]
        public: bool,
    },
    /// Show a member, by its edit URI
    Show {
        /// The edit URI of the member
        uri: String,
    },
    /// Edit a member, by its edit URI
    Edit(Edit),
    /// Delete a member, by its edit URI, or a bundle
    Rm {
        /// The edit URI of the member, or the bundle
        uri: String,
        /// Delete a bundle with all its members
        #[arg(long)]
        bundle: bool,
        /// Delete whatever is there, in whichever state. Otherwise nothing is deleted that somebody else has
        /// changed since feedctl looked at it
        #[arg(long)]
        unguarded: bool,
    },
    /// Visit a bundle and the bundles that it refers to, on any servers
    Follow(Follow),
    /// Write a bundle as OPML
    Export {
        /// The bundle
        bundle: String,
        /// The file to write; standard output without it
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Put the bundles that it refers to into the document
        #[arg(long)]
        walk: bool,
        /// Put queries into the document. They may hold secrets
        #[arg(long)]
        with_queries: bool,
    },
    /// Add the feeds of an OPML document to a bundle. What is there already is kept
    Import {
        /// The document; - is standard input
        file: PathBuf,
        /// The bundle
        #[arg(long, value_name = "BUNDLE")]
        into: String,
    },
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The bundle
    pub(crate) bundle: String,
    /// The URI of the feed
    pub(crate) uri: String,
    /// Its title; the URI without it
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The query that this service is invoked with
    #[arg(long)]
    pub(crate) query: Option<String>,
    /// A URI that says what kind of query it is. Such a query is not appended to the URI of the feed
    #[arg(long, value_name = "URI", requires = "query")]
    pub(crate) query_scheme: Option<String>,
    /// A description
    #[arg(long)]
    pub(crate) summary: Option<String>,
    /// Add a reference to the bundle at the URI
    #[arg(long, conflicts_with = "query")]
    pub(crate) reference: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The edit URI of the member
    pub(crate) uri: String,
    /// The new title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The new query, which keeps its scheme; an empty one removes it
    #[arg(long)]
    pub(crate) query: Option<String>,
    /// The new scheme of the query; an empty one removes it
    #[arg(long, value_name = "URI")]
    pub(crate) query_scheme: Option<String>,
    /// The new description
    #[arg(long)]
    pub(crate) summary: Option<String>,
    /// Edit it although the server gives nothing that guards against overwriting a change of somebody
    /// else
    #[arg(long)]
    pub(crate) unguarded: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// The bundle to begin at
    pub(crate) uri: String,
    /// Keep a copy of it in this bundle of yours: a feed that is gone from it is marked, not deleted
    #[arg(long, value_name = "BUNDLE")]
    pub(crate) into: Option<String>,
    /// How many references lead away from the first bundle at most
    #[arg(long, default_value_t = 8)]
    pub(crate) depth: u64,
    /// Visit bundles of this server only
    #[arg(long)]
    pub(crate) same_server: bool,
}
