//! The parameters of a link, in order.

use crate::ext_value::{ExtValue, ext_value};
use crate::link_field::grammar::{LinkParam, Scope, Step, Value, first_step, step};
use crate::link_field::relations::Relations;
use crate::link_field::text;
use crate::link_field::usual::usual_parameter;
use std::borrow::Cow;
use std::fmt;

/// A parameter of a link: a name, and a value unless there is no `=`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameter<'a> {
    name: &'a str,
    value: Value<'a>,
}

impl<'a> Parameter<'a> {
    pub(crate) fn new(param: LinkParam<'a>) -> Self {
        Self { name: param.name, value: param.value }
    }

    /// The name as it is spelled. Case does not matter.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.name
    }

    /// Whether the parameter has this name. Case does not matter.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as text, without quotes and escapes. There is none if the parameter has no `=`.
    ///
    /// Octets outside ASCII are decoded from UTF-8 if they are valid, and from ISO-8859-1 otherwise;
    /// [`octets`](Self::octets) gives them undecoded. The value of a parameter whose name ends in
    /// `*` is decoded by [`ext_value`](Self::ext_value).
    #[must_use]
    pub fn value(self) -> Option<Cow<'a, str>> {
        text::text(self.value)
    }

    /// The octets of the value, without quotes and escapes. There are none if the parameter has no
    /// `=`.
    #[must_use]
    pub fn octets(self) -> Option<Cow<'a, [u8]>> {
        text::octets(self.value)
    }

    /// The value decoded as RFC 8187 says, if the name ends in `*` and the value can be decoded.
    ///
    /// The known character sets are UTF-8 and ISO-8859-1. A value is decoded even if it is quoted,
    /// which violates [`Rule::ExtValueQuoted`].
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

    /// The octets of the value, with escapes, but without the quotes around them.
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
/// Each is read when the iterator gets to it. Parameters whose name is no token are skipped; the
/// reader of the field reported them.
#[derive(Clone)]
pub struct Parameters<'a> {
    rest: &'a [u8],
    place: Place,
}

/// Where the rest of the parameters begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Directly behind the target.
    First,
    /// Behind a parameter.
    Later,
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(parameters: &'a [u8]) -> Self {
        Self { rest: parameters, place: Place::First }
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((usual, rest)) = usual_parameter(self.rest) {
                if let Ok(name) = std::str::from_utf8(usual.name) {
                    (self.rest, self.place) = (rest, Place::Later);
                    #[cfg(test)]
                    READ.set(READ.get() + 1);
                    return Some(Parameter { name, value: usual.value });
                }
            }
            let read = match self.place {
                Place::First => first_step(self.rest, Scope::Link),
                Place::Later => step(self.rest, Scope::Link),
            };
            self.place = Place::Later;
            let Ok((rest, (_, step))) = read else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The parameters, by the grammar alone.
    fn by_grammar(octets: &[u8]) -> Vec<Parameter<'_>> {
        let (mut read, mut next) = (Vec::new(), first_step(octets, Scope::Link));
        while let Ok((rest, (_, found))) = next {
            if let Step::Param(param) = found {
                read.push(Parameter::new(param));
            }
            next = step(rest, Scope::Link);
        }
        read
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_walk_reads_the_parameters_that_the_grammar_reads(
            octets in "( ?; ?(rel|title|T|x\\*)(=\"[a-b,;<>\\\\ ]{0,6}\"|=[a-b<> ,]{0,4}| =b|)|[;,=\"<> a\r\n\x01é]){0,6}"
        ) {
            let read: Vec<_> = Parameters::new(octets.as_bytes()).collect();
            prop_assert_eq!(read, by_grammar(octets.as_bytes()));
        }
    }
}
