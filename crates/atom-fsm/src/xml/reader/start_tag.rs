//! Start tags: their limits, names and namespaces.

use super::{Open, XmlReader};
use crate::error::Error;
use crate::limits::Limit;
use crate::rule::Rule;
use crate::xml::chars;
use crate::xml::name::Name;
use crate::xml::repair::Repairs;
use crate::xml::shared::Shared;
use crate::xml::tag::Raw;
use std::borrow::Cow;
use std::ops::Range;

impl<'a> XmlReader<'a> {
    pub(super) fn start(&mut self, span: &Range<usize>, is_empty: bool) -> Result<(), Error> {
        if self.open.is_empty() && self.is_root_read {
            return Err(self.refusal(Rule::OneRoot, span.clone()));
        }
        let limits = self.limits();
        if self.open.len() as u64 >= limits.depth {
            return Err(self.limit(Limit::Depth, span.start));
        }
        self.count(span.start)?;
        self.tag = span.clone();
        self.namespaces_around = self.scope.len();
        let inside = span.start + 1..span.end - if is_empty { 2 } else { 1 };
        let mut raw = std::mem::take(&mut self.raw);
        let mut repairs = self.repairs().then(|| std::mem::take(&mut self.repairs));
        let read = self.read_tag(&mut raw, inside, repairs.as_mut());
        let name = raw.name;
        self.raw = raw;
        if let Some(repairs) = repairs {
            self.repairs = repairs;
        }
        read?;
        self.open.push(Open { name: Cow::Borrowed(name), namespaces: self.namespaces_around });
        self.is_root_read = true;
        self.is_empty = is_empty;
        Ok(())
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

    fn read_tag(
        &mut self,
        raw: &mut Raw<'a>,
        inside: Range<usize>,
        mut repairs: Option<&mut Repairs>,
    ) -> Result<(), Error> {
        let start = inside.start;
        let attributes = raw.read_name(&self.source[inside.clone()]);
        let (prefix, local) = chars::split(raw.name).ok_or_else(|| {
            let end = start + raw.name.len().max(1);
            self.refusal(Rule::Name, start..end)
        })?;
        let from = inside.end - attributes.len();
        let most = self.limits().attributes;
        let count = raw
            .read(attributes, from, most, repairs.as_deref_mut())
            .map_err(|fault| self.fault(fault, 0))?;
        if count > most {
            return Err(self.limit(Limit::Attributes, start));
        }
        raw.declare(&mut self.scope).map_err(|fault| self.fault(fault, 0))?;
        let longest = self.limits().namespace_octets;
        let declared = self.scope.since(self.namespaces_around).iter();
        if declared.map(|binding| binding.namespace.len()).any(|octets| octets as u64 > longest) {
            return Err(self.limit(Limit::NamespaceOctets, start));
        }
        if self.scope.len() as u64 > self.limits().namespaces {
            return Err(self.limit(Limit::Namespaces, start));
        }
        let span = start..start + prefix.len();
        let namespace = match (self.lookup(prefix)?, repairs.as_deref_mut()) {
            (Some(namespace), _) => namespace,
            (None, Some(repairs)) => {
                repairs.push(Rule::RepairedPrefix, span);
                Shared::unbound(prefix)
            }
            (None, None) => return Err(self.refusal(Rule::PrefixUndeclared, span)),
        };
        let mut attributes = std::mem::take(&mut self.attributes);
        let mut failed = None;
        let resolved = raw.resolve(
            |prefix| {
                self.lookup(prefix).unwrap_or_else(|error| {
                    failed = Some(error);
                    None
                })
            },
            &mut attributes,
            repairs,
        );
        if let Some(error) = failed {
            return Err(error);
        }
        resolved.map_err(|fault| self.fault(fault, 0))?;
        self.attributes = attributes;
        let (prefix, local) = (Cow::Borrowed(prefix), Cow::Borrowed(local));
        self.name = Name { namespace, prefix, local };
        Ok(())
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
