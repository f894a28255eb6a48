//! A package on its way: got whole, then read while it is stored.

use super::Options;
use super::download::download;
use super::read::{Item, read};
use super::spool::Spool;
use crate::error::Error;
use crate::replica::fetch::Fetcher;
use tokio::sync::mpsc;

/// How often a package's entities are handed on before the first are stored.
const AHEAD: usize = 2;

/// A package of the snapshot.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) number: usize,
    pub(super) uri: String,
}

/// A package that is whole, while its entities are read.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) number: usize,
    pub(super) uri: String,
    /// How many octets of it were received by this process.
    pub(super) received: u64,
    pub(super) items: mpsc::Receiver<Result<Item, Error>>,
}

impl Package {
    /// Gets it, then reads its entities as they are stored: packages are read side by side, and
    /// stored one after the other.
    ///
    /// # Errors
    /// Those of getting it; those of reading it go where its entities go.
    pub(super) async fn get(
        self,
        fetcher: &Fetcher,
        spool: &Spool,
        options: &Options,
        sender: &mpsc::Sender<Whole>,
    ) -> Result<(), Error> {
        let Self { number, uri } = self;
        let downloaded = download(fetcher, spool, number, &uri, options.package_octets).await?;
        keep(fetcher, spool, number).await?;
        let (items, received) = mpsc::channel(AHEAD);
        let (path, entity_octets) = (spool.octets(number), options.entity_octets);
        let whole =
            Whole { number, uri: uri.clone(), received: downloaded.received, items: received };
        let reading = tokio::task::spawn_blocking(move || {
            let take = |item| items.blocking_send(Ok(item)).is_ok();
            if let Err(error) = read(&path, &uri, &downloaded.content_type, entity_octets, take) {
                // Who stores them may have stopped.
                let _ = items.blocking_send(Err(error));
            }
        });
        let stopped = |_| Error::Stopped("the replica's database");
        sender.send(whole).await.map_err(stopped)?;
        Ok(reading.await?)
    }
}

async fn keep(fetcher: &Fetcher, spool: &Spool, number: usize) -> Result<(), Error> {
    if let Some(copy) = fetcher.copy_of(&format!("package-{number}.multipart")) {
        tokio::fs::copy(spool.octets(number), copy).await?;
    }
    Ok(())
}
