//! Event-Type (event-sourcing draft of 2015-06-30, sections 4.3 and 4.4): what happened to the
//! target.

use crate::grammar::token;
use crate::rule::Rule;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::all_consuming;
use nom::sequence::separated_pair;

/// The type of an event: a name from a family of names (event-sourcing draft, section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventType<'a> {
    family: &'a str,
    name: &'a str,
}

impl<'a> EventType<'a> {
    /// The family whose names are unsafe HTTP methods (section 4.4).
    pub const HTTP_EQUIV: &'static str = "http-equiv";

    /// ```abnf
    /// Event-Type = token "=" token
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let (_, (family, name)) =
            all_consuming(separated_pair(token, tag("="), token)).parse(value).ok()?;
        Some(Self { family, name })
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> &'a str {
        self.family
    }

    /// The name within the family.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The HTTP method that has the same effect as the event, if the family is `http-equiv`.
    #[must_use]
    pub fn http_equiv(&self) -> Option<&'a str> {
        (self.family == Self::HTTP_EQUIV).then_some(self.name)
    }
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    EventType::parse(value).is_none().then_some(Rule::EventTypeSyntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draft_4_3_an_event_type_is_a_family_and_a_name() {
        let put = EventType::parse(b"http-equiv=PUT").unwrap();
        assert_eq!(
            (put.family(), put.name(), put.http_equiv()),
            ("http-equiv", "PUT", Some("PUT"))
        );
        let other = EventType::parse(b"acme=moved").unwrap();
        assert_eq!(other.http_equiv(), None);
        for bad in
            [&b""[..], b"PUT", b"=PUT", b"http-equiv=", b"http-equiv = PUT", b"a=b=c", b"a=b c"]
        {
            assert_eq!(EventType::parse(bad), None, "{}", bad.escape_ascii());
            assert_eq!(violation(bad), Some(Rule::EventTypeSyntax));
        }
    }
}
