//! Values as they are printed: short, and without characters that control a terminal.

use super::printable::{Escape, escaped};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use std::fmt::{self, Write};
use std::sync::Arc;

/// How many characters of a value are printed. The table pads each cell to the widest one.
const MOST: usize = 200;

/// How a value is printed that is absent, so that it differs from an empty text.
const NULL: &str = "NULL";

/// How values are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// On one line, up to a number of characters.
    Values,
    /// Line by line and as a whole: the rows are plans, which the engine has written.
    Plans,
}

/// The schema of the texts that are printed for rows.
pub(crate) fn schema(schema: &Schema) -> SchemaRef {
    let field = |name: &str| Field::new(escaped(name), DataType::Utf8, false);
    Arc::new(Schema::new(schema.fields().iter().map(|it| field(it.name())).collect::<Vec<_>>()))
}

/// The texts that are printed for rows.
pub(crate) fn cells(batch: &RecordBatch, form: Form) -> Result<RecordBatch, DataFusionError> {
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    let options = FormatOptions::default().with_null(NULL);
    for array in batch.columns() {
        let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
        let mut texts = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let mut cell = Cell::of(form);
            let written = formatter.value(row).write(&mut cell);
            if cell.is_cut {
                cell.text.push_str("...");
                if let Some(octets) = octets(array.as_ref(), row) {
                    cell.text.push_str(&format!(" {octets} octets"));
                }
            } else {
                written?;
            }
            texts.push(cell.text);
        }
        columns.push(Arc::new(StringArray::from(texts)));
    }
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema(&batch.schema()), columns, &rows)?)
}

/// The number of octets of a text or of binary data.
fn octets(array: &dyn Array, row: usize) -> Option<usize> {
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).len(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).len(),
        DataType::Utf8View => array.as_string_view().value(row).len(),
        DataType::Binary => array.as_binary::<i32>().value(row).len(),
        DataType::LargeBinary => array.as_binary::<i64>().value(row).len(),
        DataType::BinaryView => array.as_binary_view().value(row).len(),
        _ => return None,
    })
}

/// A cell that is written, up to a number of characters.
struct Cell {
    form: Form,
    text: String,
    escape: Escape,
    rest: usize,
    is_cut: bool,
}

impl Cell {
    fn of(form: Form) -> Self {
        let rest = match form {
            Form::Values => MOST,
            Form::Plans => usize::MAX,
        };
        Self { form, text: String::new(), escape: Escape::default(), rest, is_cut: false }
    }
}

impl Write for Cell {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            let Some(rest) = self.rest.checked_sub(1) else {
                self.is_cut = true;
                // What follows is not even written.
                return Err(fmt::Error);
            };
            self.rest = rest;
            match (self.form, c) {
                (Form::Plans, '\n') => self.text.push(c),
                _ => self.escape.push(&mut self.text, c),
            }
        }
        Ok(())
    }
}
