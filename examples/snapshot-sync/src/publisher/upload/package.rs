//! One package: in one request, or in parts.

use super::conditions::is_refusal;
use super::documents::Documents;
use super::error::Error;
use super::halt::Halt;
use super::options::Options;
use super::repeated::waits;
use super::target::{Kind, Present, Target};
use crate::digest::Claim;
use crate::error::Error as Failed;
use crate::publisher::snapshot::Package;
use bytes::Bytes;
use object_store::{MultipartUpload, PutMode};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;
use tracing::warn;

/// What uploads the packages of one snapshot.
pub(super) struct Uploader<'a> {
    pub(super) target: &'a Target,
    pub(super) documents: &'a Documents,
    pub(super) options: &'a Options,
    pub(super) content_type: &'a str,
    pub(super) halt: &'a Halt<'a>,
    /// The requests that may be made at the same time, each with the octets of a part.
    pub(super) room: Arc<Semaphore>,
    /// Called with the number of octets that have arrived.
    pub(super) on_octets: &'a (dyn Fn(u64) + Sync),
}

/// A package on this machine, as far as it is read. Its octets are compared with the digest that it was
/// written with.
struct Local {
    path: PathBuf,
    file: File,
    octets: u64,
    offset: u64,
    claim: Claim,
}

impl Uploader<'_> {
    /// Uploads a package, and returns its entity tag. It appears in the store as a whole, or not at all.
    /// The mode is that of one request: an upload in parts replaces what is there.
    pub(super) async fn upload(
        &self,
        package: Package<'_>,
        name: &str,
        mode: PutMode,
    ) -> Result<Option<String>, Error> {
        let part = self.options.part_of(package.octets());
        let local = Local::open(package)?;
        match local.octets <= part {
            true => {
                self.halt.or(self.whole(local, name, mode)).await.unwrap_or(Err(Error::Stopped))
            }
            false => self.in_parts(local, name, part, claim_of(package)).await,
        }
    }

    async fn whole(
        &self,
        local: Local,
        name: &str,
        mode: PutMode,
    ) -> Result<Option<String>, Error> {
        let _permit = self.permit().await?;
        let all = local.octets;
        let (local, octets) = local.read(all).await?;
        local.compare()?;
        let kind = Kind::Package(self.content_type);
        let mut waits = waits();
        let etag = loop {
            let put = self.target.put(name, octets.clone(), kind, mode.clone()).await;
            if !matches!(&put, Err(Error::Store { cause, .. }) if is_refusal(cause)) {
                break put?;
            }
            // It is there meanwhile. Without an entity tag, it is read before the index is put.
            if self.target.size(name).await?.is_some() {
                break None;
            }
            match waits.next() {
                Some(wait) => sleep(wait).await,
                None => break put?,
            }
        };
        (self.on_octets)(all);
        Ok(etag)
    }

    async fn in_parts(
        &self,
        local: Local,
        name: &str,
        part: u64,
        claim: Option<Claim>,
    ) -> Result<Option<String>, Error> {
        let begun = self.halt.or(self.target.begin(name, Kind::Package(self.content_type))).await;
        let mut upload = begun.unwrap_or(Err(Error::Stopped))?;
        let octets = local.octets;
        let is_published = async {
            self.parts(&mut *upload, local, name, part).await?;
            self.is_published(name, octets).await
        };
        let is_published = self.halt.or(is_published).await;
        let done = match is_published.unwrap_or(Err(Error::Stopped)) {
            Ok(false) => self.halt.finish(upload.complete()).await,
            Ok(true) => {
                self.abort(&mut *upload, name).await;
                return Ok(None);
            }
            Err(error) => {
                self.abort(&mut *upload, name).await;
                return Err(error);
            }
        };
        match done {
            Some(Ok(put)) => {
                self.target.settle(name).await?;
                Ok(put.e_tag)
            }
            None => {
                self.abort(&mut *upload, name).await;
                Err(Error::Stopped)
            }
            Some(Err(source)) => {
                let error = self.target.failed(name, "completed", source);
                // The answer may have been lost. Whatever else fails, that is what is reported.
                if let Some(Ok(true)) = self.halt.or(self.target.has_digest(name, claim)).await {
                    self.target.settle(name).await?;
                    return Ok(None);
                }
                self.abort(&mut *upload, name).await;
                Err(error)
            }
        }
    }

    /// Whether another publisher of the same snapshot has published it meanwhile, with this package. Readers
    /// may know its entity tag then, which another upload could change.
    async fn is_published(&self, name: &str, octets: u64) -> Result<bool, Error> {
        // A directory is locked instead.
        if !self.target.knows_conditions() {
            return Ok(false);
        }
        let Documents { index, .. } = self.documents;
        let present = self.target.compare(&self.documents.index_name(), index).await?;
        Ok(present == Present::Same && self.target.size(name).await? == Some(octets))
    }

    /// Reads and sends all parts. Several are sent at the same time, each by a task, since who waits for
    /// room does not send.
    async fn parts(
        &self,
        upload: &mut dyn MultipartUpload,
        mut local: Local,
        name: &str,
        part: u64,
    ) -> Result<(), Error> {
        let mut sent = JoinSet::new();
        while local.offset < local.octets {
            let permit = self.permit().await?;
            let octets;
            (local, octets) = local.read(part).await?;
            let count = octets.len() as u64;
            let sending = upload.put_part(octets.into());
            sent.spawn(async move {
                let _permit = permit;
                sending.await.map(|()| count)
            });
            while let Some(done) = sent.try_join_next() {
                self.arrived(name, done.map_err(Failed::from)?)?;
            }
        }
        local.compare()?;
        while let Some(done) = sent.join_next().await {
            self.arrived(name, done.map_err(Failed::from)?)?;
        }
        Ok(())
    }

    fn arrived(&self, name: &str, sent: Result<u64, object_store::Error>) -> Result<(), Error> {
        (self.on_octets)(sent.map_err(|source| self.target.failed(name, "put", source))?);
        Ok(())
    }

    /// Ends an upload in parts, so that the store keeps none of them.
    async fn abort(&self, upload: &mut dyn MultipartUpload, name: &str) {
        let key = self.target.key(name);
        match self.halt.finish(upload.abort()).await {
            // A request whose answer was lost has ended it.
            Some(Ok(()) | Err(object_store::Error::NotFound { .. })) => {}
            Some(Err(failed)) => {
                let failed = &failed as &dyn std::error::Error;
                warn!(
                    error = failed,
                    "{key}: its parts stay in the store until a rule removes them"
                );
            }
            None => warn!("{key}: its parts may stay in the store until a rule removes them"),
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        let room = self.room.clone().acquire_owned().await;
        room.map_err(|_| Failed::Stopped("the upload").into())
    }
}

