//! Writing a snapshot: packages of the database at one moment, their coded forms, and the manifest.

use super::files::{GZIP, Snapshot, beside, file_name, index_path, package_path};
use super::manifest::{self, Digests, Entry, Manifest};
use super::options::{Opening, Options};
use crate::digest;
use crate::entity::{Entity, to_entity};
use crate::error::Error;
use crate::publisher::reference::References;
use crate::publisher::store::{Store, Timeline, event_id, last_event};
use crate::time::instant;
use chrono::SecondsFormat;
use flate2::Compression;
use flate2::write::GzEncoder;
use multipart_package::{Boundary, Encoder, HeadBuilder};
use rusqlite::Connection;
use snapshot_index::SnapshotIndex;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The extension of directories that are not complete.
pub(super) const UNFINISHED: &str = "writing";

impl Snapshot {
    /// Writes a snapshot of the current state into a new directory below this one.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::File`], [`Error::Write`], [`Error::Index`]; [`Error::Stopped`] if the
    /// store is asked to stop.
    pub fn write(
        store: &Store,
        directory: &Path,
        options: &Options,
        on_part: impl FnMut(),
    ) -> Result<Self, Error> {
        Self::open(&write(store, directory, options, on_part)?)
    }
}

/// Writes a snapshot into a new directory below this one, and returns the new directory.
///
/// The directory has a temporary name until all files have reached the disk. So a directory with
/// its final name is complete. After a failure the directory is removed.
fn write(
    store: &Store,
    directory: &Path,
    options: &Options,
    on_part: impl FnMut(),
) -> Result<PathBuf, Error> {
    let frozen = store.freeze()?;
    let whole = directory.join(frozen.1.to_string());
    let unfinished = whole.with_extension(UNFINISHED);
    fs::create_dir_all(&unfinished).map_err(Error::of_file(&unfinished))?;
    let written = write_into(&unfinished, store, frozen, options, on_part);
    let renamed = |()| fs::rename(&unfinished, &whole).map_err(Error::of_file(&whole));
    if let Err(error) = written.and_then(renamed) {
        // If it cannot be removed now, the next run removes it.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(error);
    }
    synced(directory)?;
    Ok(whole)
}

/// Writes all files of a snapshot, as a connection sees the database at one moment.
fn write_into(
    unfinished: &Path,
    store: &Store,
    (connection, started): (Connection, i64),
    options: &Options,
    mut on_part: impl FnMut(),
) -> Result<(), Error> {
    let id = instant(started).to_rfc3339_opts(SecondsFormat::Millis, true);
    let boundary = Boundary::from_entropy(rand::random());
    let last_event = event_id(&connection, last_event(&connection)?)?;
    let timeline = Timeline::read(&connection)?.to_json_up_to(last_event)?;
    let references = store.references();
    let mut packages = Vec::new();
    let mut select = connection.prepare("SELECT uri, etag, type, body FROM entity ORDER BY uri")?;
    let mut rows = select.query([])?;
    let mut writer = None;
    while let Some(row) = rows.next()? {
        store.goes_on()?;
        let entity = to_entity(row)?;
        let open = match &mut writer {
            Some(open) => open,
            None => {
                let path = unfinished.join(file_name(packages.len()));
                let name = package_path(&id, packages.len());
                writer.insert(PackageWriter::create(&path, name, &boundary, options.opening)?)
            }
        };
        open.write(&entity, references)?;
        on_part();
        if open.encoder.position() >= options.package_octets {
            packages.extend(writer.take().map(PackageWriter::finish).transpose()?);
        }
    }
    drop(rows);
    drop(select);
    packages.extend(writer.take().map(PackageWriter::finish).transpose()?);
    connection.execute_batch("COMMIT")?;

    for (number, package) in packages.iter_mut().enumerate() {
        store.goes_on()?;
        package.digests = digests(&unfinished.join(file_name(number)), options.codings)?;
    }
    let index = SnapshotIndex::builder()
        .id(&id)
        .started(instant(started))
        .completed(instant(store.now()))
        .uris(
            (0..packages.len())
                .map(|number| references.from(&index_path(&id), &package_path(&id, number))),
        )
        .unknown_member("timeline", timeline)
        .build()?;
    let manifest = Manifest {
        feed: store.feed().id.clone(),
        base: references.base().map(str::to_owned),
        last_event: last_event.map(|id| id.to_string()),
        index: String::from_utf8_lossy(&index.to_vec()?).into_owned(),
        content_type: boundary.content_type("package")?,
        packages,
    };
    let path = unfinished.join(manifest::NAME);
    let octets = serde_json::to_vec(&manifest).map_err(Error::Manifest)?;
    fs::write(&path, octets).map_err(Error::of_file(&path))?;
    synced(&path)?;
    synced(unfinished)
}

