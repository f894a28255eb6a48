//! What is done in a store: putting, listing and getting objects below a prefix.

use super::error::Error;
use super::files::{self, Files};
use super::repeated::Repetitions;
use crate::digest::Claim;
use crate::error::Error as Failed;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, MultipartUpload, ObjectStore, PutMode, PutMultipartOptions,
    PutOptions, UpdateVersion,
};
use std::collections::HashMap;
use std::sync::Arc;

/// A store, and the prefix in it below which snapshots are published.
#[derive(Debug)]
pub struct Target {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    files: Option<Arc<Files>>,
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A package, with its Content-Type. It never changes.
    Package(&'a str),
    /// A document that never changes.
    Document,
    /// The document that is replaced.
    Latest,
}

/// An object that a store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) octets: u64,
    pub(super) etag: Option<String>,
}

/// What a store has in the place of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Present {
    /// Nothing.
    Nothing,
    /// The document.
    Same,
    /// Something else.
    Other,
}

/// A document in a store, and what a condition names it by.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) octets: Bytes,
    pub(super) version: UpdateVersion,
}

impl Kind<'_> {
    fn is_document(self) -> bool {
        match self {
            Self::Package(_) => false,
            Self::Document | Self::Latest => true,
        }
    }

    fn attributes(self) -> Attributes {
        let content_type = match self {
            Self::Package(content_type) => content_type.to_owned(),
            Self::Document | Self::Latest => "application/json".to_owned(),
        };
        let caching = match self {
            Self::Package(_) | Self::Document => "max-age=31536000, immutable",
            Self::Latest => "no-cache",
        };
        Attributes::from_iter([
            (Attribute::ContentType, content_type),
            (Attribute::CacheControl, caching.to_owned()),
        ])
    }
}

