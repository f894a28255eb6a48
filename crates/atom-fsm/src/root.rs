//! What a document can be.

use crate::error::Error;
use crate::xml::{Pull, XmlWriter};

pub(crate) mod sealed {
    pub trait Root {}
}

/// What a [`Root`] is read from.
#[derive(Debug)]
pub struct Read<'p, 'a>(pub(crate) &'p mut Pull<'a>);

/// A value that is the root of a document: [`Feed`](crate::atom::Feed),
/// [`Entry`](crate::atom::Entry), [`Service`](crate::app::Service),
/// [`Categories`](crate::app::Categories), [`Collection`](crate::app::Collection), or any of them,
/// [`Document`](crate::Document).
pub trait Root<'a>: sealed::Root + Sized {
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else can implement or call this")]
    fn is_root(pull: &Pull<'a>) -> bool;

    #[doc(hidden)]
    fn read_root(read: Read<'_, 'a>) -> Result<Self, Error>;

    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else can implement or call this")]
    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error>;
}
