//! The order in which a snapshot is published: packages, manifest, index, and then `latest.json`.

use super::documents::{Documents, LATEST};
use super::error::Error;
use super::halt::Halt;
use super::latest::{self, Latest};
use super::options::Options;
use super::package::{Uploader, claim_of, is_same};
use super::target::{Held, Kind, Target};
use crate::error::Error as Failed;
use crate::publisher::snapshot::{Package, Snapshot};
use crate::shutdown::Asked;
use futures_util::{StreamExt, stream};
use object_store::PutMode;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What was in the store before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing of the snapshot.
    Nothing,
    /// A part of it: an upload was interrupted, or something was removed since.
    Part,
    /// All of it.
    All,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was in the store before.
    pub found: Found,
    /// The name of the index below the prefix.
    pub index: String,
    /// The name of the index that readers begin with.
    pub start: &'static str,
    /// Which snapshot readers begin with.
    pub latest: Latest,
    /// The number of packages that were uploaded; the others were there.
    pub uploaded: usize,
}

impl Target {
    /// Whether the store has a part of a snapshot, but not its index: its upload was interrupted.
    ///
    /// # Errors
    /// [`Error::Store`], and those of [`Snapshot`].
    pub async fn is_begun(&self, snapshot: &Snapshot) -> Result<bool, Error> {
        let documents = Documents::of(snapshot)?;
        let held = self.list(&documents.directory).await?;
        let has_index = self.has_document(&documents.index_name(), &documents.index, &held).await?;
        Ok(!held.is_empty() && !has_index)
    }

    /// Publishes a snapshot. What is there already is not uploaded again. `on_octets` is called with
    /// the numbers of octets of packages that the store has got, or had before.
    ///
    /// # Errors
    /// [`Error::PublishedElsewhere`] if another publisher was quicker with the same snapshot,
    /// [`Error::OtherDatabase`] if the prefix has snapshots of another one, [`Error::Stopped`],
    /// [`Error::Store`], [`Error::Differs`], and those of reading the snapshot on this machine.
    pub async fn upload(
        &self,
        snapshot: &Snapshot,
        options: &Options,
        asked: &Asked,
        on_octets: &(dyn Fn(u64) + Sync),
    ) -> Result<Outcome, Error> {
        let documents = Documents::of(snapshot)?;
        latest::check(self, &documents).await?;
        let held = self.list(&documents.directory).await?;
        let has_index = self.has_document(&documents.index_name(), &documents.index, &held).await?;

        let halt = Halt::new(asked);
        let uploader = Uploader {
            target: self,
            options,
            content_type: snapshot.content_type(),
            halt: &halt,
            room: Arc::new(Semaphore::new(options.requests.max(1))),
            on_octets,
        };
        let uploaded = packages(&uploader, snapshot, &documents, &held).await?;
        if !uploaded.is_empty() {
            self.compare(snapshot, &documents, &uploaded).await?;
            self.settle_names(&documents.index_name()).await?;
        }
        let finish = async {
            let name = documents.manifest_name();
            if !self.has_document(&name, &documents.manifest, &held).await? {
                let octets = documents.manifest.clone().into();
                self.put(&name, octets, Kind::Document, PutMode::Overwrite).await?;
                self.settle_names(&name).await?;
            }
            if !has_index {
                self.put_index(&documents).await?;
            }
            latest::update(self, &documents).await
        };
        let latest = halt.or(finish).await.unwrap_or(Err(Error::Stopped))?;
        let found = match (held.is_empty(), has_index && uploaded.is_empty()) {
            (true, false) => Found::Nothing,
            (_, true) => Found::All,
            (false, false) => Found::Part,
        };
        let index = documents.index_name();
        Ok(Outcome { found, index, start: LATEST, latest, uploaded: uploaded.len() })
    }

    /// Puts the index, if it is not there: from then on readers see the snapshot.
    async fn put_index(&self, documents: &Documents) -> Result<(), Error> {
        let name = documents.index_name();
        let octets = documents.index.clone().into();
        match self.put(&name, octets, Kind::Document, PutMode::Create).await {
            Err(Error::Store {
                cause: cause @ object_store::Error::AlreadyExists { .. }, ..
            }) => {
                let key = self.key(&name).to_string();
                match self.get(&name).await? {
                    Some(got) if got.octets == documents.index => {
                        Err(Error::PublishedElsewhere { key })
                    }
                    Some(_) => Err(Error::Differs { key, what: "it is another index" }),
                    // A store may say so because of a request that it has not done yet.
                    None => Err(self.failed(&name, "put", cause)),
                }
            }
            put => {
                put?;
                self.settle_names(&name).await
            }
        }
    }