impl Target {
    /// A prefix in a store that keeps attributes, and states the conditions of requests.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, prefix: Path) -> Self {
        Self { store, prefix, files: None }
    }

    /// A store whose objects are files.
    pub(super) fn of_files(store: Arc<dyn ObjectStore>, files: Files) -> Self {
        Self { store, prefix: Path::default(), files: Some(Arc::new(files)) }
    }

    /// The key of what has this name.
    pub(super) fn key(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// The file of what has this name, where objects are files.
    pub(super) fn file(&self, name: &str) -> Option<std::path::PathBuf> {
        self.files.as_ref().map(|files| files.path(name))
    }

    /// Whether an object can be replaced on the condition that it is still the same. A directory has no
    /// such condition, but it is locked.
    pub(super) fn knows_conditions(&self) -> bool {
        self.files.is_none()
    }

    /// Puts an object, and waits until it is on the disk where it is a file. The result is its entity
    /// tag.
    pub(super) async fn put(
        &self,
        name: &str,
        octets: Bytes,
        kind: Kind<'_>,
        mode: PutMode,
    ) -> Result<Option<String>, Error> {
        if self.files.is_some() && kind.is_document() {
            return self.write(name, octets, mode).await;
        }
        let options =
            PutOptions { mode, attributes: self.attributes(kind), ..PutOptions::default() };
        let key = self.key(name);
        let mut repetitions = Repetitions::of(&options.mode);
        let put = loop {
            let payload = octets.clone().into();
            match self.store.put_opts(&key, payload, options.clone()).await {
                Ok(put) => break put,
                Err(error) if repetitions.wait_after(&error).await => {}
                Err(error) => return Err(self.failed(name, "put", error)),
            }
        };
        self.settle(name).await?;
        Ok(put.e_tag)
    }

    /// Writes a document into a directory, which is locked.
    async fn write(
        &self,
        name: &str,
        octets: Bytes,
        mode: PutMode,
    ) -> Result<Option<String>, Error> {
        if mode == PutMode::Create
            && let Some(found) = self.get(name).await?
            && !self.is_torn(&found.octets)
        {
            let path = self.key(name).to_string();
            let source = "another document has this name".into();
            return Err(self.failed(
                name,
                "put",
                object_store::Error::AlreadyExists { path, source },
            ));
        }
        let name = name.to_owned();
        self.blocking(move |files| files.write(&name, &octets)).await?;
        Ok(None)
    }

    /// Whether a document in a directory is what a loss of power leaves. Such a document is replaced.
    pub(super) fn is_torn(&self, octets: &[u8]) -> bool {
        self.files.is_some() && files::is_torn(octets)
    }

    /// Begins to put an object in parts.
    pub(super) async fn begin(
        &self,
        name: &str,
        kind: Kind<'_>,
    ) -> Result<Box<dyn MultipartUpload>, Error> {
        let attributes = self.attributes(kind);
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let begun = self.store.put_multipart_opts(&self.key(name), options).await;
        begun.map_err(|source| self.failed(name, "put", source))
    }

    /// Waits until an object is on the disk, where it is a file.
    pub(super) async fn settle(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        self.blocking(move |files| files.sync(&name)).await
    }

    /// Waits until the names of objects are on the disk, where they are files.
    pub(super) async fn settle_names(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        self.blocking(move |files| files.sync_directories(&name)).await
    }

    async fn blocking(
        &self,
        work: impl FnOnce(&Files) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let Some(files) = self.files.clone() else { return Ok(()) };
        tokio::task::spawn_blocking(move || work(&files)).await.map_err(Failed::from)?
    }

    /// The objects in a directory that have wanted names, by their keys. Others may be there in any
    /// number, and take no memory.
    pub(super) async fn list(
        &self,
        directory: &str,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<HashMap<Path, Held>, Error> {
        let key = self.key(directory);
        let mut listed = self.store.list(Some(&key));
        let mut objects = HashMap::new();
        while let Some(found) =
            listed.try_next().await.map_err(|source| self.failed(directory, "listed", source))?
        {
            let parts: Vec<_> = found.location.prefix_match(&key).into_iter().flatten().collect();
            if let [name] = &parts[..]
                && is_wanted(name.as_ref())
            {
                let held = Held { octets: found.size, etag: found.e_tag };
                objects.insert(found.location, held);
            }
        }
        Ok(objects)
    }

    /// Gets a document; none if it is not there.
    pub(super) async fn get(&self, name: &str) -> Result<Option<Got>, Error> {
        let failed = |source| self.failed(name, "got", source);
        let found = match self.store.get_opts(&self.key(name), GetOptions::default()).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(failed)?,
        };
        let limit = snapshot_index::Limits::default().octets;
        if found.meta.size > limit {
            return Err(Error::TooLong { key: self.key(name).to_string(), limit });
        }
        let version =
            UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let octets = found.bytes().await.map_err(failed)?;
        Ok(Some(Got { octets, version }))
    }

    /// Reads what is in the place of a document, and compares it.
    pub(super) async fn compare(&self, name: &str, document: &[u8]) -> Result<Present, Error> {
        let failed = |source| self.failed(name, "got", source);
        let found = match self.store.get_opts(&self.key(name), GetOptions::default()).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(Present::Nothing),
            found => found.map_err(failed)?,
        };
        // What has another size is not read into memory.
        let is_same = found.meta.size == document.len() as u64
            && found.bytes().await.map_err(failed)? == document;
        Ok(if is_same { Present::Same } else { Present::Other })
    }

    /// The number of octets of an object; none if it is not there.
    pub(super) async fn size(&self, name: &str) -> Result<Option<u64>, Error> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        match self.store.get_opts(&self.key(name), options).await {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.failed(name, "got", source)),
            Ok(found) => Ok(Some(found.meta.size)),
        }
    }

    /// Reads an object, and compares it with a digest.
    pub(super) async fn has_digest(&self, name: &str, claim: Option<Claim>) -> Result<bool, Error> {
        let Some(mut claim) = claim else { return Ok(false) };
        let failed = |source| self.failed(name, "got", source);
        let found = self.store.get_opts(&self.key(name), GetOptions::default()).await;
        let mut octets = found.map_err(failed)?.into_stream();
        while let Some(some) = octets.try_next().await.map_err(failed)? {
            claim.update(&some);
        }
        Ok(claim.holds())
    }

    /// What the store says of an object, as an error.
    pub(super) fn failed(
        &self,
        name: &str,
        what: &'static str,
        cause: object_store::Error,
    ) -> Error {
        Error::Store { key: self.key(name).to_string(), what, cause }
    }

    /// A directory has no attributes: the manifest states the Content-Type of the packages.
    fn attributes(&self, kind: Kind<'_>) -> Attributes {
        match self.files {
            Some(_) => Attributes::new(),
            None => kind.attributes(),
        }
    }
}
