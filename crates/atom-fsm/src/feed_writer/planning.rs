//! What an entry lacks in the feed that it is passed on to.

use super::FeedWriter;
use super::plan::Plan;
use crate::atom::{Base, Common, Entry, Person, Source, is_iri, is_language, is_reference};
use crate::entries::FeedEntry;
use crate::error::Error;
use crate::level::Level;
use crate::limits::Limit;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use crate::settings::{Settings, Stage};
use crate::xml::{OwnTag, own_tag};
use memchr::memmem;
use std::borrow::Cow;

impl FeedEntry<'_> {
    /// Whether a violation of a rule was tolerated in the entry.
    pub(super) fn violates(&self, rule: Rule) -> bool {
        rule.level() == Level::Must && self.violated.tolerates(rule)
    }

    /// The rules of which a violation was tolerated in the entry: none, of most entries.
    pub(super) fn violated_rules(&self) -> impl Iterator<Item = &'static Rule> {
        let all = if self.violated == Tolerance::STRICT { &[] } else { Rule::ALL };
        all.iter().filter(|rule| self.violates(**rule))
    }

    /// Whether a reader under these settings reads the octets of the entry, and nothing in them is to be
    /// mended.
    fn can_be_copied(&self, settings: Settings) -> bool {
        let is_as_checked = self.stage == Stage::Stored || settings.stage == Stage::Submitted;
        let is_clean = self.violated == Tolerance::STRICT;
        let is_tolerated = || {
            let mut violated = Rule::ALL.iter().filter(|rule| self.violates(**rule));
            settings.corrections.is_empty()
                && violated.all(|rule| settings.tolerance.tolerates(*rule))
        };
        !self.is_repaired && is_as_checked && (is_clean || is_tolerated())
    }
}

impl FeedWriter {
    pub(super) fn plan<'e>(&mut self, it: &'e FeedEntry<'_>) -> Result<Plan<'e>, Error> {
        let settings = self.paused.settings();
        let base = self.lacking_base(it)?;
        let lang = (it.lang() != self.lang.as_deref()).then(|| it.lang().unwrap_or_default());
        let author_octets = if it.entry.has_author() {
            0
        } else {
            self.inheritance.lacking_authors(it, &self.authors, settings)
        };
        let namespaces = self.lacking_namespaces(it);
        check_octets(it, [base, lang], &namespaces, author_octets, settings)?;
        let authors = if author_octets > 0 { authors_within(it)? } else { Cow::Borrowed(&[][..]) };
        let authors = &*authors;
        let may_be_copied = it.can_be_copied(settings);
        let needs_nothing = base.is_none() && lang.is_none() && namespaces.is_empty();
        if may_be_copied && needs_nothing && authors.is_empty() {
            return Ok(Plan::Copy { at: 0, attributes: Vec::new(), inside: Vec::new() });
        }
        let own = own_tag(&it.source);
        let is_open = !own.is_empty && it.entry.source().is_none() || authors.is_empty();
        // A base that is no IRI reference, or a language that is none, is refused, or reported, where the
        // value is written.
        let has_base = base.is_none_or(|base| match own.base.as_deref() {
            Some(own) => is_iri(own),
            None => is_reference(base),
        });
        let has_lang = lang.is_none_or(|lang| own.has_lang || lang.is_empty() || is_language(lang));
        if !may_be_copied || !is_open || !has_base || !has_lang {
            return Ok(Plan::Write(with(it, base, lang, authors)));
        }
        let inside = match authors {
            [] => Some(Vec::new()),
            authors => {
                let mut source = Source::new();
                source.authors_mut().extend_from_slice(authors);
                source.to_markup(settings)
            }
        };
        let Some(inside) = inside else { return Ok(Plan::Write(with(it, base, lang, authors))) };
        let OwnTag { name_end, declared, .. } = own;
        let lacking = |(prefix, _): &(&str, &str)| !declared.iter().any(|own| own == prefix);
        let mut attributes: Vec<(String, &str)> = namespaces
            .into_iter()
            .filter(lacking)
            .map(|(prefix, namespace)| match prefix {
                "" => ("xmlns".to_owned(), namespace),
                _ => (format!("xmlns:{prefix}"), namespace),
            })
            .collect();
        if let (Some(base), None) = (base, &own.base) {
            attributes.push(("xml:base".to_owned(), base));
        }
        if let (Some(lang), false) = (lang, own.has_lang) {
            attributes.push(("xml:lang".to_owned(), lang));
        }
        Ok(Plan::Copy { at: name_end, attributes, inside })
    }

    /// The base of the entry, if it is another than that of this feed and the entry needs it.
    fn lacking_base<'e>(&self, it: &'e FeedEntry<'_>) -> Result<Option<&'e str>, Error> {
        if it.entry.common().base().is_some_and(is_iri) {
            return Ok(None);
        }
        let (theirs, ours) = (it.base_iri(), self.base.as_deref());
        match theirs {
            Some(base) if Some(base) == ours => Ok(None),
            Some(base) => Ok(Some(base)),
            None if it.base() == ours => Ok(None),
            // Relative to the document, as before.
            None if ours.is_none() => Ok(it.base()),
            None => Err(Error::built(Rule::EntryBase, "/feed/entry", ours.unwrap_or_default())),
        }
    }

