//! The parameters of a link, in order.

use crate::ext_value::{ExtValue, ext_value};
use crate::link_field::grammar::{LinkParam, Step, Value, step};
use crate::link_field::relations::Relations;
use crate::link_field::text;
use std::borrow::Cow;
use std::fmt;

/// A parameter of a link: a name, and a value unless only the name was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameter<'a> {
    name: &'a str,
    value: Value<'a>,
}

impl<'a> Parameter<'a> {
    pub(crate) fn new(param: LinkParam<'a>) -> Self {
        Self { name: param.name, value: param.value }
    }

    /// The name, as it was spelled; case does not matter in it.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.name
    }

    /// Whether the name is this one, in any case.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as text, without quotes and escapes; none if only the name was given.
    ///
    /// Octets outside ASCII are read as UTF-8 if they are that, and as ISO-8859-1 otherwise; for
    /// what stands there see [`octets`](Self::octets). A parameter whose name ends in `*` is not
    /// decoded: see [`extended`](Self::ext_value).
    #[must_use]
    pub fn value(self) -> Option<Cow<'a, str>> {
        text::text(self.value)
    }

    /// The value's octets, without quotes and escapes; none if only the name was given.
    #[must_use]
    pub fn octets(self) -> Option<Cow<'a, [u8]>> {
        text::octets(self.value)
    }

    /// The value decoded as RFC 8187 has it, if the name ends in `*` and the value can be decoded.
    ///
    /// UTF-8 and ISO-8859-1 are known; quotes around the value, which [`Rule::ExtValueQuoted`]
    /// reports, do not hinder.
    ///
    /// [`Rule::ExtValueQuoted`]: crate::Rule::ExtValueQuoted
    #[must_use]
    pub fn ext_value(self) -> Option<ExtValue<'a>> {
        if !self.name.ends_with('*') {
            return None;
        }
        ext_value(self.raw()?).ok().and_then(|(_, value)| value.decoded())
    }

    /// The relation types that the value lists, if this is a `rel` or a `rev`.
    pub(crate) fn relations(self) -> Relations<'a> {
        Relations::new(self.value)
    }

    pub(crate) fn raw_value(self) -> Value<'a> {
        self.value
    }

    /// The octets of the value as they stand between the quotes, if there are any.
    pub(crate) fn raw(self) -> Option<&'a [u8]> {
        match self.value {
            Value::Absent => None,
            Value::Token(octets)
            | Value::Quoted(octets)
            | Value::Bracketed(octets)
            | Value::Loose(octets) => Some(octets),
        }
    }
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.value().map_or(Ok(()), |value| write!(f, "={value:?}"))
    }
}

/// The parameters of a link, in order, repeated ones included.
///
/// Reads on as it goes. Parameters whose name is no token are passed over; they were reported.
#[derive(Clone)]
pub struct Parameters<'a> {
    rest: &'a [u8],
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(parameters: &'a [u8]) -> Self {
        Self { rest: parameters }
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Ok((rest, (_, step))) = step(self.rest) else {
                self.rest = b"";
                return None;
            };
            self.rest = rest;
            if let Step::Param(param) = step {
                #[cfg(test)]
                READ.set(READ.get() + 1);
                return Some(Parameter::new(param));
            }
        }
    }
}

impl std::iter::FusedIterator for Parameters<'_> {}

#[cfg(test)]
thread_local! {
    static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many parameters this thread has read of links.
#[cfg(test)]
pub(crate) fn parameters_read() -> usize {
    READ.get()
}

impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
