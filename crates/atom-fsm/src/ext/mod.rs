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
mod geometry;
mod georss;
mod history;
mod parts;
pub(crate) mod rules;
mod threading;
mod tombstone;
mod value;
mod walk;

pub use geometry::{Coordinates, Geometry};
pub use georss::{Location, Place};
pub use history::{Archive, Complete};
pub use threading::{InReplyTo, TotalReplies};
pub use tombstone::Tombstone;
pub use walk::{End, Follow, Step, Walk};

use crate::app::Collection;
use crate::atom::{Entry, Feed, Person, Source};
use crate::error::Error;
use crate::xml::{Element, Name};

/// A value that an element of another vocabulary stands for.
///
/// ```
/// use atom_fsm::atom::Entry;
/// use atom_fsm::ext::Extension;
/// use atom_fsm::xml::{Element, Name};
/// use atom_fsm::Error;
///
/// struct Rank(u32);
///
/// impl Extension<'_> for Rank {
///     const NAMESPACE: &'static str = "http://purl.org/atompub/rank/1.0";
///     const LOCAL: &'static str = "rank";
///     const PREFIX: &'static str = "re";
///
///     fn from_element(element: &Element<'_>) -> Result<Self, Error> {
///         let text = element.text();
///         text.trim().parse().map(Self).map_err(|_| Error::extension("rank", &text))
///     }
///
///     fn to_element(&self) -> Element<'static> {
///         Element::new(Self::name()).with_text(self.0.to_string())
///     }
/// }
///
/// let mut entry = Entry::new();
/// entry.set_extension(&Rank(3));
/// assert_eq!(entry.extension::<Rank>().unwrap()?.0, 3);
/// # Ok::<(), Error>(())
/// ```
pub trait Extension<'a>: Sized {
    /// The namespace of the element.
    const NAMESPACE: &'static str;
    /// The local part of the element's name.
    const LOCAL: &'static str;
    /// The prefix that a writer should use if it can.
    const PREFIX: &'static str;

    /// Converts an element, which has the name above, to the value.
    ///
    /// # Errors
    /// When the vocabulary does not allow such an element: see [`Error::extension`].
    fn from_element(element: &Element<'a>) -> Result<Self, Error>;

    /// Converts the value to an element.
    fn to_element(&self) -> Element<'a>;

    /// The element's name.
    #[must_use]
    fn name() -> Name<'static> {
        Name::known(Self::NAMESPACE, Self::PREFIX, Self::LOCAL)
    }

    /// Whether an element is one of this type. By default it is one that has the name above; a type
    /// that stands for elements of several names says so here.
    #[must_use]
    fn is(element: &Element<'_>) -> bool {
        element.name().is(Self::NAMESPACE, Self::LOCAL)
    }
}

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
