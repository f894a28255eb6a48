//! Contexts and targets of the CoRE Link Format (RFC 6690 section 2.1).

use crate::reference::Base;
use iri_string::types::IriStr;

/// Resolves the anchors and targets of one document.
pub(super) struct Origin {
    /// The scheme and the authority of the document's URI, if it has both.
    origin: Option<String>,
    base: Base,
}

impl Origin {
    pub(super) fn of(uri: &str) -> Self {
        let origin = origin(uri);
        let base = Base::new(origin.as_deref().unwrap_or(uri));
        Self { origin, base }
    }

    /// The context and the target of a link.
    ///
    /// The context is the anchor; without one it is the origin of the target, which is the document's
    /// if the target has none. The target is resolved against the context.
    pub(super) fn resolve(&self, anchor: Option<&str>, target: &str) -> Option<(String, String)> {
        if let Some(anchor) = anchor {
            let anchor = self.base.resolve(anchor)?;
            let target = Base::new(&anchor).resolve(target)?;
            return Some((anchor, target));
        }
        let target = self.base.resolve(target)?;
        let context = origin(&target).or_else(|| self.origin.clone())?;
        Some((context, target))
    }
}

/// The scheme and the authority of a URI.
pub(super) fn origin(uri: &str) -> Option<String> {
    let uri = IriStr::new(uri).ok()?;
    Some(format!("{}://{}", uri.scheme_str(), uri.authority_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6690_2_1_a_target_is_resolved_against_the_context() {
        let origin = Origin::of("coap://node:5683/.well-known/core?rt=x");
        for (anchor, target, expected) in [
            (None, "/sensors", Some(("coap://node:5683", "coap://node:5683/sensors"))),
            (None, "sensors", Some(("coap://node:5683", "coap://node:5683/sensors"))),
            (None, "coap://other/a", Some(("coap://other", "coap://other/a"))),
            (None, "//other/a", Some(("coap://other", "coap://other/a"))),
            (None, "urn:x:y", Some(("coap://node:5683", "urn:x:y"))),
            (Some("/a/b"), "c", Some(("coap://node:5683/a/b", "coap://node:5683/a/c"))),
            (Some("/a/b"), "/t", Some(("coap://node:5683/a/b", "coap://node:5683/t"))),
            (Some("coap://other/a/b"), "c", Some(("coap://other/a/b", "coap://other/a/c"))),
            (None, "a b", None),
            (Some("a b"), "/t", None),
        ] {
            let resolved = origin.resolve(anchor, target);
            let resolved = resolved.as_ref().map(|(one, other)| (&**one, &**other));
            assert_eq!(resolved, expected, "{anchor:?} {target}");
        }
        assert_eq!(Origin::of("/relative").resolve(None, "/a"), None);
        let absolute = Origin::of("/relative").resolve(None, "coap://n/a");
        assert_eq!(absolute, Some(("coap://n".into(), "coap://n/a".into())));
    }
}
