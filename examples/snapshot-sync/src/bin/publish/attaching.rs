//! The commands that attach an application's table, and take everything away again.

use crate::duration;
use crate::open::named;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use snapshot_sync::Error;
use snapshot_sync::publisher::attached::{self, Attachment, Body};
use snapshot_sync::publisher::store::Entities;
use std::path::PathBuf;

/// What the program does instead of publishing.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Attaches a table of an application's SQLite database, so that `publish` publishes it.
    Attach(Attach),
    /// Takes everything away that `attach` has made: in the application's database, and the feed and its
    /// snapshots beside it.
    Detach {
        /// The application's database.
        #[arg(long, value_name = "FILE")]
        database: PathBuf,
        /// The directory of the snapshots, if `publish` was given one. Those of other databases stay.
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Attach {
    /// The application's database.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// The table.
    #[arg(long, value_name = "NAME", required_unless_present = "resync")]
    table: Option<String>,
    /// The columns that tell rows apart, with commas between them: those of the primary key, which is
    /// the default, or of a UNIQUE. They make the entity's id.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    key: Vec<String>,
    /// The column that is the entity's state.
    #[arg(long, value_name = "COLUMN", conflicts_with = "columns")]
    body: Option<String>,
    /// The columns that are the members of a JSON object, which is the entity's state. By default these
    /// are all columns that the table has.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
    /// The media type of the entities.
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// How often all rows are compared with what is published, such as 90s, 15m or 12h. A table with
    /// a second UNIQUE needs it, since INSERT OR REPLACE removes rows of it without a trigger.
    #[arg(long, value_name = "DURATION", value_parser = duration::seconds)]
    reconcile: Option<u64>,
    /// How many changes the log in the application's database keeps. If `publish` was away for more, it
    /// compares all rows.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    keep_changes: Option<u64>,
    /// The path of entities; by default the name of the table, if it can be one.
    #[arg(long, value_name = "PATH", conflicts_with = "resync")]
    entities: Option<Entities>,
    /// The limit on events in an archive document of the feed.
    #[arg(long, default_value_t = 1000)]
    page_events: u64,
    /// Makes the triggers of the attached table anew, after the application has rebuilt it, and publishes
    /// what differs. Other options replace those that were given first.
    #[arg(long)]
    resync: bool,
}

/// Does what a command says.
pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    let (Command::Attach(Attach { database, .. }) | Command::Detach { database, .. }) = command;
    done(command).map_err(|error| match error {
        Error::Database(_) => anyhow::Error::from(error).context(named(database)),
        // The others name it.
        error => error.into(),
    })
}

fn done(command: &Command) -> Result<(), Error> {
    match command {
        Command::Attach(attach) => {
            let bar = ProgressBar::new_spinner();
            let on_row = || bar.inc(1);
            match attach.resync {
                true => attached::resync(
                    &attach.database,
                    attach.page_events,
                    |attachment| attach.change(attachment),
                    on_row,
                )?,
                false => {
                    let entities = attach.entities.clone();
                    let mut attachment = Attachment {
                        table: String::new(),
                        key: Vec::new(),
                        body: Body::All,
                        content_type: "application/json".to_owned(),
                        reconcile: None,
                        keep_changes: Attachment::KEEP_CHANGES,
                    };
                    attach.change(&mut attachment);
                    attached::attach(
                        &attach.database,
                        &attachment,
                        entities,
                        attach.page_events,
                        on_row,
                    )?;
                }
            }
            let database = attach.database.display();
            eprintln!("{} rows are attached: publish --database {database}", bar.position());
        }
        Command::Detach { database, store } => {
            attached::detach(database, store.as_deref())?;
            eprintln!("{} is as it was before", database.display());
        }
    }
    Ok(())
}

impl Attach {
    /// Changes what is asked for to what was given.
    fn change(&self, attachment: &mut Attachment) {
        if let Some(table) = &self.table {
            attachment.table.clone_from(table);
        }
        if !self.key.is_empty() {
            attachment.key.clone_from(&self.key);
        }
        match (&self.body, self.columns.as_slice()) {
            (Some(column), _) => attachment.body = Body::Column(column.clone()),
            (None, []) => {}
            (None, columns) => attachment.body = Body::Columns(columns.to_vec()),
        }
        if let Some(content_type) = &self.content_type {
            attachment.content_type.clone_from(content_type);
        }
        attachment.reconcile = self.reconcile.or(attachment.reconcile);
        attachment.keep_changes = self.keep_changes.unwrap_or(attachment.keep_changes);
    }
}