/// Waits until a file or directory has reached the disk.
fn synced(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::of_file(path))
}

/// Writes the coded forms of a package beside it, and returns the digests of all forms.
fn digests(path: &Path, codings: bool) -> Result<Digests, Error> {
    let digest = |path: &Path| digest::of_file(path).map_err(Error::of_file(path));
    let mut digests = Digests { identity: digest(path)?, ..Digests::default() };
    if codings {
        let gzip = beside(path, GZIP);
        let coded = || {
            let mut encoder = GzEncoder::new(create(&gzip)?, Compression::default());
            io::copy(&mut File::open(path)?, &mut encoder)?;
            finished(encoder.finish()?)
        };
        coded().map_err(Error::of_file(&gzip))?;
        digests.gzip = Some(digest(&gzip)?);

        #[cfg(feature = "zstd")]
        {
            let zstd = beside(path, super::files::ZSTD);
            let coded = || {
                let level = zstd::DEFAULT_COMPRESSION_LEVEL;
                let mut encoder = zstd::Encoder::new(create(&zstd)?, level)?;
                io::copy(&mut File::open(path)?, &mut encoder)?;
                finished(encoder.finish()?)
            };
            coded().map_err(Error::of_file(&zstd))?;
            digests.zstd = Some(digest(&zstd)?);
        }
    }
    Ok(digests)
}

fn create(path: &Path) -> io::Result<BufWriter<File>> {
    // A file of an earlier run is truncated.
    Ok(BufWriter::new(File::create(path)?))
}

fn finished(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

struct PackageWriter {
    /// The name of the package, from which its references lead.
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
    encoder: Encoder,
    buffer: Vec<u8>,
    last_uri: String,
    parts: u64,
}

impl PackageWriter {
    fn create(
        path: &Path,
        name: String,
        boundary: &Boundary,
        opening: Opening,
    ) -> Result<Self, Error> {
        let file = create(path).map_err(Error::of_file(path))?;
        let path = path.to_owned();
        let encoder = match opening {
            Opening::Implied => Encoder::implied(boundary),
            Opening::Delimiter => Encoder::new(boundary),
        };
        Ok(Self {
            name,
            path,
            file,
            encoder,
            buffer: Vec::new(),
            last_uri: String::new(),
            parts: 0,
        })
    }

    fn write(&mut self, entity: &Entity, references: &References) -> Result<(), Error> {
        let head = HeadBuilder::new()
            .field("Content-Disposition", "inline")
            .content_type(&entity.media_type)
            .content_location(&references.from(&self.name, &entity.uri))
            .etag(&entity.etag)
            .build()?;
        self.encoder.part(&mut self.buffer, head.borrow(), &entity.body)?;
        entity.uri.clone_into(&mut self.last_uri);
        self.parts += 1;
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.write_all(&self.buffer).map_err(Error::of_file(&self.path))?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Entry, Error> {
        self.encoder.finish(&mut self.buffer)?;
        self.flush()?;
        let Self { path, file, encoder, last_uri, parts, .. } = self;
        finished(file).map_err(Error::of_file(&path))?;
        let digests = Digests::default();
        Ok(Entry { octets: encoder.position(), parts, last_uri, digests })
    }
}