    /// The declarations around the entry that it may use and this feed does not have.
    fn lacking_namespaces<'e>(&self, it: &'e FeedEntry<'_>) -> Vec<(&'e str, &'e str)> {
        let declared = it.namespaces().filter(|(prefix, namespace)| {
            !self.paused.means(prefix, namespace) && may_use(&it.source, prefix)
        });
        let mut lacking: Vec<_> = declared.collect();
        let has_default = it.namespaces().any(|(prefix, _)| prefix.is_empty());
        if !has_default && self.paused.namespace("").is_some_and(|namespace| !namespace.is_empty())
        {
            lacking.push(("", ""));
        }
        lacking
    }
}

/// Refuses an entry that inherits too much: each entry of a feed gets its own copy.
fn check_octets(
    it: &FeedEntry<'_>,
    attributes: [Option<&str>; 2],
    namespaces: &[(&str, &str)],
    author_octets: u64,
    settings: Settings,
) -> Result<(), Error> {
    // An author may need the base of its feed: see below.
    let bases = if author_octets > 0 && base_of(it).is_some() {
        let base = it.base_iri().map_or(0, str::len) as u64;
        base.saturating_mul(it.inherited_authors().len() as u64)
    } else {
        0
    };
    let attributes: usize = attributes.iter().flatten().map(|value| value.len()).sum();
    let declared: usize = namespaces.iter().map(|(prefix, name)| prefix.len() + name.len()).sum();
    let octets = (attributes as u64)
        .saturating_add(declared as u64)
        .saturating_add(author_octets)
        .saturating_add(bases);
    if octets > settings.limits.inherited_octets {
        let limit = Limit::InheritedOctets;
        return Err(Error::limit_of(limit, &settings.limits, "/feed/entry"));
    }
    Ok(())
}

/// The base of an entry, or of its source, within which inherited authors are written.
fn base_of<'e>(it: &'e FeedEntry<'_>) -> Option<&'e str> {
    let of_source = it.entry.source().and_then(|source| source.common().base());
    it.entry.common().base().or(of_source)
}

/// The authors that an entry inherits, with the base of their feed where the entry, or its source, has
/// another one: a relative reference in them stays what it was.
fn authors_within<'e>(it: &'e FeedEntry<'_>) -> Result<Cow<'e, [Person<'static>]>, Error> {
    let inherited = it.inherited_authors();
    if base_of(it).is_none() {
        return Ok(Cow::Borrowed(inherited));
    }
    inherited.iter().map(|author| with_base(author, it)).collect::<Result<_, _>>().map(Cow::Owned)
}

fn with_base(author: &Person<'static>, it: &FeedEntry<'_>) -> Result<Person<'static>, Error> {
    let own = author.common().base();
    let is_absolute = author.uri().is_none_or(is_iri)
        || author.uri_common().and_then(Common::base).is_some_and(is_iri);
    let needs_none = is_absolute && author.extensions().is_empty() && own.is_none();
    if needs_none || own.is_some_and(is_iri) {
        return Ok(author.clone());
    }
    let base = it.base_iri().and_then(|base| Base::new(base).resolve(own.unwrap_or_default()));
    match base {
        Some(base) => {
            let common = author.common().clone().with_base(base);
            Ok(author.clone().with_common(common))
        }
        None if is_absolute => Ok(author.clone()),
        None => Err(Error::built(Rule::EntryBase, "/feed/entry", author.uri().unwrap_or_default())),
    }
}

/// Whether the prefix is anywhere in the markup as a name of its own: in a name, in a value, or in text.
fn may_use(markup: &str, prefix: &str) -> bool {
    let is_name =
        |octet: &u8| octet.is_ascii_alphanumeric() || b"_-.".contains(octet) || *octet >= 0x80;
    let octets = markup.as_bytes();
    let is_whole = |at: usize| {
        let (before, after) = (at.checked_sub(1), at + prefix.len());
        !before.and_then(|at| octets.get(at)).is_some_and(is_name)
            && !octets.get(after).is_some_and(is_name)
    };
    prefix.is_empty() || memmem::find_iter(octets, prefix.as_bytes()).any(is_whole)
}

/// The value of an entry, with what its new place lacks.
fn with<'e>(
    it: &FeedEntry<'e>,
    base: Option<&'e str>,
    lang: Option<&'e str>,
    authors: &[Person<'static>],
) -> Entry<'e> {
    let mut entry = it.entry.clone();
    let mut common = entry.common().clone();
    if let Some(base) = base {
        let own = common.base().and_then(|own| Base::new(base).resolve(own));
        common = match (own, common.base()) {
            (Some(own), _) => common.with_base(own),
            (None, None) => common.with_base(base),
            (None, Some(_)) => common,
        };
    }
    if let (Some(lang), None) = (lang, common.lang()) {
        common = common.with_lang(lang);
    }
    entry = entry.with_common(common);
    if !authors.is_empty() {
        let mut source = entry.source().cloned().unwrap_or_default();
        source.authors_mut().extend_from_slice(authors);
        entry.set_source(Some(source));
    }
    entry
}
