//! The one pass over a document: a visitor for all members of an index.

use crate::error::{Error, ErrorKind};
use crate::json::depth;
use crate::json::text::{Text, span_within};
use crate::limits::{Limit, Limits};
use crate::member::time::Millis;
use crate::member::unknown::{Raw, Unknown};
use crate::place::Place;
use crate::rule::Rule;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

/// The members of a document, before the rules about more than one of them are checked.
pub(crate) struct Parsed<'de> {
    pub(crate) id: Cow<'de, str>,
    pub(crate) started: Millis,
    pub(crate) completed: Option<Millis>,
    pub(crate) completed_is_null: bool,
    pub(crate) uris: Vec<Cow<'de, str>>,
    pub(crate) unknown: Vec<Unknown<'de>>,
}

/// Why the visitor refused. Serde's errors carry text alone, so this is passed beside them.
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) place: Place,
    pub(crate) span: Option<Range<usize>>,
}

/// What the visitor is given, and what it gives back beside serde's result.
pub(crate) struct Context<'i> {
    pub(crate) limits: Limits,
    /// The input, if there is one that values may borrow.
    pub(crate) input: Option<&'i [u8]>,
    pub(crate) place: Cell<Place>,
    pub(crate) fault: Cell<Option<Fault>>,
}

impl<'i> Context<'i> {
    pub(crate) fn new(limits: Limits, input: Option<&'i [u8]>) -> Self {
        Self { limits, input, place: Cell::new(Place::Document), fault: Cell::new(None) }
    }

    #[cold]
    fn refuse<E: de::Error>(&self, kind: ErrorKind, span: Option<Range<usize>>) -> E {
        let place = self.place.get();
        self.fault.set(Some(Fault { kind, place, span }));
        E::custom(Error::outside(kind, &self.limits, place, b""))
    }

    fn violation<E: de::Error>(&self, rule: Rule) -> E {
        self.refuse(ErrorKind::Rule(rule), None)
    }

    /// Refuses a size above its limit; the text is what exceeds it.
    fn limit<E: de::Error>(&self, limit: Limit, size: usize, text: &str) -> Result<(), E> {
        if size as u64 <= limit.of(&self.limits) {
            return Ok(());
        }
        Err(self.refuse(ErrorKind::Limit(limit), self.span_of(text)))
    }

    /// Begins a member, and refuses it unless it is the first of its name.
    fn enter<E: de::Error>(&self, place: Place, is_new: bool, name: &str) -> Result<(), E> {
        self.place.set(place);
        if is_new {
            return Ok(());
        }
        Err(self.refuse(ErrorKind::Rule(Rule::MemberRepeated), self.span_of(name)))
    }

    fn span_of(&self, text: &str) -> Option<Range<usize>> {
        span_within(self.input?, text)
    }
}

/// Visits an index. `R` decides whether raw JSON can borrow the input.
pub(crate) struct IndexVisitor<'c, 'i, R> {
    context: &'c Context<'i>,
    raw: PhantomData<R>,
}

impl<'c, 'i, R> IndexVisitor<'c, 'i, R> {
    pub(crate) fn new(context: &'c Context<'i>) -> Self {
        Self { context, raw: PhantomData }
    }
}

impl<'de, R: Raw<'de>> Visitor<'de> for IndexVisitor<'_, '_, R> {
    type Value = Parsed<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot index")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed<'de>, A::Error> {
        let context = self.context;
        let (mut id, mut started, mut completed, mut uris) = (None, None, None, None);
        let mut unknown = UnknownMembers::default();
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "id" => {
                    context.enter(Place::Id, id.is_none(), &name)?;
                    let Text(text) = map.next_value()?;
                    context.limit(Limit::IdOctets, text.len(), &text)?;
                    id = Some(text);
                }
                "started" => {
                    context.enter(Place::Started, started.is_none(), &name)?;
                    started = Some(map.next_value_seed(TimeSeed(context))?);
                }
                "completed" => {
                    context.enter(Place::Completed, completed.is_none(), &name)?;
                    completed = Some(map.next_value_seed(MaybeTimeSeed(context))?);
                }
                "uris" => {
                    context.enter(Place::Uris, uris.is_none(), &name)?;
                    uris = Some(map.next_value_seed(UrisSeed(context))?);
                }
                _ => unknown.read::<R, A>(context, name, &mut map)?,
            }
            context.place.set(Place::Document);
        }
        let missing = |place| {
            context.place.set(place);
            context.violation(Rule::MemberMissing)
        };
        Ok(Parsed {
            id: id.ok_or_else(|| missing(Place::Id))?,
            started: started.ok_or_else(|| missing(Place::Started))?,
            completed_is_null: completed == Some(None),
            completed: completed.flatten(),
            uris: uris.ok_or_else(|| missing(Place::Uris))?,
            unknown: unknown.kept,
        })
    }
}

