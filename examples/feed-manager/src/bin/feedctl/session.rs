//! The server that a command talks to.

use crate::args::Arguments;
use anyhow::Context;
use atom_fsm::app::Collection;
use atom_fsm::atom::Text;
use feed_manager::client::{Manager, Token};

/// The environment variable of the token.
const TOKEN: &str = "FEEDCTL_TOKEN";

/// A command line that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The server, and the client for it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) manager: Manager,
}

impl Session {
    pub(crate) fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let service = arguments.service.as_deref();
        let missing =
            || Usage("name the service document by --service or FEEDCTL_SERVICE".to_owned());
        let mut manager = Manager::new(service.ok_or_else(missing)?)?;
        let token = match &arguments.token_file {
            Some(file) => Some(
                std::fs::read_to_string(file)
                    .with_context(|| format!("{} cannot be read", file.display()))?,
            ),
            None => std::env::var(TOKEN).ok().filter(|it| !it.is_empty()),
        };
        if let Some(token) = token {
            manager = manager.with_token(Token::new(&token)?);
        }
        Ok(Self { manager })
    }

    /// The URI of a bundle: itself, or that of the only bundle with this title or last path segment.
    pub(crate) async fn bundle(&self, name: &str) -> anyhow::Result<String> {
        if name.starts_with("http://") || name.starts_with("https://") {
            return Ok(name.to_owned());
        }
        let listed = self.collections().await?;
        let segment = |uri: &str| uri.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
        let is_named = |(uri, collection): &&(String, Collection<'static>)| {
            collection.title().map(Text::value).as_deref() == Some(name)
                || segment(uri).as_deref() == Some(name)
        };
        let mut found = listed.iter().filter(is_named);
        match (found.next(), found.next()) {
            (Some((uri, _)), None) => Ok(uri.clone()),
            (Some((first, _)), Some((second, _))) => {
                Err(Usage(format!("{name} may be {first} or {second}: give the URI")).into())
            }
            (None, _) => Err(Usage(format!("the service document lists no bundle {name}")).into()),
        }
    }

    /// The collections of the service document, with their URIs.
    pub(crate) async fn collections(&self) -> anyhow::Result<Vec<(String, Collection<'static>)>> {
        Ok(self.manager.collections().await?)
    }
}
