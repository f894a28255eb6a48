//! Resolving the references in an entry that is posted, whose own URI will be another than that of the
//! request.

use crate::atom::{Base, Content, ContentKind, Entry, Link, Person, Text, TextType};
use crate::namespace;

/// Resolves the references of links and of the content's `src`, and gives the entry an absolute base for
/// all others. `None` if the references take more octets than `most`, each with the base that it is
/// resolved against: a long base may be looked at for many links.
pub(super) fn resolved(entry: Entry<'static>, uri: &str, most: u64) -> Option<Entry<'static>> {
    let base = Base::new(uri).within(entry.common());
    let mut entry = entry;
    if entry.common().base().is_some() || needs_base(&entry) {
        if let Some(base) = base.resolve("") {
            let common = entry.common().clone().with_base(base);
            entry = entry.with_common(common);
        }
    }
    let base_octets = base.resolve("").map_or(0, |base| base.len() as u64);
    let mut octets = 0_u64;
    let mut within = |resolved: usize| {
        octets = octets.saturating_add(base_octets).saturating_add(resolved as u64);
        octets <= most
    };
    for link in entry.links_mut() {
        // What is looked at counts, whether or not it can be resolved.
        if !within(link.common().base().map_or(0, str::len)) {
            return None;
        }
        let Some(target) = link.href().and_then(|href| base.within(link.common()).resolve(href))
        else {
            continue;
        };
        if !within(target.len()) {
            return None;
        }
        *link = link.clone().with_href(target);
    }
    let content = entry.content().and_then(|content| {
        let base = base.within(content.common());
        Some((content.clone(), base.resolve(content.src()?)?))
    });
    if let Some((content, source)) = content {
        if !within(source.len()) {
            return None;
        }
        entry.set_content(Some(content.with_src(source)));
    }
    Some(entry)
}

/// Whether there may be relative references that only an `xml:base` resolves.
fn needs_base(entry: &Entry<'_>) -> bool {
    let mut texts = [entry.title(), entry.summary(), entry.rights()].into_iter().flatten();
    let has_markup = |text: &Text<'_>| text.type_() != TextType::Text;
    let mut people = entry.authors().iter().chain(entry.contributors());
    let has_uri = |person: &Person<'_>| person.uri().is_some() || !person.extensions().is_empty();
    let has_own = |link: &Link<'_>| link.common().base().is_some() || !link.nodes().is_empty();
    let is_closed =
        |name: &str| [namespace::APP, namespace::FSM, namespace::GEORSS].contains(&name);
    let mut extensions = entry.extensions().iter();
    entry.source().is_some()
        || entry.content().is_some_and(|content| {
            let is_bare = matches!(
                content.kind(),
                ContentKind::Text
                    | ContentKind::OutOfLine
                    | ContentKind::OtherText
                    | ContentKind::Base64
            );
            !is_bare || content.common().base().is_some() || has_nodes(content)
        })
        || texts.any(has_markup)
        || people.any(has_uri)
        || entry.links().iter().any(has_own)
        || extensions.any(|element| !is_closed(element.name().namespace()))
}

fn has_nodes(content: &Content<'_>) -> bool {
    !content.nodes().is_empty()
}
