//! Typed extensions: elements of other vocabularies, including your own, as values.
//!
//! | vocabulary | types |
//! |---|---|
//! | RFC 5005, feeds in several documents | [`Complete`], [`Archive`], [`Walk`] |
//! | RFC 6721, deleted entries | [`Tombstone`] |
//! | RFC 4685, threads | [`InReplyTo`], [`TotalReplies`], and [`Link::reply_count`](crate::atom::Link::reply_count), [`Link::replies_updated`](crate::atom::Link::replies_updated) |
//! | GeoRSS, places | [`Location`], [`Geometry`] |
//! | RFC 5023, the collection that a feed shows | [`Collection`] |
//! | yours | [`Extension`] |
//!
//! The types of this module hold the element that they were read from. So what they have no accessor
//! for, such as an attribute of yet another vocabulary, is written again.

mod collection;
mod extension;
mod geometry;
mod georss;
mod history;
mod parts;
pub(crate) mod rules;
mod threading;
mod tombstone;
mod value;
pub(crate) mod walk;

pub use extension::Extension;
pub use geometry::{Coordinates, Geometry};
pub use georss::{Location, Place};
pub use history::{Archive, Complete};
pub use threading::{InReplyTo, TotalReplies};
pub use tombstone::Tombstone;
pub use walk::{End, Follow, Step, Walk};

use crate::app::Collection;
use crate::atom::{Entry, Feed, Person, Source};
use crate::error::Error;

/// The methods for typed extensions, for each type that has extension elements.
macro_rules! typed_extensions {
    ($($type:ident),*) => {
        $(impl<'a> $type<'a> {
            /// Returns the first extension of a type. `None` when there is no element of its name.
            ///
            /// # Errors
            /// Those of [`Extension::from_element`].
            pub fn extension<T: Extension<'a>>(&self) -> Option<Result<T, Error>> {
                self.typed_extensions().next()
            }

            /// Iterates over the extensions of a type, in document order. An item is an error where
            /// [`Extension::from_element`] refuses the element.
            pub fn typed_extensions<T: Extension<'a>>(
                &self,
            ) -> impl Iterator<Item = Result<T, Error>> {
                self.extensions().iter().filter(|element| T::is(element)).map(T::from_element)
            }

            /// Replaces all extensions of a type by one, or adds it at the end if there is none.
            pub fn set_extension<T: Extension<'a>>(&mut self, extension: &T) {
                let extensions = self.extensions_mut();
                let place = extensions.iter().position(T::is);
                extensions.retain(|element| !T::is(element));
                let place = place.unwrap_or(extensions.len());
                extensions.insert(place, extension.to_element());
            }

            /// Adds an extension at the end.
            pub fn add_extension<T: Extension<'a>>(&mut self, extension: &T) {
                self.extensions_mut().push(extension.to_element());
            }

            /// Removes all extensions of a type.
            pub fn remove_extension<T: Extension<'a>>(&mut self) {
                self.extensions_mut().retain(|element| !T::is(element));
            }
        })*
    };
}

typed_extensions!(Entry, Feed, Source, Collection, Person);
