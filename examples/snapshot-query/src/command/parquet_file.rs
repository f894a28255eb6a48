//! The rows of a result in a Parquet file.

use crate::error::Error;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::error::{DataFusionError, Result};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempPath;

/// The octets of a row group, which is in memory until it is complete: 64 MiB.
const ROW_GROUP: usize = 64 * 1024 * 1024;

/// The name that a file has until it is complete. The file is removed with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Incomplete(Arc<Mutex<Name>>);

#[derive(Debug, Default)]
enum Name {
    #[default]
    None,
    Of(TempPath),
    /// There is none any more, whatever the query still does.
    Closed,
}

impl Incomplete {
    /// Once it is closed, the file is removed at once.
    fn put(&self, path: TempPath) {
        let mut name = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*name, Name::None) {
            *name = Name::Of(path);
        }
    }

    fn take(&self) -> Option<TempPath> {
        let mut name = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *name) {
            Name::Of(path) => Some(path),
            other => {
                *name = other;
                None
            }
        }
    }

    /// Removes the file, and each one that the query begins from now on.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Name::Closed;
    }
}

/// A Parquet file that gets its name when it is complete.
pub(crate) struct ParquetFile {
    writer: ArrowWriter<File>,
    incomplete: Incomplete,
    path: PathBuf,
    rows: usize,
}

impl Drop for ParquetFile {
    fn drop(&mut self) {
        drop(self.incomplete.take());
    }
}

impl ParquetFile {
    pub(super) fn create(path: &Path, incomplete: Incomplete, schema: SchemaRef) -> Result<Self> {
        // A device or a link would be replaced, and a directory cannot be.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(Error::NoFile { path: path.to_owned() }.into());
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        // The writer would panic.
        let mut fields = schema.fields().iter();
        if let Some(field) = fields.find(|field| has_union(field.data_type())) {
            return Err(Error::NotParquet { column: field.name().clone() }.into());
        }
        let mut file = tempfile::Builder::new();
        // As any other file that a program makes: the umask decides who else may read it.
        #[cfg(unix)]
        file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = file.tempfile_in(directory.unwrap_or(Path::new(".")))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_bytes(Some(ROW_GROUP));
        let (file, unfinished) = file.into_parts();
        let writer = ArrowWriter::try_new(file, schema, Some(properties.build()));
        let writer = writer.map_err(failed)?;
        incomplete.put(unfinished);
        Ok(Self { writer, incomplete, path: path.to_owned(), rows: 0 })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows();
        self.writer.write(batch).map_err(failed)
    }

    pub(super) fn finish(mut self) -> Result<String> {
        self.writer.finish().map_err(failed)?;
        self.writer.inner().sync_all()?;
        let Some(incomplete) = self.incomplete.take() else {
            let removed = "the file was removed before it was complete".to_owned();
            return Err(DataFusionError::Execution(removed));
        };
        incomplete.persist(&self.path).map_err(|error| DataFusionError::IoError(error.error))?;
        Ok(format!("{} rows are in {}\n", self.rows, self.path.display()))
    }
}

/// Whether values have several types, at any depth.
fn has_union(data_type: &DataType) -> bool {
    match data_type {
        DataType::Union(..) => true,
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _)
        | DataType::RunEndEncoded(_, field) => has_union(field.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| has_union(field.data_type())),
        DataType::Dictionary(_, values) => has_union(values),
        _ => false,
    }
}

fn failed(error: ParquetError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::{Field, UnionFields, UnionMode};

    /// A signal may come before the file is begun, and the query may go on computing after that.
    #[test]
    fn a_query_that_was_ended_leaves_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let files = || std::fs::read_dir(directory.path()).unwrap().count();
        let path = directory.path().join("rows.parquet");
        let create = |incomplete: &Incomplete| {
            let schema = Arc::new(datafusion::arrow::datatypes::Schema::empty());
            ParquetFile::create(&path, incomplete.clone(), schema).unwrap()
        };
        let begun = Incomplete::default();
        let file = create(&begun);
        assert_eq!(files(), 1);
        begun.close();
        assert_eq!(files(), 0);
        assert!(file.finish().is_err());
        let file = create(&begun);
        assert_eq!(files(), 0);
        assert!(file.finish().is_err());
        drop(create(&Incomplete::default()));
        assert_eq!(files(), 0);
    }

    #[test]
    fn several_types_are_found_at_any_depth() {
        let field = |data_type: DataType| Arc::new(Field::new("a", data_type, true));
        for (is_found, inner) in [
            (true, DataType::Union(UnionFields::empty(), UnionMode::Sparse)),
            (false, DataType::Utf8),
        ] {
            let nested = DataType::Struct(vec![field(inner.clone())].into());
            for data_type in [
                DataType::List(field(nested.clone())),
                DataType::FixedSizeList(field(inner.clone()), 2),
                DataType::Map(field(nested.clone()), false),
                DataType::Dictionary(Box::new(DataType::Int8), Box::new(inner.clone())),
                DataType::RunEndEncoded(field(DataType::Int32), field(inner.clone())),
                nested,
                inner.clone(),
            ] {
                assert_eq!(has_union(&data_type), is_found, "{data_type}");
            }
        }
    }
}
