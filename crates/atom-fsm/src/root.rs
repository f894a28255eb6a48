//! The values that can be the root of a document.

use crate::error::Error;
use crate::xml::{XmlReader, XmlWriter};

pub(crate) mod sealed {
    pub trait Root {}
}

/// A value that is the root of a document: [`Feed`](crate::atom::Feed),
/// [`Entry`](crate::atom::Entry), [`Service`](crate::app::Service),
/// [`Categories`](crate::app::Categories), [`Collection`](crate::app::Collection), or any of them,
/// [`Document`](crate::Document).
pub trait Root<'a>: sealed::Root + Sized {
    #[doc(hidden)]
    fn is_root(reader: &XmlReader<'a>) -> bool;

    /// The value that borrows nothing.
    #[doc(hidden)]
    type Owned: Send + Sync + 'static;

    /// Reads the root at the last start tag to `read`. On an error, that holds the part before it
    /// that is complete, if there is any.
    #[doc(hidden)]
    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error>;

    #[doc(hidden)]
    fn own(self) -> Self::Owned;

    #[doc(hidden)]
    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error>;
}
