//! Building an index that a strict reader reads without an error.

use crate::check;
use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::json::depth;
use crate::limits::{Limit, Limits};
use crate::member::time::Millis;
use crate::member::unknown::Unknown;
use crate::owned::SnapshotIndex;
use crate::place::Place;
use crate::report::Report;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;

/// Builds a [`SnapshotIndex`], and refuses what a strict [`Reader`](crate::Reader) refuses, except
/// a document longer than [`Limits::octets`], which the builder does not measure.
///
/// ```
/// use chrono::DateTime;
/// use snapshot_index::SnapshotIndex;
///
/// let started = DateTime::from_timestamp_millis(1435019805885).unwrap();
/// let index = SnapshotIndex::builder()
///     .started(started)
///     .uris((0..3).map(|number| format!("/snapshot/{number}")))
///     .build()?;
/// assert_eq!(index.id(), "2015-06-23T00:36:45.885Z");
/// assert_eq!(index.uri(2), Some("/snapshot/2"));
/// # Ok::<(), snapshot_index::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until build is called"]
pub struct SnapshotIndexBuilder {
    id: Option<String>,
    started: Option<DateTime<Utc>>,
    completed: Option<DateTime<Utc>>,
    uris: Vec<Cow<'static, str>>,
    unknown: Vec<(String, String)>,
    limits: Limits,
}

impl SnapshotIndex {
    /// Starts to build an index.
    pub fn builder() -> SnapshotIndexBuilder {
        SnapshotIndexBuilder::default()
    }
}

impl SnapshotIndexBuilder {
    /// Sets the snapshot's name. The default is the RFC 3339 form of `started`, as in the draft.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets when the snapshot was started. This is required.
    ///
    /// [`build`](Self::build) refuses a time that is not a whole millisecond. Round it down, with
    /// chrono's `trunc_subsecs(3)`: if it is rounded up, a replica loses the changes in between.
    pub fn started(mut self, started: DateTime<Utc>) -> Self {
        self.started = Some(started);
        self
    }

    /// Sets when the snapshot was completed. By default, the snapshot is still being written.
    ///
    /// [`build`](Self::build) refuses a time that is not a whole millisecond, or that is before
    /// `started`.
    pub fn completed(mut self, completed: DateTime<Utc>) -> Self {
        self.completed = Some(completed);
        self
    }

    /// Adds the URI reference of the next package.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uris.push(Cow::Owned(uri.into()));
        self
    }

    /// Adds the URI references of the next packages.
    pub fn uris<I: IntoIterator<Item: Into<String>>>(mut self, uris: I) -> Self {
        self.uris.extend(uris.into_iter().map(|uri| Cow::Owned(uri.into())));
        self
    }

    /// Adds a member that the draft does not define, by its name and the JSON text of its value.
    pub fn unknown_member(mut self, name: impl Into<String>, json: impl Into<String>) -> Self {
        self.unknown.push((name.into(), json.into()));
        self
    }

    /// Sets the limits. The default is that of a reader, [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Builds the index.
    ///
    /// # Errors
    ///
    /// The first violation that [`Tolerance::STRICT`] refuses, or the limit that is exceeded.
    pub fn build(self) -> Result<SnapshotIndex, Error> {
        let limits = self.limits;
        let refuse = |rule, place, found: &str| {
            Error::outside(ErrorKind::Rule(rule), &limits, place, found.as_bytes())
        };
        let time = |time: DateTime<Utc>, place| {
            Millis::of(time).map_err(|rule| refuse(rule, place, &time.to_rfc3339()))
        };
        let started =
            self.started.ok_or_else(|| refuse(Rule::MemberMissing, Place::Started, ""))?;
        let started = time(started, Place::Started)?;
        let index = SnapshotIndexRef {
            id: Cow::Owned(self.id.unwrap_or_else(|| started.to_rfc3339())),
            started,
            completed: self.completed.map(|at| time(at, Place::Completed)).transpose()?,
            uris: self.uris,
            unknown: unknown_members(self.unknown, &limits)?,
            source: None,
            is_sound: true,
            diagnostics: Diagnostics::default(),
        };
        within_limits(&index, &limits)?;
        let mut report = Report::new(Tolerance::STRICT, 0);
        check::everything(&index, &mut report).map_err(|refused| index.refused(refused))?;
        Ok(SnapshotIndex::from_static(index))
    }
}

fn unknown_members(
    members: Vec<(String, String)>,
    limits: &Limits,
) -> Result<Vec<Unknown<'static>>, Error> {
    let mut names: HashSet<String> =
        ["id", "started", "completed", "uris"].map(String::from).into();
    let mut kept = Vec::with_capacity(members.len());
    for (number, (name, json)) in members.into_iter().enumerate() {
        let refuse = |kind, found: &str| {
            Error::outside(kind, limits, Place::Unknown(number), found.as_bytes())
        };
        if !names.insert(name.clone()) {
            return Err(refuse(ErrorKind::Rule(Rule::MemberRepeated), &name));
        }
        let Ok(value) = serde_json::from_str::<Box<RawValue>>(&json) else {
            return Err(refuse(ErrorKind::Rule(Rule::JsonSyntax), &json));
        };
        let octets = name.len().saturating_add(value.get().len());
        let exceeded = [
            (Limit::UnknownMembers, number as u64 >= limits.unknown_members),
            (Limit::UnknownOctets, octets as u64 > limits.unknown_octets),
            (Limit::Depth, depth::exceeded_at(value.get(), limits.depth).is_some()),
        ];
        if let Some((limit, _)) = exceeded.into_iter().find(|(_, exceeded)| *exceeded) {
            return Err(refuse(ErrorKind::Limit(limit), &name));
        }
        kept.push(Unknown { name: Cow::Owned(name), value: Cow::Owned(value) });
    }
    Ok(kept)
}

fn within_limits(index: &SnapshotIndexRef<'_>, limits: &Limits) -> Result<(), Error> {
    let exceeded = |limit, place, found: &str| {
        Err(Error::outside(ErrorKind::Limit(limit), limits, place, found.as_bytes()))
    };
    if index.id.len() as u64 > limits.id_octets {
        return exceeded(Limit::IdOctets, Place::Id, &index.id);
    }
    if index.uris.len() as u64 > limits.uris {
        return exceeded(Limit::Uris, Place::Uris, "");
    }
    match index.uris().enumerate().find(|(_, uri)| uri.len() as u64 > limits.uri_octets) {
        Some((number, uri)) => exceeded(Limit::UriOctets, Place::Uri(number), uri),
        None => Ok(()),
    }
}
