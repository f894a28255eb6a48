//! The rows of a batch, column by column.

use crate::columns::{BodyType, Column, schema_of};
use crate::error::Error;
use crate::package::Package;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryArray, Int64Builder, RecordBatch, RecordBatchOptions, StringArray,
    StringBuilder,
};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use multipart_package::Head;
use std::sync::Arc;

/// How many octets of bodies and fields a batch may have before it is given: 8 MiB, so that some
/// batches of every partition fit in memory, whatever the number of rows.
const MOST_OCTETS: usize = 8 * 1024 * 1024;

/// The most octets of a body under any limit: a column counts them in 31 bits beside those of the batch.
const MOST_BODY: u64 = 2 * 1024 * 1024 * 1024 - 1 - MOST_OCTETS as u64;

/// The rows of a batch that is being read.
pub(super) struct Rows {
    package: Arc<Package>,
    schema: SchemaRef,
    body_type: BodyType,
    batch_size: usize,
    columns: Vec<Builder>,
    rows: usize,
    /// The octets that were copied into the batch.
    octets: usize,
    /// Where the part begins that is being read.
    offset: u64,
    /// The octets of its body so far.
    length: u64,
    /// Where the part of each row begins, to report a body that is not UTF-8.
    offsets: Vec<u64>,
}

enum Builder {
    Field(FieldBuilder),
    Length(Int64Builder),
    Offset(Int64Builder),
    /// The URI, once for each row of the longest batch so far.
    Package(StringArray),
    Body {
        octets: Vec<u8>,
        ends: Vec<i32>,
    },
}

/// The column of a field of heads.
struct FieldBuilder {
    column: Column,
    /// The name of the field.
    name: &'static str,
    texts: StringBuilder,
    /// Whether the head that is being read has had the field.
    is_found: bool,
}

impl Builder {
    fn new(column: Column) -> Self {
        let field = |name| {
            let (texts, is_found) = (StringBuilder::new(), false);
            Self::Field(FieldBuilder { column, name, texts, is_found })
        };
        match column {
            Column::Location => field("content-location"),
            Column::ContentType => field("content-type"),
            Column::ContentDigest => field("content-digest"),
            Column::Length => Self::Length(Int64Builder::new()),
            Column::Offset => Self::Offset(Int64Builder::new()),
            Column::Package => Self::Package(StringArray::new_null(0)),
            Column::Body => Self::Body { octets: Vec::new(), ends: vec![0] },
        }
    }
}

impl Rows {
    pub(super) fn new(
        package: Arc<Package>,
        columns: &[Column],
        body_type: BodyType,
        batch_size: usize,
    ) -> Self {
        let schema = schema_of(columns, body_type);
        let columns = columns.iter().copied().map(Builder::new).collect();
        let (rows, octets, offset, length, offsets) = (0, 0, 0, 0, Vec::new());
        Self {
            package,
            schema,
            body_type,
            batch_size,
            columns,
            rows,
            octets,
            offset,
            length,
            offsets,
        }
    }

    /// A part begins.
    pub(super) fn begin(&mut self, head: Head<&[u8]>) -> Result<(), Error> {
        (self.offset, self.length) = (head.offset(), 0);
        let mut missing = self.columns.iter().filter(|it| matches!(it, Builder::Field(_))).count();
        if missing == 0 {
            return Ok(());
        }
        for field in head.fields() {
            for builder in &mut self.columns {
                let Builder::Field(own) = builder else { continue };
                if own.is_found || !field.is(own.name) {
                    continue;
                }
                let value = field.unfolded();
                let text = std::str::from_utf8(&value).map_err(|_| Error::NotUtf8 {
                    package: self.package.uri.clone(),
                    column: own.column.name(),
                    offset: head.offset(),
                })?;
                own.texts.append_value(text);
                self.octets += text.len();
                own.is_found = true;
                missing -= 1;
            }
            if missing == 0 {
                break;
            }
        }
        for builder in &mut self.columns {
            if let Builder::Field(own) = builder
                && !std::mem::take(&mut own.is_found)
            {
                own.texts.append_null();
            }
        }
        Ok(())
    }

