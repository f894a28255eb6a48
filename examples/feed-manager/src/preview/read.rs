//! The newest entries of a feed.

use super::html::{Shown, sanitise};
use super::source::{Source, web_uri};
use atom_fsm::atom::{Base, Content, Entry, MissingZone, Preferences, Text};
use atom_fsm::fsm::Profile;
use atom_fsm::{Error, FeedItem, ForeignRoot, Reader, Rule};
use serde::Serialize;
use std::cmp::Reverse;

/// How many entries a preview has.
const SHOWN_ENTRIES: usize = 20;
/// How many characters of a title are shown.
const SHOWN_CHARACTERS: usize = 300;
/// How many diagnostics are shown; all are counted.
const SHOWN_DIAGNOSTICS: usize = 5;

/// The newest entries of a feed, safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    uri: String,
    title: String,
    /// Whether it is a bundle of services, which can be subscribed to (draft-wilde-fsm-00 section 2.2).
    is_bundle: bool,
    entries: Vec<Item>,
    /// How many entries the feed has.
    count: usize,
    /// How many violations and repairs were reported, and the first of them.
    diagnostics: u64,
    first: Vec<String>,
    is_repaired: bool,
    /// Why the rest of the feed could not be read.
    cut: Option<String>,
}

/// An entry of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    title: String,
    updated: Option<String>,
    link: Option<String>,
    html: String,
    is_cut: bool,
}

/// A document that is not a feed in Atom.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is a document of another format.
    #[error("this is {0}; only feeds in Atom can be shown")]
    OtherFormat(ForeignRoot),
    /// It cannot be read.
    #[error("this feed cannot be read: {0}")]
    Document(Error),
}

impl Unreadable {
    fn new(error: Error) -> Self {
        match error.foreign_root() {
            Some(root) => Self::OtherFormat(root),
            None => Self::Document(error),
        }
    }

    /// The name of the rule that is violated.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::OtherFormat(_) => Rule::RootElement.name(),
            Self::Document(error) => error.rule().map_or("limit", Rule::name),
        }
    }
}

/// An entry with its moment, by which the newest are chosen.
type Dated<'a> = (i64, Entry<'a>);

impl Preview {
    /// Reads a feed, and repairs it where it is not well-formed. A feed that is cut gives the entries that
    /// are complete.
    ///
    /// # Errors
    /// [`Unreadable`] if the document is not an Atom feed, or nothing of it can be read.
    pub fn read(source: &Source<'_>) -> Result<Self, Unreadable> {
        let reader = Reader::new().repair();
        let text = reader.decode(source.octets, source.charset()).map_err(Unreadable::new)?;
        let mut reading = reader.entries(&text);
        let (mut newest, mut count, mut cut) = (Vec::new(), 0, None);
        for item in reading.by_ref() {
            match item {
                Ok(FeedItem::Entry(entry)) => {
                    count += 1;
                    keep(&mut newest, entry.into_entry());
                }
                Ok(_) => (),
                Err(error) if count == 0 => return Err(Unreadable::new(error)),
                Err(error) => cut = Some(error.to_string()),
            }
        }
        shorten(&mut newest);
        let feed = reading.feed();
        let base = Base::new(source.uri).within(feed.common());
        let diagnostics = reading.diagnostics();
        Ok(Self {
            uri: source.uri.to_owned(),
            title: title(feed.title()),
            is_bundle: feed
                .links()
                .iter()
                .any(|link| link.has_rel("profile") && link.href() == Some(Profile::Bundle.uri())),
            entries: newest.iter().map(|(_, entry)| Item::new(entry, &base)).collect(),
            count,
            diagnostics: diagnostics.omitted().saturating_add(diagnostics.len() as u64),
            first: diagnostics.iter().take(SHOWN_DIAGNOSTICS).map(ToString::to_string).collect(),
            is_repaired: reading.is_repaired() || text.is_repaired(),
            cut,
        })
    }

    /// The title of the feed, as plain text.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether it is a bundle of services.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        self.is_bundle
    }

    /// The newest entries, the newest first.
    #[must_use]
    pub fn entries(&self) -> &[Item] {
        &self.entries
    }

    /// How many violations and repairs were reported.
    #[must_use]
    pub fn diagnostics(&self) -> u64 {
        self.diagnostics
    }

    /// Whether the rest of the feed could not be read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut.is_some()
    }
}

impl Item {
    fn new(entry: &Entry<'_>, base: &Base) -> Self {
        let base = base.within(entry.common());
        let Shown { html, is_cut } = shown(entry, &base);
        Self {
            title: title(entry.title()),
            updated: moment(entry).map(|moment| moment.to_rfc3339()),
            link: link(entry, &base),
            html,
            is_cut,
        }
    }

    /// The title of the entry, as plain text.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The page of the entry: an absolute http or https URI.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// What the entry says, as HTML that was sanitised.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// Keeps an entry among the newest, in the memory of a bounded number of them.
fn keep<'a>(newest: &mut Vec<Dated<'a>>, entry: Entry<'a>) {
    if newest.len() == 2 * SHOWN_ENTRIES {
        shorten(newest);
    }
    newest.push((moment(&entry).map_or(i64::MIN, |moment| moment.timestamp_millis()), entry));
}

/// The newest first; of the same moment those that come first in the feed.
fn shorten(newest: &mut Vec<Dated<'_>>) {
    newest.sort_by_key(|(moment, _)| Reverse(*moment));
    newest.truncate(SHOWN_ENTRIES);
}

fn moment(entry: &Entry<'_>) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    let date = entry.updated().or(entry.published())?;
    date.to_certain_datetime(MissingZone::Utc)
}

/// A title as one line of plain text.
fn title(text: Option<&Text<'_>>) -> String {
    let plain = text.map(Text::to_plain).unwrap_or_default();
    let words: Vec<&str> = plain.split_whitespace().take(SHOWN_CHARACTERS).collect();
    words.join(" ").chars().take(SHOWN_CHARACTERS).collect()
}

fn link(entry: &Entry<'_>, base: &Base) -> Option<String> {
    let alternate = entry.alternate(&Preferences::new().media_type("text/html"));
    let by_link = alternate.and_then(|link| base.within(link.common()).resolve(link.href()?));
    let by_content = || {
        let content = entry.content()?;
        base.within(content.common()).resolve(content.src()?)
    };
    by_link.or_else(by_content).as_deref().and_then(web_uri)
}

/// The content, or the summary where there is none that can be shown.
fn shown(entry: &Entry<'_>, base: &Base) -> Shown {
    let here = |base: &Base| base.resolve("");
    if let Some(content) = entry.content()
        && let Some(html) = Content::to_html(content)
    {
        return sanitise(&html, here(&base.within(content.common())).as_deref());
    }
    entry.summary().map_or_else(
        || sanitise("", None),
        |summary| sanitise(&summary.to_html(), here(&base.within(summary.common())).as_deref()),
    )
}
