//! Links as they are usually written, read in one pass.
//!
//! The walk reads a link only if the grammar reads it alike and every check finds nothing to report. For
//! any other link it gives nothing, and the reader of the grammar reads it from its start. What is always
//! inlined costs half as many instructions again where it is not.

use crate::language_tag::is_language_tag;
use crate::link_field::class::Class;
use crate::link_field::grammar::Value;
use crate::link_field::media_type::is_media_type;
use crate::link_field::plain_reference::{Form, plain_reference};
use std::ops::Range;

/// A link in which there is nothing to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsualLink {
    /// Where the target is.
    pub(crate) target: Range<usize>,
    /// Where the link ends, and its parameters, which start behind the `>`.
    pub(crate) end: usize,
    /// Where the value of `rel` is, from the start of the parameters.
    pub(crate) rel: Range<usize>,
}

/// A parameter with a token, a quoted string without escapes, or nothing as its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsualParameter<'a> {
    /// The name, in ASCII and without capitals.
    pub(crate) name: &'a [u8],
    pub(crate) value: Value<'a>,
    kind: Kind,
}

/// The parameters that need a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rel,
    Rev,
    Type,
    Title,
    Media,
    Anchor,
    Hreflang,
    Other,
}

impl Kind {
    /// The kind and the length of the name at the start of octets.
    #[inline(always)]
    fn of(octets: &[u8]) -> (Self, usize) {
        // These names are found without a look at each of their octets.
        match octets {
            [b'r', b'e', b'l', b'=', ..] => (Self::Rel, 3),
            [b't', b'i', b't', b'l', b'e', b'=', ..] => (Self::Title, 5),
            [b't', b'y', b'p', b'e', b'=', ..] => (Self::Type, 4),
            [b'h', b'r', b'e', b'f', b'l', b'a', b'n', b'g', b'=', ..] => (Self::Hreflang, 8),
            [b'a', b'n', b'c', b'h', b'o', b'r', b'=', ..] => (Self::Anchor, 6),
            _ => {
                let name = &octets[..Class::NAME.run(octets)];
                let kind = match name {
                    b"rel" => Self::Rel,
                    b"rev" => Self::Rev,
                    b"type" => Self::Type,
                    b"title" => Self::Title,
                    b"media" => Self::Media,
                    b"anchor" => Self::Anchor,
                    b"hreflang" => Self::Hreflang,
                    _ => Self::Other,
                };
                (kind, name.len())
            }
        }
    }
}

/// Reads the link at the start of octets, with at most so many parameters.
#[inline]
pub(crate) fn usual_link(octets: &[u8], most: u64) -> Option<UsualLink> {
    let [b'<', inside @ ..] = octets else { return None };
    let target = plain_reference(inside)?.len;
    let parameters = match inside.get(target..)? {
        [b'>', parameters @ ..] => parameters,
        _ => return None,
    };
    let (mut rest, mut count, mut seen, mut rel) = (parameters, 0, 0, None);
    while let Some((parameter, after)) = parameter(rest)? {
        if count == most || !is_usual(parameter, &mut seen) {
            return None;
        }
        if parameter.kind == Kind::Rel {
            let end = parameters.len() - after.len();
            rel = match parameter.value {
                Value::Quoted(value) => Some(end - 1 - value.len()..end - 1),
                Value::Token(value) => Some(end - value.len()..end),
                _ => return None,
            };
        }
        count += 1;
        rest = after;
    }
    let end = octets.len() - rest.len();
    Some(UsualLink { target: 1..1 + target, end, rel: rel? })
}

/// Reads the parameter at the start of the parameters of one link.
#[inline]
pub(crate) fn usual_parameter(octets: &[u8]) -> Option<(UsualParameter<'_>, &[u8])> {
    let (parameter, after) = parameter(octets)??;
    // Anything else belongs to an unquoted value.
    matches!(skip_space(after), [] | [b';', ..]).then_some((parameter, after))
}