    /// Octets of the body. They are copied only if the body is a column.
    pub(super) fn body(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.length += chunk.len() as u64;
        for builder in &mut self.columns {
            if let Builder::Body { octets, .. } = builder {
                let most = self.package.limits.body_octets.min(MOST_BODY);
                if self.length > most {
                    let (package, offset) = (self.package.uri.clone(), self.offset);
                    return Err(Error::BodyTooLong { package, offset, most });
                }
                octets.extend_from_slice(chunk);
                self.octets += chunk.len();
            }
        }
        Ok(())
    }

    /// The part is complete. Returns whether the batch is.
    pub(super) fn end(&mut self) -> bool {
        for builder in &mut self.columns {
            match builder {
                Builder::Length(lengths) => lengths.append_value(counted(self.length)),
                Builder::Offset(offsets) => offsets.append_value(counted(self.offset)),
                Builder::Body { octets, ends } => {
                    ends.push(i32::try_from(octets.len()).unwrap_or(i32::MAX));
                    self.offsets.push(self.offset);
                }
                // A batch ends before its URIs are more than a column can hold.
                Builder::Package(_) => self.octets += self.package.uri.len(),
                Builder::Field(_) => {}
            }
        }
        self.rows += 1;
        self.rows >= self.batch_size || self.octets >= MOST_OCTETS
    }

    /// The batch, after which the next one begins; none if it has no rows.
    pub(super) fn take(&mut self) -> Result<Option<RecordBatch>> {
        let rows = std::mem::take(&mut self.rows);
        if rows == 0 {
            return Ok(None);
        }
        self.octets = 0;
        let offsets = std::mem::take(&mut self.offsets);
        let mut arrays = Vec::with_capacity(self.columns.len());
        for builder in &mut self.columns {
            let array: ArrayRef = match builder {
                Builder::Field(FieldBuilder { texts, .. }) => {
                    let next = StringBuilder::with_capacity(rows, next_of(texts.values_slice()));
                    Arc::new(std::mem::replace(texts, next).finish())
                }
                Builder::Length(numbers) | Builder::Offset(numbers) => {
                    let next = Int64Builder::with_capacity(rows);
                    Arc::new(std::mem::replace(numbers, next).finish())
                }
                Builder::Package(uris) => {
                    if uris.len() < rows {
                        let uri = self.package.uri.as_str();
                        *uris = StringArray::from_iter_values(std::iter::repeat_n(uri, rows));
                    }
                    Arc::new(uris.slice(0, rows))
                }
                Builder::Body { octets, ends } => {
                    let next = Vec::with_capacity(next_of(octets));
                    let octets = std::mem::replace(octets, next);
                    let mut next = Vec::with_capacity(rows + 1);
                    next.push(0);
                    let ends = std::mem::replace(ends, next);
                    bodies(octets, ends, self.body_type, &offsets, &self.package)?
                }
            };
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)?;
        Ok(Some(batch))
    }
}

/// How many octets the next batch may have in a column: about as many as this one, and some more, so that
/// they are seldom moved.
fn next_of(octets: &[u8]) -> usize {
    let len = octets.len().min(MOST_OCTETS);
    len + len / 8
}

/// The column `body`.
fn bodies(
    octets: Vec<u8>,
    ends: Vec<i32>,
    body_type: BodyType,
    offsets: &[u64],
    package: &Package,
) -> Result<ArrayRef> {
    let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
    let octets = Buffer::from_vec(octets);
    if body_type == BodyType::Binary {
        return Ok(Arc::new(BinaryArray::try_new(ends, octets, None)?));
    }
    // This checks all bodies. Only if it fails, the one that is to blame is looked for.
    match StringArray::try_new(ends.clone(), octets.clone(), None) {
        Ok(texts) => Ok(Arc::new(texts)),
        Err(error) => {
            let Some(row) = not_utf8(&octets, &ends) else { return Err(error.into()) };
            let offset = offsets.get(row).copied().unwrap_or_default();
            let package = package.uri.clone();
            Err(Error::NotUtf8 { package, column: Column::Body.name(), offset }.into())
        }
    }
}

/// The first row whose body is not UTF-8.
fn not_utf8(octets: &[u8], ends: &[i32]) -> Option<usize> {
    let row = |ends: &[i32]| match ends {
        [start, end] => octets.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?),
        _ => None,
    };
    ends.windows(2).position(|ends| row(ends).is_none_or(|body| std::str::from_utf8(body).is_err()))
}

/// A number of octets of a package, which planning has limited to what the engine counts.
fn counted(octets: u64) -> i64 {
    i64::try_from(octets).unwrap_or(i64::MAX)
}
