//! The index, borrowed from what it was read from.

use crate::check::{self, Findings};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Error, ErrorKind};
use crate::json::locate::Spans;
use crate::json::text::span_within;
use crate::json::visit::Parsed;
use crate::limits::Limits;
use crate::member::time::Millis;
use crate::member::unknown::Unknown;
use crate::member::uris::list::Uris;
use crate::options::Options;
use crate::owned::SnapshotIndex;
use crate::place::Place;
use crate::read;
use crate::resolve::{Resolved, Resolver};
use crate::tolerance::Tolerance;
use crate::write;
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// A snapshot index whose strings borrow the input, but for those that had to be unescaped.
///
/// ```
/// use snapshot_index::SnapshotIndexRef;
///
/// let index = SnapshotIndexRef::parse(r#"{
///     "uris": ["/snapshot/2015-06-23T00:36:45.885Z/0", "/snapshot/2015-06-23T00:36:45.885Z/1"],
///     "completed": 1435019872400,
///     "started": 1435019805885,
///     "id": "2015-06-23T00:36:45.885Z"
/// }"#)?;
/// assert_eq!(index.uri(1), Some("/snapshot/2015-06-23T00:36:45.885Z/1"));
/// assert_eq!(index.started().to_rfc3339(), "2015-06-23T00:36:45.885+00:00");
/// assert!(index.diagnostics().is_empty());
/// # Ok::<(), snapshot_index::Error>(())
/// ```
///
/// Two indexes are equal when they say the same, unknown members by their JSON text: what either
/// was read from, and with what diagnostics, does not count.
#[derive(Debug, Clone)]
pub struct SnapshotIndexRef<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) started: Millis,
    pub(crate) completed: Option<Millis>,
    pub(crate) uris: Vec<Cow<'a, str>>,
    pub(crate) unknown: Vec<Unknown<'a>>,
    /// What it was read from, for spans.
    pub(crate) source: Option<&'a [u8]>,
    /// Whether it is known to keep to `Tolerance::STRICT`.
    pub(crate) is_sound: bool,
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> SnapshotIndexRef<'a> {
    /// Reads an index under [`Options::DRAFTS`].
    ///
    /// # Errors
    ///
    /// What breaks a rule that is not tolerated, or exceeds a limit.
    pub fn from_slice(input: &'a [u8]) -> Result<Self, Error> {
        read::read(input, &Options::DRAFTS)
    }

    /// Reads an index under the given options.
    ///
    /// The items of `uris` are checked one against the other, and each against the grammar, if
    /// the tolerance lacks one of the rules about them; if it holds them all, they are left to
    /// [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// What breaks a rule that is not tolerated, or exceeds a limit.
    pub fn from_slice_with(input: &'a [u8], options: &Options) -> Result<Self, Error> {
        read::read(input, options)
    }

    /// Reads an index from a string under [`Options::DRAFTS`].
    ///
    /// # Errors
    ///
    /// What breaks a rule that is not tolerated, or exceeds a limit.
    pub fn parse(input: &'a str) -> Result<Self, Error> {
        Self::from_slice(input.as_bytes())
    }

    /// Checks what was parsed and takes it in.
    pub(crate) fn admit(
        parsed: Parsed<'a>,
        source: Option<&'a [u8]>,
        options: &Options,
    ) -> Result<Self, Error> {
        let Parsed { id, started, completed, completed_is_null, uris, unknown } = parsed;
        let diagnostics = Diagnostics::default();
        let is_sound = false;
        let mut index =
            Self { id, started, completed, uris, unknown, source, is_sound, diagnostics };
        let (tolerance, limits) = (options.tolerated(), options.limited());
        let mut findings = Findings::new(tolerance, limits.diagnostics);
        let checks_items = !check::holds_all_about_items(tolerance);
        check::members(&index, completed_is_null, &mut findings)
            .and_then(|()| if checks_items { check::items(&index, &mut findings) } else { Ok(()) })
            .map_err(|(rule, place)| match source {
                Some(_) => index.error(ErrorKind::Rule(rule), &limits, place),
                None => Error::outside(ErrorKind::Rule(rule), &limits, place, b""),
            })?;
        index.is_sound = checks_items && !findings.has_broken_must();
        index.diagnostics = index.placed(findings);
        Ok(index)
    }

    /// The snapshot's name: an opaque string, usually `started` in the form of RFC 3339.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the snapshot was started: changes since then may be missing from it.
    #[must_use]
    pub fn started(&self) -> DateTime<Utc> {
        self.started.to_utc()
    }

    /// [`started`](Self::started) in milliseconds since the Unix epoch.
    #[must_use]
    pub fn started_millis(&self) -> u64 {
        self.started.get()
    }

    /// When the snapshot was completed; none for one that is still being written.
    #[must_use]
    pub fn completed(&self) -> Option<DateTime<Utc>> {
        self.completed.map(Millis::to_utc)
    }

    /// [`completed`](Self::completed) in milliseconds since the Unix epoch.
    #[must_use]
    pub fn completed_millis(&self) -> Option<u64> {
        self.completed.map(Millis::get)
    }

    /// The packages' URI references as they stand, in order: they number the packages from 0.
    ///
    /// They are not resolved, and what they name is the publisher's choice: use
    /// [`resolve`](Self::resolve) before a request is made.
    #[must_use]
    pub fn uris(&self) -> Uris<'_> {
        Uris::of(&self.uris)
    }

    /// The URI reference of one package, as it stands.
    #[must_use]
    pub fn uri(&self, number: usize) -> Option<&str> {
        self.uris.get(number).map(|uri| &**uri)
    }

    /// How many packages there are.
    #[must_use]
    pub fn package_count(&self) -> usize {
        self.uris.len()
    }

    /// The members that the draft does not name, in their own order: name and JSON text.
    pub fn unknown_members(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.unknown.iter().map(Unknown::as_pair)
    }

    /// The JSON text of a member that the draft does not name.
    #[must_use]
    pub fn unknown_member(&self, name: &str) -> Option<&str> {
        self.unknown_members().find(|member| member.0 == name).map(|member| member.1)
    }

    /// What was tolerated while reading; empty for an index that was built.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Checks every rule that needs no base URI, those about the items of `uris` included.
    ///
    /// # Errors
    ///
    /// The first breach that the tolerance does not hold.
    pub fn check(&self, tolerance: &Tolerance) -> Result<Diagnostics, Error> {
        let limits = Limits::default();
        let mut findings = Findings::new(*tolerance, limits.diagnostics);
        check::members(self, false, &mut findings)
            .and_then(|()| check::items(self, &mut findings))
            .map_err(|(rule, place)| self.error(ErrorKind::Rule(rule), &limits, place))?;
        Ok(self.placed(findings))
    }

    /// Resolves the packages' URI references against the URI that the index was retrieved from,
    /// and takes those of the same origin only.
    ///
    /// For another policy use a [`Resolver`].
    ///
    /// # Errors
    ///
    /// A base that is no absolute URI; the first item that is no URI reference, or that leads to
    /// another origin.
    pub fn resolve(&self, base: &str) -> Result<Resolved, Error> {
        Resolver::new(base)?.resolve(self)
    }

    /// The document: known members first, in one line, unknown ones after them as they stood.
    ///
    /// # Errors
    ///
    /// The first rule that the index breaks, if it was read under tolerance: see
    /// [`SnapshotIndex::without_completed`] and [`SnapshotIndex::without_repeated_uris`].
    pub fn to_vec(&self) -> Result<Vec<u8>, Error> {
        write::to_vec(self)
    }

    /// Writes the document as [`to_vec`](Self::to_vec) gives it, in small pieces: a file or socket
    /// wants a `BufWriter` before it.
    ///
    /// # Errors
    ///
    /// Those of [`to_vec`](Self::to_vec), before anything is written, and the writer's own.
    pub fn to_writer<W: std::io::Write>(&self, writer: W) -> Result<(), Error> {
        write::to_writer(self, writer)
    }

    /// Copies what is borrowed. The diagnostics keep their spans.
    #[must_use]
    pub fn into_owned(self) -> SnapshotIndex {
        fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        SnapshotIndex::from_static(SnapshotIndexRef {
            id: owned(self.id),
            started: self.started,
            completed: self.completed,
            uris: self.uris.into_iter().map(owned).collect(),
            unknown: self.unknown.into_iter().map(Unknown::into_owned).collect(),
            source: None,
            is_sound: self.is_sound,
            diagnostics: self.diagnostics,
        })
    }

    /// An error about a place, with its position in what was read, or in what would be written.
    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, limits: &Limits, place: Place) -> Error {
        let document = self.document();
        let span = Spans::locate(&document, [place]).get(place).unwrap_or(0..0);
        Error::in_document(kind, limits, &document, place, span)
    }

    /// Findings with their positions.
    pub(crate) fn placed(&self, findings: Findings) -> Diagnostics {
        let (found, omitted) = findings.into_parts();
        if found.is_empty() {
            return Diagnostics::new(Vec::new(), omitted);
        }
        let spans: Option<Vec<_>> =
            found.iter().map(|&(_, place)| self.span_at_hand(place)).collect();
        let spans = spans.unwrap_or_else(|| {
            let places = || found.iter().map(|&(_, place)| place);
            let spans = Spans::locate(&self.document(), places());
            places().map(|place| spans.get(place).unwrap_or(0..0)).collect()
        });
        let kept = found.iter().zip(spans).map(|(&(rule, place), span)| {
            Diagnostic::new(rule, place, span.start as u64..span.end as u64)
        });
        Diagnostics::new(kept.collect(), omitted)
    }

    /// Where a place is, if that can be told without another pass over the document.
    fn span_at_hand(&self, place: Place) -> Option<Range<usize>> {
        let source = self.source?;
        let text = match place {
            Place::Document => return Spans::locate(source, [place]).get(place),
            Place::Id => &self.id,
            Place::Uri(number) => self.uris.get(number)?,
            _ => return None,
        };
        let within = span_within(source, text)?;
        Some(within.start.checked_sub(1)?..within.end.checked_add(1)?)
    }

    fn document(&self) -> Cow<'a, [u8]> {
        match self.source {
            Some(source) => Cow::Borrowed(source),
            None => Cow::Owned(write::as_it_is(self)),
        }
    }
}

impl PartialEq<SnapshotIndexRef<'_>> for SnapshotIndexRef<'_> {
    fn eq(&self, other: &SnapshotIndexRef<'_>) -> bool {
        self.id == other.id
            && self.started == other.started
            && self.completed == other.completed
            && self.uris == other.uris
            && self.unknown_members().eq(other.unknown_members())
    }
}

impl Eq for SnapshotIndexRef<'_> {}

impl Hash for SnapshotIndexRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.started.hash(state);
        self.completed.hash(state);
        self.uris.hash(state);
        self.unknown_members().for_each(|member| member.hash(state));
    }
}
