//! Names of elements and attributes.

use super::chars;
use super::shared::Shared;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::rule::Rule;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The name of an element or attribute: a namespace, a local part, and a prefix.
///
/// Two names are equal when their namespaces and local parts are equal. The prefix does not count,
/// since it only stands for the namespace.
#[derive(Clone)]
pub struct Name<'a> {
    pub(crate) namespace: Shared<'a>,
    pub(crate) prefix: Cow<'a, str>,
    pub(crate) local: Cow<'a, str>,
}

impl<'a> Name<'a> {
    /// Returns a name. The namespace is empty for a name in no namespace. A writer uses the prefix
    /// if it can; it is empty for no prefix.
    ///
    /// # Errors
    /// [`Rule::Name`] when the local part or the prefix is not a valid name without a colon,
    /// [`Rule::PrefixReserved`] when the namespace is that of `xmlns`.
    pub fn new(
        namespace: impl Into<Cow<'a, str>>,
        prefix: impl Into<Cow<'a, str>>,
        local: impl Into<Cow<'a, str>>,
    ) -> Result<Self, Error> {
        let (namespace, prefix, local) = (namespace.into(), prefix.into(), local.into());
        let namespace = Shared::from(namespace);
        if !chars::is_ncname(&local) || !(prefix.is_empty() || chars::is_ncname(&prefix)) {
            return Err(Error::built(Rule::Name, &local, &prefix));
        }
        if *namespace == *namespace::XMLNS {
            return Err(Error::built(Rule::PrefixReserved, &local, &namespace));
        }
        Ok(Self { namespace, prefix, local })
    }

    /// Returns a name that is known to be valid.
    pub(crate) const fn known(
        namespace: &'static str,
        prefix: &'static str,
        local: &'static str,
    ) -> Self {
        Self {
            namespace: Shared::Borrowed(namespace),
            prefix: Cow::Borrowed(prefix),
            local: Cow::Borrowed(local),
        }
    }

    /// The namespace; empty for a name in no namespace, and for an [unbound](Self::is_unbound) one.
    #[must_use]
    pub fn namespace(&self) -> &str {
        if self.is_unbound() { "" } else { &self.namespace }
    }

    /// Whether the prefix is declared nowhere, so that its namespace is not known. Only
    /// [`Reader::repair`](crate::Reader::repair) reads such names; each equals those with the same
    /// prefix and local part. A writer refuses them, or leaves them out
    /// ([`Correction::UnboundNames`](crate::Correction::UnboundNames)).
    #[must_use]
    pub fn is_unbound(&self) -> bool {
        self.namespace.is_unbound()
    }

    /// The prefix that was read or should be written; empty for no prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The local part.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether the name has this namespace and local part.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && namespace::same(&self.namespace, namespace)
    }
}

into_owned!(private Name { namespace, prefix, local });

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.namespace, &other.local)
    }
}

impl Eq for Name<'_> {}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (*self.namespace).hash(state);
        self.local.hash(state);
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unbound() {
            return write!(f, "{}:{}", self.prefix, self.local);
        }
        write!(f, "{{{}}}{}", &*self.namespace, self.local)
    }
}

/// An attribute of an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attribute<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) value: Cow<'a, str>,
}

impl<'a> Attribute<'a> {
    /// Returns an attribute. A writer escapes the value.
    pub fn new(name: Name<'a>, value: impl Into<Cow<'a, str>>) -> Self {
        Self { name, value: value.into() }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &Name<'a> {
        &self.name
    }

    /// The value, in which references are replaced.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

into_owned!(private Attribute { name, value });
