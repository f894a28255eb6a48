//! Namespace declarations in scope.

use super::shared::Shared;
use crate::into_owned::IntoOwned;
use crate::namespace;
use std::borrow::Cow;

/// One declaration.
#[derive(Debug, Clone)]
pub(crate) struct Binding<'a> {
    pub(crate) prefix: Cow<'a, str>,
    pub(crate) namespace: Shared<'a>,
    /// The index of the outermost declaration of the same meaning that is not shadowed.
    pub(crate) origin: usize,
    /// Whether the reader's option supplied it and its first use was not reported yet.
    pub(crate) unreported: bool,
}

/// The declarations in scope, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a>(Vec<Binding<'a>>);

impl<'a> Scope<'a> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub(crate) fn push(&mut self, prefix: Cow<'a, str>, namespace: Cow<'a, str>) {
        let namespace = Shared::declared(namespace);
        let origin = match self.innermost(&prefix) {
            Some(around) if namespace::same(&around.namespace, &namespace) => around.origin,
            _ => self.len(),
        };
        self.0.push(Binding { prefix, namespace, origin, unreported: false });
    }

    pub(crate) fn supply(&mut self, prefix: Cow<'a, str>, namespace: Cow<'a, str>) {
        let namespace = Shared::declared(namespace);
        let origin = self.len();
        self.0.push(Binding { prefix, namespace, origin, unreported: true });
    }

    /// The declarations from an index on.
    pub(crate) fn since(&self, len: usize) -> &[Binding<'a>] {
        self.0.get(len..).unwrap_or_default()
    }

    pub(crate) fn find_mut(&mut self, prefix: &str) -> Option<&mut Binding<'a>> {
        self.0.iter_mut().rev().find(|binding| is(&binding.prefix, prefix))
    }

    /// The innermost declaration of a prefix.
    pub(crate) fn innermost(&self, prefix: &str) -> Option<&Binding<'a>> {
        self.0.iter().rev().find(|binding| is(&binding.prefix, prefix))
    }

    /// The namespace that a prefix stands for. The empty prefix stands for no namespace unless it
    /// is declared.
    pub(crate) fn namespace(&self, prefix: &str) -> Option<&str> {
        match self.innermost(prefix) {
            Some(binding) => Some(&binding.namespace),
            None => match prefix {
                "" => Some(""),
                "xml" => Some(namespace::XML),
                _ => None,
            },
        }
    }

    /// Each prefix that is declared, with what it stands for here, in the order of declaration.
    pub(crate) fn visible(&self) -> Vec<(Box<str>, Box<str>)> {
        let is_visible = |(index, binding): &(usize, &Binding<'a>)| {
            self.since(index + 1).iter().all(|inner| !is(&inner.prefix, &binding.prefix))
        };
        let visible = self.0.iter().enumerate().filter(is_visible);
        visible.map(|(_, it)| ((&*it.prefix).into(), (&*it.namespace).into())).collect()
    }

    /// Whether a prefix stands for a namespace here.
    pub(crate) fn means(&self, prefix: &str, namespace: &str) -> bool {
        self.namespace(prefix).is_some_and(|found| namespace::same(found, namespace))
    }

    /// The innermost prefix that stands for a namespace here.
    pub(crate) fn prefix(&self, namespace: &str, or_default: bool) -> Option<&str> {
        let fits = |binding: &&Binding<'a>| {
            namespace::same(&binding.namespace, namespace)
                && (or_default || !binding.prefix.is_empty())
                && self.means(&binding.prefix, namespace)
        };
        self.0.iter().rev().find(fits).map(|binding| &*binding.prefix)
    }
}

impl IntoOwned for Scope<'_> {
    type Owned = Scope<'static>;

    fn into_owned(self) -> Scope<'static> {
        let owned = |binding: Binding<'_>| Binding {
            prefix: Cow::Owned(binding.prefix.into_owned()),
            namespace: binding.namespace.into_owned(),
            origin: binding.origin,
            unreported: binding.unreported,
        };
        Scope(self.0.into_iter().map(owned).collect())
    }
}

/// Whether two prefixes are the same. Most are empty and need no comparison.
fn is(one: &str, other: &str) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}