/// Reads the parameter at the start of octets, and gives what follows. There is `None` within if a comma
/// or the end comes first. Only if a semicolon, a comma or the end follows, the grammar reads it alike.
///
/// ```abnf
/// OWS ";" OWS token [ "=" ( token / quoted-string ) ]     ; RFC 8288 section 3
/// ```
#[inline(always)]
fn parameter(octets: &[u8]) -> Option<Option<(UsualParameter<'_>, &[u8])>> {
    let named = match octets {
        [b';', b' ', named @ ..] | [b';', named @ ..] => named,
        [] | [b',', ..] => return Some(None),
        _ => match skip_space(octets) {
            [] | [b',', ..] => return Some(None),
            [b';', named @ ..] => skip_space(named),
            _ => return None,
        },
    };
    let (kind, len) = Kind::of(named);
    let (name, rest) = named.split_at(len);
    if name.is_empty() {
        return None;
    }
    let (value, rest) = match rest {
        [b'=', b'"', inside @ ..] => {
            let (value, rest) = inside.split_at(Class::QUOTED.long_run(inside));
            match rest {
                [b'"', rest @ ..] => (Value::Quoted(value), rest),
                _ => return None,
            }
        }
        [b'=', token @ ..] => {
            let (value, rest) = token.split_at(Class::TOKEN.run(token));
            if value.is_empty() {
                return None;
            }
            (Value::Token(value), rest)
        }
        _ => (Value::Absent, rest),
    };
    Some(Some((UsualParameter { name, value, kind }, rest)))
}

#[inline(always)]
fn skip_space(octets: &[u8]) -> &[u8] {
    let mut rest = octets;
    while let [b' ' | b'\t', after @ ..] = rest {
        rest = after;
    }
    rest
}

/// Whether there is nothing to report about a parameter, after some others were seen.
#[inline]
fn is_usual(parameter: UsualParameter<'_>, seen: &mut u8) -> bool {
    let value = match parameter.value {
        Value::Token(value) | Value::Quoted(value) => Some(value),
        _ => None,
    };
    let holds = match (parameter.kind, value) {
        (Kind::Other, _) => return true,
        (Kind::Hreflang, Some(value)) => return is_language_tag(value),
        (Kind::Rel, Some(value)) => is_usual_relations(value),
        (Kind::Type, Some(value)) => is_media_type(value),
        (Kind::Anchor, Some(value)) => is_plain(value),
        (Kind::Title | Kind::Media, _) => true,
        (Kind::Rev | Kind::Hreflang | Kind::Rel | Kind::Type | Kind::Anchor, _) => false,
    };
    let bit = 1 << parameter.kind as u8;
    let again = *seen & bit != 0;
    *seen |= bit;
    holds && !again
}

fn is_plain(reference: &[u8]) -> bool {
    plain_reference(reference).is_some_and(|found| found.len == reference.len())
}

/// Whether a value lists relation types that have their present names.
///
/// ```abnf
/// relation-type *( 1*SP relation-type )                   ; RFC 8288 section 3.3
/// ```
#[inline]
fn is_usual_relations(value: &[u8]) -> bool {
    let mut rest = value;
    loop {
        let len = match rest {
            [b'a'..=b'z', ..] => Class::RELATION.run(rest),
            _ => 0,
        };
        let len = match rest.get(len) {
            None | Some(b' ') if len > 0 => {
                if matches!(&rest[..len], b"all-versions" | b"working-resource") {
                    return false;
                }
                len
            }
            _ => match plain_reference(rest) {
                Some(found) if found.form == Form::Absolute => found.len,
                _ => return false,
            },
        };
        rest = match &rest[len..] {
            [] => return true,
            [b' ', after @ ..] => {
                let end = after.iter().position(|&octet| octet != b' ').unwrap_or(after.len());
                &after[end..]
            }
            _ => return false,
        };
    }
}
