//! Folders of services: what a list of feeds and a tree of bundles have in common.

use super::outline::{Outline, OutlineKind};
use crate::atom::{Link, Text};
use crate::fsm::{BundleReference, ServiceEntry};
use std::borrow::Cow;

/// A title, and services, references to bundles and folders, in their order. A server makes a bundle of
/// each folder, and refers to the inner ones by their URIs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    title: String,
    items: Vec<Item>,
}

/// What is in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "most are services, which are the largest")]
pub enum Item {
    /// A feed.
    Service(ServiceEntry<'static>),
    /// Another list, at a URI.
    Reference(BundleReference<'static>),
    /// A folder.
    Folder(Folder),
}

impl Folder {
    /// Returns an empty folder.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), items: Vec::new() }
    }

    /// Adds an item at the end.
    #[must_use]
    pub fn with_item(mut self, item: impl Into<Item>) -> Self {
        self.items.push(item.into());
        self
    }

    /// The title; empty if there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The items, in their order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Every service in the folder and in those within it, in document order.
    pub fn services(&self) -> impl Iterator<Item = &ServiceEntry<'static>> {
        let mut services = Vec::new();
        self.gather(&mut services);
        services.into_iter()
    }

    fn gather<'f>(&'f self, services: &mut Vec<&'f ServiceEntry<'static>>) {
        for item in &self.items {
            match item {
                Item::Service(service) => services.push(service),
                Item::Folder(folder) => folder.gather(services),
                Item::Reference(_) => {}
            }
        }
    }

    /// The folder of these outlines.
    pub(super) fn of<'e, 'a: 'e>(
        title: String,
        outlines: impl Iterator<Item = Outline<'e, 'a>>,
    ) -> Self {
        let mut items = Vec::new();
        for outline in outlines {
            let title = || outline.text().unwrap_or_default().to_owned();
            match (outline.kind(), outline.xml_url(), outline.url()) {
                (OutlineKind::Feed, Some(url), _) => items.push(service(outline, url)),
                (OutlineKind::Include, _, Some(url)) => {
                    let reference = BundleReference::new(named(outline, url), url.to_owned());
                    items.push(Item::Reference(reference));
                }
                (OutlineKind::Folder, ..) => {
                    items.push(Item::Folder(Self::of(title(), outline.outlines())));
                    continue;
                }
                _ => {}
            }
            // Outlines may be in what is no folder.
            if outline.outlines().next().is_some() {
                items.push(Item::Folder(Self::of(title(), outline.outlines())));
            }
        }
        Self { title, items }
    }
}

/// The title of an outline, or its URL where it has none.
fn named(outline: Outline<'_, '_>, url: &str) -> String {
    outline.text().unwrap_or(url).to_owned()
}

fn service(outline: Outline<'_, '_>, url: &str) -> Item {
    let service = ServiceEntry::new(named(outline, url), url.to_owned());
    let mut entry = service.as_entry().clone();
    if let Some(page) = outline.html_url() {
        entry =
            entry.with_link(Link::new(page.to_owned()).with_rel("related").with_type("text/html"));
    }
    if let Some(description) = outline.description() {
        entry = entry.with_summary(Text::plain(description.to_owned()));
    }
    // The entry has the profile and the alternate link of the service.
    Item::Service(ServiceEntry::try_from(entry).unwrap_or(service))
}

impl Item {
    /// The title as plain text.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        match self {
            Self::Service(service) => service.title(),
            Self::Reference(reference) => reference.title(),
            Self::Folder(folder) => Cow::Borrowed(&folder.title),
        }
    }
}

impl From<ServiceEntry<'static>> for Item {
    fn from(service: ServiceEntry<'static>) -> Self {
        Self::Service(service)
    }
}

impl From<BundleReference<'static>> for Item {
    fn from(reference: BundleReference<'static>) -> Self {
        Self::Reference(reference)
    }
}

impl From<Folder> for Item {
    fn from(folder: Folder) -> Self {
        Self::Folder(folder)
    }
}