    /// Compares what the store says that it has with what was put there.
    async fn compare(
        &self,
        snapshot: &Snapshot,
        documents: &Documents,
        uploaded: &HashMap<usize, Option<String>>,
    ) -> Result<(), Error> {
        let held = self.list(&documents.directory).await?;
        for (number, package) in snapshot.packages().enumerate() {
            let name = documents.package_name(number);
            let differs = |what| Error::Differs { key: self.key(&name).to_string(), what };
            let held = held_as(&held, &name).ok_or_else(|| differs("it is not there"))?;
            if held.octets != package.octets() {
                return Err(differs("it has another size"));
            }
            let put = uploaded.get(&number).and_then(Option::as_deref);
            // Another publisher may have put the same octets since, which some stores give another tag.
            if let (Some(put), Some(held)) = (put, held.etag.as_deref())
                && put.trim_matches('"') != held.trim_matches('"')
                && !self.has_digest(&name, claim_of(package)).await?
            {
                return Err(differs("it has another entity tag, and another digest"));
            }
        }
        Ok(())
    }

    /// Whether the store has a document already. As with packages, a file is read.
    async fn has_document(
        &self,
        name: &str,
        octets: &[u8],
        held: &HashMap<String, Held>,
    ) -> Result<bool, Error> {
        let has_size = held_as(held, name).is_some_and(|held| held.octets == octets.len() as u64);
        match has_size && self.file(name).is_some() {
            true => Ok(self.get(name).await?.is_some_and(|got| got.octets == octets)),
            false => Ok(has_size),
        }
    }

    /// Whether the store has a package already. What has its name has its octets: objects appear as a
    /// whole. A file is read, since one may be damaged by a loss of power.
    async fn has_package(
        &self,
        package: Package<'_>,
        name: &str,
        held: &HashMap<String, Held>,
    ) -> Result<bool, Error> {
        let has_size = held_as(held, name).is_some_and(|held| held.octets == package.octets());
        match self.file(name) {
            Some(path) if has_size => {
                let claim = claim_of(package);
                let compared = tokio::task::spawn_blocking(move || is_same(&path, claim));
                Ok(compared.await.map_err(Failed::from)?)
            }
            _ => Ok(has_size),
        }
    }
}

/// What was listed under a name.
fn held_as<'a>(held: &'a HashMap<String, Held>, name: &str) -> Option<&'a Held> {
    held.get(name.rsplit('/').next().unwrap_or(name))
}

/// Uploads the packages that are not there, and returns their numbers and entity tags. Once one has
/// failed, the others end, so that none of them leaves parts in the store.
async fn packages(
    uploader: &Uploader<'_>,
    snapshot: &Snapshot,
    documents: &Documents,
    held: &HashMap<String, Held>,
) -> Result<HashMap<usize, Option<String>>, Error> {
    let all = stream::iter(snapshot.packages().enumerate())
        .map(|(number, package)| one(uploader, documents, held, number, package));
    let mut all = std::pin::pin!(all.buffer_unordered(uploader.options.requests.max(1)));
    let (mut uploaded, mut failed) = (HashMap::new(), None);
    while let Some(done) = all.next().await {
        match done {
            Ok(done) => uploaded.extend(done),
            Err(error) => {
                uploader.halt.fail();
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(uploaded),
    }
}

/// Uploads a package that is not there.
async fn one(
    uploader: &Uploader<'_>,
    documents: &Documents,
    held: &HashMap<String, Held>,
    number: usize,
    package: Package<'_>,
) -> Result<Option<(usize, Option<String>)>, Error> {
    let name = documents.package_name(number);
    let is_there = uploader.halt.or(uploader.target.has_package(package, &name, held)).await;
    if is_there.unwrap_or(Err(Error::Stopped))? {
        (uploader.on_octets)(package.octets());
        return Ok(None);
    }
    Ok(Some((number, uploader.upload(package, &name).await?)))
}
