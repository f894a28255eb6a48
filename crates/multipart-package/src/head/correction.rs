//! The named corrections of a field line.

use crate::field::entity_tag::EntityTag;
use crate::field::{Known, last_modified};
use crate::grammar;
use crate::head::Field;
use crate::rule::Rule;
use bytes::{BufMut, BytesMut};

/// Appends a field line in which the violations of one rule are corrected.
pub(crate) fn append(rule: Rule, line: &[u8], out: &mut BytesMut) {
    match rule {
        Rule::BareLineFeed => with_full_line_ends(line, out),
        Rule::FieldFold => unfolded(line, out),
        Rule::FieldSpaceBeforeColon => without_space_before_colon(line, out),
        _ => with_value(rule, line, out),
    }
}

fn with_full_line_ends(line: &[u8], out: &mut BytesMut) {
    for piece in line.split_inclusive(|&octet| octet == b'\n') {
        match piece.strip_suffix(b"\n") {
            Some(text) => {
                out.put_slice(text.strip_suffix(b"\r").unwrap_or(text));
                out.put_slice(b"\r\n");
            }
            None => out.put_slice(piece),
        }
    }
}

fn unfolded(line: &[u8], out: &mut BytesMut) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    out.put_slice(&grammar::unfolded(text));
    out.put_slice(&line[text.len()..]);
}

fn without_space_before_colon(line: &[u8], out: &mut BytesMut) {
    let colon = memchr::memchr(b':', line).unwrap_or(line.len());
    let (name, rest) = line.split_at(colon);
    out.put_slice(name.trim_ascii_end());
    out.put_slice(rest);
}

/// Appends the line with a corrected value, or without the field if that is the correction.
fn with_value(rule: Rule, line: &[u8], out: &mut BytesMut) {
    let field = Field::of_line(line);
    let known = field.and_then(|field| Some((field, Known::by_name(field.name().as_bytes())?)));
    let Some((field, known)) = known else { return out.put_slice(line) };
    let value = field.value();
    let correct = match (rule, known) {
        (
            Rule::ContentLengthSyntax | Rule::ContentLengthDiffers | Rule::ContentLengthRepeated,
            Known::ContentLength,
        ) => return,
        (Rule::EntityTagSyntax, Known::Etag) => EntityTag::parse(value).map(|tag| {
            let weakness: &[u8] = if tag.is_weak() { b"W/" } else { b"" };
            [weakness, b"\"", tag.opaque(), b"\""].concat()
        }),
        (Rule::ContentIdSyntax, Known::ContentId) if !value.starts_with(b"<") => {
            Some([b"<", value, b">"].concat())
        }
        (Rule::LastModifiedWeekday | Rule::LastModifiedObsolete, Known::LastModified) => {
            last_modified::parse(value).map(|time| last_modified::format(time).into_bytes())
        }
        _ => None,
    };
    let at = nom::Offset::offset(line, value);
    out.put_slice(&line[..at]);
    out.put_slice(correct.as_deref().unwrap_or(value));
    out.put_slice(&line[at + value.len()..]);
}
