//! Where the rows of a result go.

use super::cell::{self, Form};
#[cfg(feature = "parquet")]
use super::parquet_file::{Incomplete, ParquetFile};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::DataFusionError;

/// Where the rows of a result go.
pub(crate) enum Output {
    /// Onto the screen, up to a number of rows.
    Table { most: usize, kept: Vec<RecordBatch>, rows: usize, schema: SchemaRef },
    /// Into a Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetFile>),
}

impl Output {
    pub(crate) fn table(most: usize, schema: SchemaRef) -> Self {
        Self::Table { most, kept: Vec::new(), rows: 0, schema }
    }

    #[cfg(feature = "parquet")]
    pub(crate) fn parquet(
        path: &std::path::Path,
        incomplete: &Incomplete,
        schema: SchemaRef,
    ) -> Result<Self, DataFusionError> {
        let file = ParquetFile::create(path, incomplete.clone(), schema)?;
        Ok(Self::Parquet(Box::new(file)))
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch, form: Form) -> Result<(), DataFusionError> {
        match self {
            Self::Table { most, kept, rows, .. } => {
                let rest = most.saturating_sub(*rows).min(batch.num_rows());
                *rows += batch.num_rows();
                if rest > 0 {
                    kept.push(cell::cells(&batch.slice(0, rest), form)?);
                }
                Ok(())
            }
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.write(batch),
        }
    }

    /// Ends the output. The result is what to print.
    pub(crate) fn finish(self) -> Result<String, DataFusionError> {
        match self {
            Self::Table { most, mut kept, rows, schema } => {
                if kept.is_empty() {
                    kept.push(RecordBatch::new_empty(cell::schema(&schema)));
                }
                let table = pretty_format_batches(&kept)?;
                Ok(match rows.saturating_sub(most) {
                    0 => format!("{table}\n"),
                    more => format!("{table}\n{more} more rows are not shown (--rows {most})\n"),
                })
            }
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.finish(),
        }
    }
}
