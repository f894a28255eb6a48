//! Namespace declarations in scope.

use super::shared::Shared;
use crate::into_owned::IntoOwned;
use crate::namespace;
use std::borrow::Cow;
use std::collections::HashMap;

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

/// So many declarations are looked through one by one. More are found by hashing.
const FEW: usize = 32;

/// The declarations in scope, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    bindings: Vec<Binding<'a>>,
    /// There once there were more than a few.
    index: Option<Box<Index>>,
}

/// Where the declarations of each prefix and of each namespace are, innermost last.
#[derive(Debug, Default)]
struct Index {
    of_prefix: Places,
    of_namespace: Places,
}

type Places = HashMap<Box<str>, Vec<usize>>;

impl Index {
    fn add(&mut self, at: usize, binding: &Binding<'_>) {
        for (places, text) in self.both(binding) {
            match places.get_mut(text) {
                Some(places) => places.push(at),
                None => {
                    places.insert(text.into(), vec![at]);
                }
            }
        }
    }

    /// Removes the last declaration.
    fn remove(&mut self, binding: &Binding<'_>) {
        for (places, text) in self.both(binding) {
            let Some(of_text) = places.get_mut(text) else { continue };
            of_text.pop();
            if of_text.is_empty() {
                places.remove(text);
            }
        }
    }

    fn both<'i>(&'i mut self, binding: &'i Binding<'_>) -> [(&'i mut Places, &'i str); 2] {
        [(&mut self.of_prefix, &binding.prefix), (&mut self.of_namespace, &binding.namespace)]
    }
}

impl<'a> Scope<'a> {
    pub(crate) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        if self.index.is_some() {
            self.forget(len);
        }
        self.bindings.truncate(len);
    }

    #[cold]
    fn forget(&mut self, len: usize) {
        if len <= FEW / 2 {
            self.index = None;
        }
        let Some(index) = &mut self.index else { return };
        self.bindings.iter().skip(len).rev().for_each(|binding| index.remove(binding));
    }

    pub(crate) fn push(&mut self, prefix: Cow<'a, str>, namespace: Cow<'a, str>) {
        let namespace = Shared::declared(namespace);
        let origin = match self.innermost(&prefix) {
            Some(around) if namespace::same(&around.namespace, &namespace) => around.origin,
            _ => self.len(),
        };
        self.add(Binding { prefix, namespace, origin, unreported: false });
    }

    fn add(&mut self, binding: Binding<'a>) {
        self.bindings.push(binding);
        if self.index.is_some() || self.bindings.len() > FEW {
            self.remember();
        }
    }

    #[cold]
    fn remember(&mut self) {
        let from = if self.index.is_some() { self.bindings.len() - 1 } else { 0 };
        let index = self.index.get_or_insert_default();
        for (at, binding) in self.bindings.iter().enumerate().skip(from) {
            index.add(at, binding);
        }
    }

    pub(crate) fn supply(&mut self, prefix: Cow<'a, str>, namespace: Cow<'a, str>) {
        let namespace = Shared::declared(namespace);
        let origin = self.len();
        self.add(Binding { prefix, namespace, origin, unreported: true });
    }

    /// The declarations from an index on.
    pub(crate) fn since(&self, len: usize) -> &[Binding<'a>] {
        self.bindings.get(len..).unwrap_or_default()
    }

    pub(crate) fn find_mut(&mut self, prefix: &str) -> Option<&mut Binding<'a>> {
        let at = self.place(prefix)?;
        self.bindings.get_mut(at)
    }

    /// The innermost declaration of a prefix.
    pub(crate) fn innermost(&self, prefix: &str) -> Option<&Binding<'a>> {
        self.bindings.get(self.place(prefix)?)
    }

    /// Where the innermost declaration of a prefix is.
    pub(crate) fn place(&self, prefix: &str) -> Option<usize> {
        match &self.index {
            None => self.bindings.iter().rposition(|binding| is(&binding.prefix, prefix)),
            Some(index) => index.of_prefix.get(prefix)?.last().copied(),
        }
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
        let is_visible = |(at, binding): &(usize, &Binding<'a>)| {
            self.place(&binding.prefix).is_some_and(|innermost| innermost == *at)
        };
        let visible = self.bindings.iter().enumerate().filter(is_visible);
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
        let found = match &self.index {
            None => self.bindings.iter().rev().find(fits),
            Some(index) => {
                let places = index.of_namespace.get(namespace)?.iter().rev();
                places.filter_map(|at| self.bindings.get(*at)).find(fits)
            }
        };
        found.map(|binding| &*binding.prefix)
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
        Scope { bindings: self.bindings.into_iter().map(owned).collect(), index: self.index }
    }
}

/// Whether two prefixes are the same. Most are empty and need no comparison.
fn is(one: &str, other: &str) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The slow twin looks through all declarations.
        #[test]
        fn many_declarations_are_found_as_few_are(
            steps in prop::collection::vec((0..60_usize, 0..60_usize, prop::bool::weighted(0.1)), 0..200)
        ) {
            let mut scope = Scope::default();
            for (one, other, ends) in steps {
                if ends {
                    scope.truncate(other.min(scope.len()));
                } else {
                    scope.push(format!("p{one}").into(), format!("urn:{other}").into());
                }
                let all = scope.bindings.iter();
                let slow = all.clone().rev().find(|binding| binding.prefix == format!("p{one}"));
                let found = scope.innermost(&format!("p{one}"));
                prop_assert_eq!(found.map(|it| &*it.namespace), slow.map(|it| &*it.namespace));
                let namespace = format!("urn:{other}");
                let slow = all.rev().find(|binding| {
                    *binding.namespace == *namespace && scope.means(&binding.prefix, &namespace)
                });
                prop_assert_eq!(scope.prefix(&namespace, true), slow.map(|it| &*it.prefix));
            }
            let visible = scope.visible();
            prop_assert!(visible.iter().all(|(prefix, namespace)| scope.means(prefix, namespace)));
        }
    }
}
