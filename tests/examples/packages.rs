//! Writes a thousand multiparts, and what our reader read of them, into a directory, for readers
//! that share no code with it: `tests/independent/packages.py` compares.
//!
//! One half is written by the encoder, the other by hand in every form that RFC 2046 allows. The
//! seed is fixed: the same thousand each time.

#![forbid(unsafe_code)]

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use multipart_package::{Boundary, Encoder, HeadBuilder, Reader, Tolerance};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const COUNT: usize = 1000;

fn main() -> anyhow::Result<()> {
    let directory = std::env::args_os().nth(1).context("usage: packages DIRECTORY")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let mut random = ChaCha8Rng::seed_from_u64(2046);
    for number in 0..COUNT {
        let boundary = boundary(&mut random)?;
        let content_type = boundary.content_type("mixed")?;
        let parts = parts(&mut random, &boundary);
        let body = if number % 2 == 0 {
            encoded(&boundary, &parts)?
        } else {
            by_hand(&mut random, &boundary, &parts)
        };
        let told = told(&content_type, &body, parts.len())?;
        fs::write(directory.join(format!("{number:04}.type")), content_type)?;
        fs::write(directory.join(format!("{number:04}.body")), body)?;
        fs::write(directory.join(format!("{number:04}.json")), format!("{told:#}"))?;
    }
    Ok(())
}

/// Fields, and a body.
struct Part {
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// Of 1 to 70 octets, from all that RFC 2046 section 5.1.1 allows.
fn boundary(random: &mut ChaCha8Rng) -> anyhow::Result<Boundary> {
    const CHARS: &[u8] =
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
    let len = *[1, 2, 10, 27, 40, 69, 70].choose(random).unwrap_or(&1);
    let mut text: Vec<u8> = (0..len).map(|_| *CHARS.choose(random).unwrap_or(&b'-')).collect();
    // A space may not stand at the end, and Python's readers strip one at the start.
    for at in [0, len - 1] {
        if text[at] == b' ' {
            text[at] = b'-';
        }
    }
    Ok(String::from_utf8(text)?.parse()?)
}

fn parts(random: &mut ChaCha8Rng, boundary: &Boundary) -> Vec<Part> {
    let count = *[0, 1, 1, 2, 3, 7].choose(random).unwrap_or(&1);
    (0..count).map(|_| Part { fields: fields(random), body: body(random, boundary) }).collect()
}

fn fields(random: &mut ChaCha8Rng) -> Vec<(String, Vec<u8>)> {
    const FIELDS: &[(&str, &[u8])] = &[
        ("Content-Type", b"application/json; charset=\"utf-8\""),
        ("content-location", b"/entities/variant/16325906:001:99999"),
        ("ETag", b"W/\"7\""),
        ("Event-Type", b"http-equiv=PATCH"),
        ("Last-Modified", b"Thu, 09 Jan 2014 15:02:23 GMT"),
        ("Content-ID", b"<1@example.org>"),
        ("X-Empty", b""),
        ("X-Tab", b"a\tb"),
        ("X-Text", b"\xc3\xa4 and \xff"),
        ("Link", b"</1>; rel=\"about\""),
        ("X-Colon", b"a: b"),
    ];
    let count = *[0, 1, 2, 4].choose(random).unwrap_or(&0);
    let chosen = FIELDS.choose_multiple(random, count);
    let mut fields: Vec<_> =
        chosen.map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
    if random.random_bool(0.3) {
        fields.extend([1, 2].map(|one| ("link".to_owned(), format!("</{one}>").into_bytes())));
    }
    fields
}

/// Octets of any kind, with what looks almost like a delimiter, and line breaks at the end.
fn body(random: &mut ChaCha8Rng, boundary: &Boundary) -> Vec<u8> {
    let near = boundary.to_string();
    let near = &near[..near.len() - 1];
    let mut body = Vec::new();
    for _ in 0..random.random_range(0..6) {
        match random.random_range(0..9) {
            0 => body.extend((0..random.random_range(0..100)).map(|_| random.random::<u8>())),
            1 => body.extend_from_slice(b"\r\n"),
            2 => body.extend_from_slice(b"\n"),
            3 => body.extend_from_slice(format!("\r\n--{near}").as_bytes()),
            4 => body.extend_from_slice(format!("\r\n {boundary}").as_bytes()),
            5 => body.extend_from_slice(b"--"),
            6 => body.extend_from_slice(b"{\"id\":\"7\"}"),
            7 => body.extend_from_slice(b"\r\n--i\r\n\r\ninner\r\n--i--\r\n"),
            _ => body.extend_from_slice(b"line\r\nline"),
        }
    }
    let delimiter = format!("--{boundary}");
    let holds = |body: &[u8]| body.windows(delimiter.len()).any(|at| at == delimiter.as_bytes());
    if holds(&body) { b"plain".to_vec() } else { body }
}

fn encoded(boundary: &Boundary, parts: &[Part]) -> anyhow::Result<Vec<u8>> {
    let (mut encoder, mut out) = (Encoder::new(boundary), Vec::new());
    for part in parts {
        let fields = part.fields.iter();
        let head = fields.fold(HeadBuilder::new(), |head, (name, value)| head.field(name, value));
        encoder.part(&mut out, head.build()?.borrow(), &part.body)?;
    }
    encoder.finish(&mut out)?;
    Ok(out)
}

fn by_hand(random: &mut ChaCha8Rng, boundary: &Boundary, parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    let preamble = ["", "", "\r\n", "This is a multipart.\r\n", "a: b\r\n\r\n"].choose(random);
    out.extend_from_slice(preamble.unwrap_or(&"").as_bytes());
    let padding =
        |random: &mut ChaCha8Rng| *["", "", " ", "\t ", "  "].choose(random).unwrap_or(&"");
    let mut first = true;
    for part in parts {
        // Behind an empty body the line break may be the blank line's.
        let line_break = if std::mem::take(&mut first) { "" } else { "\r\n" };
        out.extend_from_slice(
            format!("{line_break}--{boundary}{}\r\n", padding(random)).as_bytes(),
        );
        for (name, value) in &part.fields {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(
                [":", ": ", ":\t", ": \r\n "].choose(random).unwrap_or(&":").as_bytes(),
            );
            out.extend_from_slice(value);
            out.extend_from_slice(["\r\n", " \r\n"].choose(random).unwrap_or(&"\r\n").as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&part.body);
        first = part.body.is_empty() && random.random_bool(0.5);
    }
    let line_break = if first { "" } else { "\r\n" };
    out.extend_from_slice(format!("{line_break}--{boundary}--{}", padding(random)).as_bytes());
    let epilogue = ["", "\r\n", "\r\nThe end.", "\r\n\r\n"].choose(random);
    out.extend_from_slice(epilogue.unwrap_or(&"").as_bytes());
    out
}

/// What our reader reads: fields and bodies as base64.
fn told(content_type: &str, body: &[u8], count: usize) -> anyhow::Result<Value> {
    let reader = Reader::from_content_type(content_type.as_bytes())?.tolerance(Tolerance::DRAFTS);
    let mut parts = Vec::new();
    for part in reader.parts(body) {
        let part = part?;
        let fields: Vec<_> = part
            .head()
            .fields()
            .map(|field| json!([field.name(), BASE64.encode(field.value())]))
            .collect();
        parts.push(json!({ "fields": fields, "body": BASE64.encode(part.body()) }));
    }
    ensure!(parts.len() == count, "{} parts of {count} were read", parts.len());
    Ok(Value::from(parts))
}
