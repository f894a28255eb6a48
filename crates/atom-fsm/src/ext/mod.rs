//! Typed extensions: elements of other vocabularies, including your own, as values.

use crate::atom::Entry;
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
///         Ok(Self(element.text().trim().parse().unwrap_or_default()))
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
    /// When the vocabulary does not allow such an element.
    fn from_element(element: &Element<'a>) -> Result<Self, Error>;

    /// Converts the value to an element.
    fn to_element(&self) -> Element<'a>;

    /// The element's name.
    #[must_use]
    fn name() -> Name<'static> {
        Name::known(Self::NAMESPACE, Self::PREFIX, Self::LOCAL)
    }
}

impl<'a> Entry<'a> {
    /// Returns the first extension of a type. `None` when the entry has no element of its name.
    ///
    /// # Errors
    /// Those of [`Extension::from_element`].
    pub fn extension<T: Extension<'a>>(&self) -> Option<Result<T, Error>> {
        let found = self.extensions().iter().find(|element| is::<T>(element));
        found.map(T::from_element)
    }

    /// Replaces all extensions of a type by one, or adds it at the end if there is none.
    pub fn set_extension<T: Extension<'a>>(&mut self, extension: &T) {
        let extensions = self.extensions_mut();
        let place = extensions.iter().position(|element| is::<T>(element));
        extensions.retain(|element| !is::<T>(element));
        let place = place.unwrap_or(extensions.len());
        extensions.insert(place, extension.to_element());
    }

    /// Removes all extensions of a type.
    pub fn remove_extension<T: Extension<'a>>(&mut self) {
        self.extensions_mut().retain(|element| !is::<T>(element));
    }
}

fn is<'a, T: Extension<'a>>(element: &Element<'a>) -> bool {
    element.name().is(T::NAMESPACE, T::LOCAL)
}
