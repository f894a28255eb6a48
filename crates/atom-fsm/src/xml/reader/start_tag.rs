//! Start tags: their limits, names and namespaces.

use super::{Open, XmlReader};
use crate::error::Error;
use crate::limits::Limit;
use crate::rule::Rule;
use crate::xml::name::Name;
use crate::xml::shared::Shared;
use std::borrow::Cow;
use std::ops::Range;

impl<'a> XmlReader<'a> {
    pub(super) fn start(&mut self, span: &Range<usize>, is_empty: bool) -> Result<(), Error> {
        self.may_start(span)?;
        self.read_tag(span.start + 1..span.end - if is_empty { 2 } else { 1 })?;
        self.resolve_tag(span.start + 1)?;
        self.opened(is_empty);
        Ok(())
    }

    /// Refuses a start tag where none may be.
    pub(super) fn may_start(&mut self, span: &Range<usize>) -> Result<(), Error> {
        if self.open.is_empty() && self.is_root_read {
            return Err(self.refusal(Rule::OneRoot, span.clone()));
        }
        if self.open.len() as u64 >= self.limits().depth {
            return Err(self.limit(Limit::Depth, span.start));
        }
        self.count(span.start)?;
        self.tag = span.clone();
        self.namespaces_around = self.scope.len();
        Ok(())
    }

    pub(super) fn opened(&mut self, is_empty: bool) {
        let name = Cow::Borrowed(self.raw.name);
        self.open.push(Open { name, namespaces: self.namespaces_around });
        self.is_root_read = true;
        self.is_empty = is_empty;
    }

    pub(super) fn count(&mut self, start: usize) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > self.limits().elements {
            return Err(self.limit(Limit::Elements, start));
        }
        Ok(())
    }

    /// Counts the last comment or instruction, which is kept: it takes as much memory as an
    /// element.
    pub(crate) fn count_kept(&mut self) -> Result<(), Error> {
        self.count(self.markup)
    }

    /// Reads the name and the attributes of a start tag.
    fn read_tag(&mut self, inside: Range<usize>) -> Result<(), Error> {
        let start = inside.start;
        let mut raw = std::mem::take(&mut self.raw);
        let mut repairs = self.repairs().then(|| std::mem::take(&mut self.repairs));
        let most = self.limits().attributes;
        let read = raw.read(&self.source[inside], start, most, repairs.as_mut());
        self.raw = raw;
        if let Some(repairs) = repairs {
            self.repairs = repairs;
        }
        if read.map_err(|fault| self.fault(fault, 0))? > most {
            return Err(self.limit(Limit::Attributes, start));
        }
        Ok(())
    }

    /// Looks up the prefixes of the start tag that was read, whose name is at `start`.
    pub(super) fn resolve_tag(&mut self, start: usize) -> Result<(), Error> {
        // Most tags have none.
        let has_attributes = self.raw.has_attributes();
        if has_attributes {
            self.declare(start)?;
        }
        let (prefix, local) = (self.raw.prefix, self.raw.local);
        let namespace = match self.lookup(prefix)? {
            Some(namespace) => namespace,
            None => {
                let span = start..start + prefix.len();
                if !self.repairs() {
                    return Err(self.refusal(Rule::PrefixUndeclared, span));
                }
                self.repairs.push(Rule::RepairedPrefix, span);
                Shared::unbound(prefix)
            }
        };
        self.name = Name { namespace, prefix: Cow::Borrowed(prefix), local: Cow::Borrowed(local) };
        self.attributes.clear();
        if has_attributes { self.resolve_attributes() } else { Ok(()) }
    }

    fn declare(&mut self, start: usize) -> Result<(), Error> {
        self.raw.declare(&mut self.scope).map_err(|fault| self.fault(fault, 0))?;
        let longest = self.limits().namespace_octets;
        let declared = self.scope.since(self.namespaces_around).iter();
        if declared.map(|binding| binding.namespace.len()).any(|octets| octets as u64 > longest) {
            return Err(self.limit(Limit::NamespaceOctets, start));
        }
        if self.scope.len() as u64 > self.limits().namespaces {
            return Err(self.limit(Limit::Namespaces, start));
        }
        Ok(())
    }

    fn resolve_attributes(&mut self) -> Result<(), Error> {
        let (mut raw, mut attributes) =
            (std::mem::take(&mut self.raw), std::mem::take(&mut self.attributes));
        let mut repairs = self.repairs().then(|| std::mem::take(&mut self.repairs));
        let mut failed = None;
        let resolved = raw.resolve(
            |prefix| {
                self.lookup(prefix).unwrap_or_else(|error| {
                    failed = Some(error);
                    None
                })
            },
            &mut attributes,
            repairs.as_mut(),
        );
        (self.raw, self.attributes) = (raw, attributes);
        if let Some(repairs) = repairs {
            self.repairs = repairs;
        }
        match failed {
            Some(error) => Err(error),
            None => resolved.map_err(|fault| self.fault(fault, 0)),
        }
    }

    /// The namespace that a prefix stands for. The first use of a supplied prefix is reported.
    fn lookup(&mut self, prefix: &str) -> Result<Option<Shared<'a>>, Error> {
        if let Some(binding) = self.scope.find_mut(prefix) {
            let namespace = binding.namespace.clone();
            if std::mem::take(&mut binding.unreported) {
                self.violation_at(Rule::NamespaceSupplied, self.tag())?;
            }
            return Ok(Some(namespace));
        }
        Ok(match prefix {
            "" => Some(Shared::Borrowed("")),
            "xml" => Some(Shared::Borrowed(crate::namespace::XML)),
            _ => None,
        })
    }
}
