//! Making the references of a linkset absolute.

use crate::error::Error;
use crate::linkset::model::{Item, Linkset};
use crate::reference::Base;
use crate::rule::Rule;
use std::borrow::Cow;

impl<'a> Linkset<'a> {
    /// The same linkset with absolute anchors and targets, so that it means the same everywhere
    /// (RFC 9264 section 4).
    ///
    /// The base is the URI that the linkset was found at. Anchors and targets are resolved against it
    /// (RFC 8288 sections 3.1 and 3.2); a context without anchor gets it as its anchor, without its
    /// fragment. A link whose anchor or target cannot be resolved becomes an error in its place:
    /// [`Rule::AnchorSyntax`] or [`Rule::TargetSyntax`].
    ///
    /// ```
    /// use version_links::{Linkset, Relation};
    ///
    /// let linkset = Linkset::from_text(b"<../v/2>; rel=latest-version")?
    ///     .resolve("https://example.org/docs/test.txt");
    /// let mut latest = linkset.of("https://example.org/docs/test.txt", Relation::LATEST_VERSION);
    /// assert_eq!(latest.next().map(|link| link.href()), Some("https://example.org/v/2"));
    /// # Ok::<(), version_links::Error>(())
    /// ```
    #[must_use]
    pub fn resolve(mut self, base: &str) -> Linkset<'a> {
        let base = Base::new(base);
        for context in &mut self.contexts {
            let anchor = context.anchor.take().unwrap_or_default();
            let resolved = base.resolve(&anchor);
            let is_resolved = resolved.is_some();
            context.anchor = Some(resolved.map_or(anchor, Cow::Owned));
            for item in self.items.get_mut(context.items.clone()).unwrap_or_default() {
                let Item::Target(target) = item else { continue };
                let refused = match base.resolve(&target.href) {
                    _ if !is_resolved => (Rule::AnchorSyntax, context.anchor.as_deref()),
                    None => (Rule::TargetSyntax, Some(&*target.href)),
                    Some(href) => {
                        target.href = Cow::Owned(href);
                        continue;
                    }
                };
                let (rule, found) = refused;
                let found = found.unwrap_or_default().as_bytes();
                *item = Item::Refused(Error::violation(rule, 0, 0, found));
            }
        }
        self
    }
}
