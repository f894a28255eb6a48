//! The trait of typed extensions.

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
