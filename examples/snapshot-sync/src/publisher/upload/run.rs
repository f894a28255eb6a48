//! The order in which a snapshot is published: packages, manifest, index, and then `latest.json`.

use super::conditions;
use super::documents::{Documents, LATEST};
use super::error::Error;
use super::halt::Halt;
use super::latest::{self, Latest};
use super::options::Options;
use super::package::{Uploader, claim_of, is_same};
use super::repeated::waits;
use super::target::{Held, Kind, Present, Target};
use crate::error::Error as Failed;
use crate::publisher::snapshot::{Package, Snapshot};
use crate::shutdown::Asked;
use futures_util::{StreamExt, stream};
use object_store::PutMode;
use object_store::path::Path;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tracing::info;

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
        let before = self.before(&documents).await?;
        Ok(!before.held.is_empty() && !before.has_index)
    }

    /// Publishes a snapshot. What is there already is not uploaded again. `on_octets` is called with
    /// the numbers of octets of packages that the store has got, or had before.
    ///
    /// # Errors
    /// [`Error::OtherDatabase`] if the prefix has snapshots of another one, [`Error::NoConditions`] if the
    /// store ignores the conditions of requests, [`Error::Stopped`],
    /// [`Error::Store`], [`Error::Differs`], and those of reading the snapshot on this machine.
    pub async fn upload(
        &self,
        snapshot: &Snapshot,
        options: &Options,
        asked: &Asked,
        on_octets: &(dyn Fn(u64) + Sync),
    ) -> Result<Outcome, Error> {
        let documents = Documents::of(snapshot)?;
        let halt = Halt::new(asked);
        let begin = async {
            latest::check(self, &documents).await?;
            let before = self.before(&documents).await?;
            if !before.has_index {
                conditions::check(self).await?;
            }
            Ok(before)
        };
        let before = halt.or(begin).await.unwrap_or(Err(Error::Stopped))?;
        let uploader = Uploader {
            target: self,
            documents: &documents,
            options,
            content_type: snapshot.content_type(),
            halt: &halt,
            room: Arc::new(Semaphore::new(options.requests.max(1))),
            on_octets,
        };
        let there = packages(&uploader, snapshot, &documents, &before).await?;
        let uploaded = there.values().filter(|there| there.is_uploaded).count();
        let finish = async {
            if !before.has_index || uploaded > 0 {
                self.compare_all(snapshot, &documents, &there).await?;
                self.settle_names(&documents.index_name()).await?;
            }
            let name = documents.manifest_name();
            if self.compare(&name, &documents.manifest).await? != Present::Same {
                let octets = documents.manifest.clone().into();
                self.put(&name, octets, Kind::Document, PutMode::Overwrite).await?;
                self.settle_names(&name).await?;
            }
            if !before.has_index {
                self.put_index(&documents).await?;
            }
            latest::update(self, &documents).await
        };
        let latest = halt.or(finish).await.unwrap_or(Err(Error::Stopped))?;
        let found = match (before.held.is_empty(), before.has_index && uploaded == 0) {
            (true, false) => Found::Nothing,
            (_, true) => Found::All,
            (false, false) => Found::Part,
        };
        let index = documents.index_name();
        Ok(Outcome { found, index, start: LATEST, latest, uploaded })
    }

    async fn before(&self, documents: &Documents) -> Result<Before, Error> {
        let held = self.list(&documents.directory, |name| documents.has(name)).await?;
        let index = self.compare(&documents.index_name(), &documents.index).await?;
        Ok(Before { held, has_index: index == Present::Same })
    }

    /// Puts the index, if it is not there: from then on readers see the snapshot.
    ///
    /// Whatever the store answers, the index is looked at: an answer may have been lost, and another
    /// publisher of the same snapshot can only have put the same octets.
    async fn put_index(&self, documents: &Documents) -> Result<(), Error> {
        let name = documents.index_name();
        let mut waits = waits();
        loop {
            let octets = documents.index.clone().into();
            let Err(error) = self.put(&name, octets, Kind::Document, PutMode::Create).await else {
                break;
            };
            let is_refused =
                matches!(&error, Error::Store { cause, .. } if conditions::is_refusal(cause));
            match self.compare(&name, &documents.index).await? {
                Present::Same => {
                    info!(
                        "the index was put by a request whose answer was lost, or by another publisher"
                    );
                    break;
                }
                Present::Other => {
                    let key = self.key(&name).to_string();
                    return Err(Error::Differs { key, what: "it is another index" });
                }
                Present::Nothing => match waits.next().filter(|_| is_refused) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(error),
                },
            }
        }
        self.settle_names(&name).await
    }

    /// Compares what the store says that it has with what was put or read there.
    async fn compare_all(
        &self,
        snapshot: &Snapshot,
        documents: &Documents,
        there: &HashMap<usize, There>,
    ) -> Result<(), Error> {
        let held = self.list(&documents.directory, |name| documents.has(name)).await?;
        for (number, package) in snapshot.packages().enumerate() {
            let name = documents.package_name(number);
            let key = self.key(&name);
            let differs = |what| Error::Differs { key: key.to_string(), what };
            let held = held.get(&key).ok_or_else(|| differs("it is not there"))?;
            if held.octets != package.octets() {
                return Err(differs("it has another size"));
            }
            let there = there.get(&number).and_then(|there| there.etag.as_deref());
            // Another publisher may have put the same octets since, which some stores give another tag.
            let is_same = match (there, held.etag.as_deref()) {
                (Some(there), Some(held)) => there.trim_matches('"') == held.trim_matches('"'),
                _ => false,
            };
            if !is_same && !self.has_digest(&name, claim_of(package)).await? {
                return Err(differs("it has another entity tag, and another digest"));
            }
        }
        Ok(())
    }

    /// Whether the store has a package already. Once the index is there, its packages were compared, and
    /// what has the size is the package; before that it is read. A file always is, since a loss of power
    /// may have damaged it.
    async fn has_package(
        &self,
        package: Package<'_>,
        name: &str,
        held: &Held,
        has_index: bool,
    ) -> Result<bool, Error> {
        if held.octets != package.octets() {
            return Ok(false);
        }
        let claim = claim_of(package);
        match self.file(name) {
            Some(path) => {
                let compared = tokio::task::spawn_blocking(move || is_same(&path, claim));
                Ok(compared.await.map_err(Failed::from)?)
            }
            None if has_index => Ok(true),
            None => self.has_digest(name, claim).await,
        }
    }
}