impl Local {
    fn open(package: Package<'_>) -> Result<Self, Failed> {
        let path = package.path();
        let file = File::open(&path).map_err(Failed::of_file(&path))?;
        let octets = file.metadata().map_err(Failed::of_file(&path))?.len();
        let uri = || path.display().to_string();
        if octets != package.octets() {
            return Err(Failed::Length { uri: uri(), octets, stated: package.octets() });
        }
        let claim = claim_of(package).ok_or_else(|| Failed::Digest { uri: uri() })?;
        Ok(Self { path, file, octets, offset: 0, claim })
    }

    /// Reads at most so many octets more.
    async fn read(mut self, most: u64) -> Result<(Self, Bytes), Failed> {
        let read = move || {
            let count = most.min(self.octets.saturating_sub(self.offset));
            let size = usize::try_from(count).map_err(|_| Failed::TooLarge {
                uri: self.path.display().to_string(),
                limit: usize::MAX,
            })?;
            let mut octets = vec![0; size];
            let read = self.file.read_exact_at(&mut octets, self.offset);
            read.map_err(Failed::of_file(&self.path))?;
            self.offset += count;
            self.claim.update(&octets);
            Ok((self, octets.into()))
        };
        spawn_blocking(read).await?
    }

    /// Compares all octets, which were read, with the digest.
    fn compare(self) -> Result<(), Failed> {
        let Self { path, claim, .. } = self;
        match claim.holds() {
            true => Ok(()),
            false => Err(Failed::Digest { uri: path.display().to_string() }),
        }
    }
}

/// The digest that a package was written with.
pub(super) fn claim_of(package: Package<'_>) -> Option<Claim> {
    package.digest(None).and_then(Claim::read)
}

/// Whether a file has the octets of a digest. One that cannot be read has others.
pub(super) fn is_same(path: &Path, claim: Option<Claim>) -> bool {
    claim.is_some_and(|claim| claim.with_file(path).is_ok_and(Claim::holds))
}
