//! What a document can be.

use crate::error::Error;
use crate::xml::{Pull, XmlWriter};

pub(crate) mod sealed {
    pub trait Root {}
}

/// A value that is the root of a document: [`Feed`](crate::atom::Feed),
/// [`Entry`](crate::atom::Entry), [`Service`](crate::app::Service),
/// [`Categories`](crate::app::Categories), [`Collection`](crate::app::Collection), or any of them,
/// [`Document`](crate::Document).
pub trait Root<'a>: sealed::Root + Sized {
    #[doc(hidden)]
    fn is_root(pull: &Pull<'a>) -> bool;

    #[doc(hidden)]
    fn read_root(pull: &mut Pull<'a>) -> Result<Self, Error>;

    #[doc(hidden)]
    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error>;
}