#[derive(Default)]
struct UnknownMembers<'de> {
    kept: Vec<Unknown<'de>>,
    names: HashSet<Cow<'de, str>>,
}

impl<'de> UnknownMembers<'de> {
    fn read<R: Raw<'de>, A: MapAccess<'de>>(
        &mut self,
        context: &Context<'_>,
        name: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let is_new = self.names.insert(name.clone());
        context.enter(Place::Unknown(self.kept.len()), is_new, &name)?;
        context.limit(Limit::UnknownMembers, self.kept.len() + 1, &name)?;
        context.limit(Limit::UnknownOctets, name.len(), &name)?;
        let value = map.next_value::<R>()?.into_cow();
        let json = value.get();
        context.limit(Limit::UnknownOctets, name.len().saturating_add(json.len()), json)?;
        if let Some(at) = depth::exceeded_at(json, context.limits.depth) {
            let deeper = json.get(at..).unwrap_or_default();
            context.limit(Limit::Depth, usize::MAX, deeper)?;
        }
        self.kept.push(Unknown { name, value });
        Ok(())
    }
}

struct UrisSeed<'c, 'i>(&'c Context<'i>);

impl<'de> de::DeserializeSeed<'de> for UrisSeed<'_, '_> {
    type Value = Vec<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for UrisSeed<'_, '_> {
    type Value = Vec<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of URI references")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let Self(context) = self;
        let Limits { uris: most, uri_octets: longest, .. } = context.limits;
        // One allocation is enough for a small snapshot. A count from the sender is not trusted.
        let mut uris = Vec::with_capacity(16);
        loop {
            match items.next_element() {
                Ok(Some(Text(uri)))
                    if (uris.len() as u64) < most && uri.len() as u64 <= longest =>
                {
                    uris.push(uri);
                }
                Ok(None) => return Ok(uris),
                Ok(Some(Text(uri))) => {
                    context.place.set(Place::Uri(uris.len()));
                    context.limit(Limit::Uris, uris.len() + 1, &uri)?;
                    context.limit(Limit::UriOctets, uri.len(), &uri)?;
                }
                Err(error) => {
                    context.place.set(Place::Uri(uris.len()));
                    return Err(error);
                }
            }
        }
    }
}

struct TimeSeed<'c, 'i>(&'c Context<'i>);

impl<'de> de::DeserializeSeed<'de> for TimeSeed<'_, '_> {
    type Value = Millis;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Millis, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

impl Visitor<'_> for TimeSeed<'_, '_> {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of milliseconds")
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Millis, E> {
        Millis::new(millis).map_err(|rule| self.0.violation(rule))
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<Millis, E> {
        match u64::try_from(millis) {
            Ok(millis) => self.visit_u64(millis),
            Err(_) => Err(self.0.violation(Rule::TimeRange)),
        }
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Millis, E> {
        Err(self.0.violation(Rule::TimeInexact))
    }
}

/// A time, or null for none.
struct MaybeTimeSeed<'c, 'i>(&'c Context<'i>);

impl<'de> de::DeserializeSeed<'de> for MaybeTimeSeed<'_, '_> {
    type Value = Option<Millis>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for MaybeTimeSeed<'_, '_> {
    type Value = Option<Millis>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of milliseconds")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        de::DeserializeSeed::deserialize(TimeSeed(self.0), deserializer).map(Some)
    }
}