/// What the store has before an upload.
struct Before {
    /// The objects in the directory of the snapshot.
    held: HashMap<Path, Held>,
    has_index: bool,
}

/// A package that is in the store.
struct There {
    is_uploaded: bool,
    /// The entity tag with which it was put, or listed before it was read.
    etag: Option<String>,
}

/// Uploads the packages that are not there. Once one has failed, the others end, so that none of them
/// leaves parts in the store.
async fn packages(
    uploader: &Uploader<'_>,
    snapshot: &Snapshot,
    documents: &Documents,
    before: &Before,
) -> Result<HashMap<usize, There>, Error> {
    let all = stream::iter(snapshot.packages().enumerate())
        .map(|(number, package)| one(uploader, documents, before, number, package));
    let mut all = std::pin::pin!(all.buffer_unordered(uploader.options.requests.max(1)));
    let (mut there, mut failed) = (HashMap::new(), None);
    while let Some(done) = all.next().await {
        match done {
            Ok((number, done)) => drop(there.insert(number, done)),
            Err(error) => {
                uploader.halt.fail();
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(there),
    }
}

/// Uploads a package that is not there.
async fn one(
    uploader: &Uploader<'_>,
    documents: &Documents,
    before: &Before,
    number: usize,
    package: Package<'_>,
) -> Result<(usize, There), Error> {
    let name = documents.package_name(number);
    let Uploader { target, halt, .. } = uploader;
    if let Some(held) = before.held.get(&target.key(&name)) {
        let is_there = target.has_package(package, &name, held, before.has_index);
        if halt.or(is_there).await.unwrap_or(Err(Error::Stopped))? {
            (uploader.on_octets)(package.octets());
            return Ok((number, There { is_uploaded: false, etag: held.etag.clone() }));
        }
    }
    let mode = match before.held.contains_key(&target.key(&name)) || !target.knows_conditions() {
        true => PutMode::Overwrite,
        false => PutMode::Create,
    };
    let etag = uploader.upload(package, &name, mode).await?;
    Ok((number, There { is_uploaded: true, etag }))
}
