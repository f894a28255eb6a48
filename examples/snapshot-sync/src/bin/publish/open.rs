//! What can be refused before anything is written: the token and the database.

use crate::arguments::Arguments;
use chrono::Utc;
use snapshot_sync::Error;
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::server::Token;
use snapshot_sync::publisher::store::{NewFeed, Store};
use std::path::Path;

/// Opens the database.
pub(crate) fn open(arguments: &Arguments) -> anyhow::Result<Store> {
    let entities = arguments.entities.clone().unwrap_or_default();
    let new = NewFeed { page_events: arguments.page_events, entities };
    let store = Store::open_as(&arguments.database, &new, || Utc::now().timestamp_millis());
    let store = store.map_err(|error| match error {
        Error::Database(_) => anyhow::Error::from(error).context(named(&arguments.database)),
        // The others name it.
        error => error.into(),
    })?;
    let is = &store.feed().entities;
    if let Some(expected) = arguments.entities.as_ref().filter(|expected| *expected != is) {
        anyhow::bail!(
            "the entities of {} have the path {is}, and a database keeps its path: omit --entities \
             {expected}, or name a new database",
            named(&arguments.database)
        );
    }
    Ok(match &arguments.base_uri {
        Some(uri) => store.with_references(References::below(uri)?),
        None => store,
    })
}

/// A path in a message.
pub(crate) fn named(path: &Path) -> String {
    path.display().to_string()
}

/// Reads the token that clients must send.
pub(crate) fn token(path: &Path) -> anyhow::Result<Token> {
    let read = std::fs::read_to_string(path);
    let token = read.map_err(|source| Error::File { path: path.to_owned(), source })?;
    anyhow::ensure!(
        !token.trim().is_empty(),
        "{} is empty: write the token into it",
        path.display()
    );
    Ok(Token::new(&token))
}
