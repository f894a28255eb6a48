//! What can be refused before anything is written: the token and the database.

use crate::arguments::Arguments;
use chrono::Utc;
use snapshot_sync::Error;
use snapshot_sync::publisher::attached::{self, Attachment};
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::server::Token;
use snapshot_sync::publisher::store::{NewFeed, Store};
use snapshot_sync::refusal::Refusal;
use std::path::Path;

/// Opens the database, and says what is attached if it is one of an application.
pub(crate) fn open(arguments: &Arguments) -> anyhow::Result<(Store, Option<Attachment>)> {
    let database = &arguments.database;
    let entities = arguments.entities.clone().unwrap_or_default();
    let new = NewFeed { page_events: arguments.page_events, entities };
    let opened = match Store::open_as(database, &new, || Utc::now().timestamp_millis()) {
        Err(Error::Foreign { path, what }) => match attached::attachment_of(database)? {
            Some(_) => attached::open(database).map(|(store, it)| (store, Some(it))),
            None => Err(Error::Foreign { path, what }),
        },
        Ok(store) if store.is_copy()? => {
            let (path, refused) = (database.clone(), Refusal::FeedItself);
            Err(Error::Table { path, refused })
        }
        opened => opened.map(|store| (store, None)),
    };
    let (store, attachment) = opened.map_err(|error| match error {
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
    anyhow::ensure!(
        attachment.is_none() || arguments.generate.is_none(),
        "nothing is generated into the database of an application: omit --generate"
    );
    let store = match &arguments.base_uri {
        Some(uri) => store.with_references(References::below(uri)?),
        None => store,
    };
    Ok((store, attachment))
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
