//! The attributes that the CoRE Link Format defines.

use crate::linkset::target::{LinksetAttribute, LinksetTarget};

/// A link of the CoRE Link Format (RFC 6690), with the attributes of that format.
///
/// ```
/// use version_links::{CoreLink, Reader};
///
/// let linkset = Reader::new().link_format(b"</fw>;rt=\"firmware\";sz=262144", "coap://node/.well-known/core")?;
/// let link = CoreLink::of(linkset.links().next().unwrap().unwrap());
/// assert_eq!(link.target().href(), "coap://node/fw");
/// assert!(link.resource_types().eq(["firmware"]));
/// assert_eq!(link.size(), Some(262_144));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreLink<'s>(LinksetTarget<'s>);

impl<'s> CoreLink<'s> {
    /// The attributes of this link.
    #[must_use]
    pub fn of(target: LinksetTarget<'s>) -> Self {
        Self(target)
    }

    /// The link.
    #[must_use]
    pub fn target(self) -> LinksetTarget<'s> {
        self.0
    }

    /// The resource types of the target: the first `rt` (RFC 6690 section 3.1).
    pub fn resource_types(self) -> impl Iterator<Item = &'s str> + Clone {
        self.words("rt")
    }

    /// The interfaces of the target: the first `if` (RFC 6690 section 3.2).
    pub fn interfaces(self) -> impl Iterator<Item = &'s str> + Clone {
        self.words("if")
    }

    /// The most octets that the target is expected to have: the first `sz` (RFC 6690 section 3.3).
    /// There is none if it is no number, or beyond the range.
    #[must_use]
    pub fn size(self) -> Option<u64> {
        self.words("sz").next()?.parse().ok()
    }

    /// The numbers of the content formats that the target has: the first `ct` (RFC 7252 section
    /// 7.2.1). Numbers beyond the range are left out.
    pub fn content_formats(self) -> impl Iterator<Item = u16> + Clone {
        self.words("ct").filter_map(|number| number.parse().ok())
    }

    fn words(self, name: &'static str) -> impl Iterator<Item = &'s str> + Clone {
        let value = self.0.attribute(name).and_then(LinksetAttribute::value);
        value.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
    }
}
