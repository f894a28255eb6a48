//! The way of a package: it is fetched completely, and then read while it is stored.

use super::download::{Downloaded, download};
use super::options::Options;
use super::read::{Item, read};
use super::spool::Spool;
use crate::error::Error;
use crate::origin::Roots;
use crate::replica::fetch::Fetcher;
use tokio::sync::mpsc;

/// The number of batches of entities that may wait to be stored.
const AHEAD: usize = 2;

/// A package of the snapshot.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) number: usize,
    pub(super) uri: String,
}

/// A complete package whose entities are being read.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) number: usize,
    pub(super) uri: String,
    /// The number of its octets that this process received.
    pub(super) received: u64,
    pub(super) items: mpsc::Receiver<Result<Item, Error>>,
}

impl Package {
    /// Fetches it, and then reads its entities while they are stored. Packages are read in
    /// parallel, and stored one after the other.
    ///
    /// # Errors
    /// Those of fetching it. Those of reading it are sent to the receiver of the entities.
    pub(super) async fn get(
        self,
        fetcher: &Fetcher,
        roots: Roots,
        spool: &Spool,
        options: &Options,
        sender: &mpsc::Sender<Whole>,
    ) -> Result<(), Error> {
        let Self { number, uri } = self;
        let downloaded = download(fetcher, spool, number, &uri, options.package_octets).await?;
        keep(fetcher, spool, number).await?;
        let (items, received) = mpsc::channel(AHEAD);
        let (path, entity_octets) = (spool.octets(number), options.entity_octets);
        let whole = Whole { number, uri, received: downloaded.received, items: received };
        let reading = tokio::task::spawn_blocking(move || {
            let take = |item| items.blocking_send(Ok(item)).is_ok();
            let Downloaded { found, content_type, .. } = downloaded;
            if let Err(error) = read(&path, &roots, &found, &content_type, entity_octets, take) {
                // The receiver may have stopped.
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
        tokio::fs::copy(spool.octets(number), &copy).await.map_err(Error::of_file(&copy))?;
    }
    Ok(())
}
