//! Writing a snapshot: packages of one point of the database's time, and their index.

use crate::clock::instant;
use crate::error::Error;
use crate::store::{Store, to_entity};
use chrono::SecondsFormat;
use multipart_package::{Boundary, Encoder, HeadBuilder};
use rusqlite::Connection;
use snapshot_index::SnapshotIndex;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The media type of entities.
pub const ENTITY_TYPE: &str = "application/entity-images+json";

/// How the first part of a package begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// With its head, as the draft has it.
    #[default]
    Implied,
    /// With a delimiter line, as RFC 2046 has it.
    Delimiter,
}

/// A snapshot whose packages are written.
#[derive(Debug)]
pub struct Snapshot {
    index: SnapshotIndex,
    content_type: String,
    packages: Vec<Package>,
}

/// A package file.
#[derive(Debug)]
pub struct Package {
    path: PathBuf,
    last_uri: String,
    octets: u64,
    parts: u64,
    requested: AtomicBool,
}

impl Snapshot {
    /// Writes the packages of a snapshot into a directory, each of them until it has
    /// `package_octets` or more.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`], [`Error::Write`], [`Error::Index`].
    pub fn write(
        store: &Store,
        directory: &Path,
        opening: Opening,
        package_octets: u64,
        mut on_part: impl FnMut(),
    ) -> Result<Self, Error> {
        let (connection, started) = store.freeze()?;
        let id = instant(started).to_rfc3339_opts(SecondsFormat::Millis, true);
        let boundary = Boundary::from_entropy(rand::random());
        let mut packages = Vec::new();
        let mut select = connection.prepare("SELECT uri, etag, body FROM entity ORDER BY uri")?;
        let mut rows = select.query([])?;
        let mut writer = None;
        while let Some(row) = rows.next()? {
            let entity = to_entity(row)?;
            let open = match &mut writer {
                Some(open) => open,
                None => {
                    let path = directory.join(format!("{started}-{}.multipart", packages.len()));
                    writer.insert(PackageWriter::create(path, &boundary, opening)?)
                }
            };
            open.write(&entity.uri, &entity.etag, &entity.body)?;
            on_part();
            if open.encoder.position() >= package_octets {
                packages.extend(writer.take().map(PackageWriter::finish).transpose()?);
            }
        }
        drop(rows);
        drop(select);
        packages.extend(writer.take().map(PackageWriter::finish).transpose()?);
        Self::index(&connection, &id, started, &boundary, packages, store)
    }

    fn index(
        connection: &Connection,
        id: &str,
        started: i64,
        boundary: &Boundary,
        packages: Vec<Package>,
        store: &Store,
    ) -> Result<Self, Error> {
        connection.execute_batch("COMMIT")?;
        let completed = instant(store.now());
        let uris = (0..packages.len()).map(|number| format!("/snapshots/{id}/{number}"));
        let index = SnapshotIndex::builder()
            .id(id)
            .started(instant(started))
            .completed(completed)
            .uris(uris)
            .build()?;
        Ok(Self { index, content_type: boundary.content_type("package")?, packages })
    }

    /// The index.
    #[must_use]
    pub fn document(&self) -> &SnapshotIndex {
        &self.index
    }

    /// The Content-Type of the packages.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The packages, in the index's order.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Whether the package that holds an entity, or would, has been asked for.
    #[must_use]
    pub fn is_requested(&self, uri: &str) -> bool {
        let number = self.packages.partition_point(|package| package.last_uri.as_str() < uri);
        self.packages.get(number).is_some_and(|package| package.requested.load(Ordering::Relaxed))
    }

    /// How many packages have been asked for.
    #[must_use]
    pub fn requested(&self) -> usize {
        let requested = |package: &&Package| package.requested.load(Ordering::Relaxed);
        self.packages.iter().filter(requested).count()
    }
}

impl Package {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in octets.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// How many entities it holds.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// Notes that it has been asked for.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Relaxed);
    }
}

struct PackageWriter {
    path: PathBuf,
    file: BufWriter<File>,
    encoder: Encoder,
    buffer: Vec<u8>,
    last_uri: String,
    parts: u64,
}

impl PackageWriter {
    fn create(path: PathBuf, boundary: &Boundary, opening: Opening) -> Result<Self, Error> {
        let file = BufWriter::new(File::create_new(&path)?);
        let encoder = match opening {
            Opening::Implied => Encoder::implied(boundary),
            Opening::Delimiter => Encoder::new(boundary),
        };
        Ok(Self { path, file, encoder, buffer: Vec::new(), last_uri: String::new(), parts: 0 })
    }

    fn write(&mut self, uri: &str, etag: &str, body: &[u8]) -> Result<(), Error> {
        let head = HeadBuilder::new()
            .field("Content-Disposition", "inline")
            .content_type(ENTITY_TYPE)
            .content_location(uri)
            .etag(etag)
            .build()?;
        self.encoder.part(&mut self.buffer, head.borrow(), body)?;
        uri.clone_into(&mut self.last_uri);
        self.parts += 1;
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Package, Error> {
        self.encoder.finish(&mut self.buffer)?;
        self.flush()?;
        self.file.flush()?;
        let Self { path, encoder, last_uri, parts, .. } = self;
        let requested = AtomicBool::new(false);
        Ok(Package { path, last_uri, octets: encoder.position(), parts, requested })
    }
}
