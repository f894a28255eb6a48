//! What other readers give for the same octets, as the README of multipart-package says it.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use futures_util::{FutureExt, stream};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use multipart_package::{ContentType, Reader, Tolerance};
use std::fmt::Write;

/// The name and the body of each part; a `!` if an error ends the reading.
fn shown(parts: &[(Option<String>, Vec<u8>)], is_error: bool) -> String {
    let mut text = String::new();
    for (name, body) in parts {
        let name = name.as_deref().unwrap_or("-");
        let _ = write!(text, "{name}={} ", body.escape_ascii());
    }
    text.push_str(if is_error { "!" } else { "" });
    text.trim_end().to_owned()
}

fn ours(content_type: &str, body: &[u8], tolerance: Tolerance) -> String {
    let mut parts = Vec::new();
    let Ok(reader) = Reader::from_content_type_with(content_type.as_bytes(), tolerance) else {
        return "!".to_owned();
    };
    for part in reader.parts(body) {
        let Ok(part) = part else { return shown(&parts, true) };
        let Ok(name) = part.head().form_name() else { return shown(&parts, true) };
        parts.push((name.map(std::borrow::Cow::into_owned), part.body().to_vec()));
    }
    shown(&parts, false)
}

fn by_multer(content_type: &str, body: &[u8]) -> String {
    let boundary = if content_type.starts_with("multipart/form-data") {
        multer::parse_boundary(content_type).ok()
    } else {
        // It finds the boundary of forms only.
        ContentType::parse(content_type.as_bytes()).unwrap().boundary().ok().map(|b| b.to_string())
    };
    let Some(boundary) = boundary else { return "!".to_owned() };
    let chunks = body.chunks(13).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
    let mut fields = multer::Multipart::new(stream::iter(chunks.collect::<Vec<_>>()), boundary);
    let mut parts = Vec::new();
    let is_error = async {
        loop {
            let Ok(field) = fields.next_field().await else { return true };
            let Some(field) = field else { return false };
            let name = field.name().map(str::to_owned);
            let Ok(body) = field.bytes().await else { return true };
            parts.push((name, body.to_vec()));
        }
    };
    let is_error = is_error.now_or_never().unwrap();
    shown(&parts, is_error)
}

fn by_mail_parser(content_type: &str, body: &[u8]) -> String {
    let mail = [b"Content-Type: ", content_type.as_bytes(), b"\r\n\r\n", body].concat();
    let message = MessageParser::default().parse(&mail).unwrap();
    let PartType::Multipart(numbers) = &message.root_part().body else {
        return "no multipart".to_owned();
    };
    let part = |number: &u32| {
        let part = &message.parts[*number as usize];
        let disposition = part.content_disposition();
        let name = disposition.and_then(|value| value.attribute("name")).map(str::to_owned);
        let octets = part.raw_body_offset() as usize..part.raw_end_offset() as usize;
        (name, mail[octets].to_vec())
    };
    shown(&numbers.iter().map(part).collect::<Vec<_>>(), false)
}

/// A field `a` of a form whose boundary is `b`, and what is around it.
const FORM: &str = "multipart/form-data; boundary=b";

#[test]
fn what_the_readme_says_of_other_readers_is_what_they_give() {
    let a = "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    let unusual = "Content-Disposition: form-data; name=\"5%22 disk \\\"\r\n\r\n1\r\n";
    let twice = "Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1\r\n";
    let again = "Content-Disposition: form-data; name=\"b\"\r\n";
    let folded = "Content-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1\r\n";
    let plain = format!("--b\r\n{a}--b--\r\n");
    // The input, and what this crate by default, multer and mail-parser give.
    let rows = [
        (FORM, plain.clone(), ["a=1", "a=1", "a=1"]),
        (FORM, format!("--b\r\n{unusual}--b--\r\n"), ["5\" disk \\=1", "-=1", "5%22 disk \"=1"]),
        (FORM, format!("--b\r\n{twice}--b--\r\n"), ["!", "a=1", "a=1"]),
        (FORM, format!("--b\r\n{again}{a}--b--\r\n"), ["!", "a=1", "a=1"]),
        (FORM, format!("--b\r\n{a}--b\r\n"), ["a=1 !", "a=1 !", "a=1"]),
        (FORM, format!("--b\r\n{a}--bX\r\n2\r\n--b--"), ["a=1\\r\\n--bX\\r\\n2", "a=1 !", "a=1"]),
        (FORM, format!("--b junk\r\n{a}--b-- junk\r\n\r\n--b--"), ["!", "!", "a=1"]),
        (FORM, plain.replace("--b", "--c"), ["!", "!", "no multipart"]),
        (FORM, format!("--b\r\n{plain}"), ["-= a=1", "!", "a=1"]),
        (FORM, format!("--b\r\n{a}--b--\r"), ["a=1", "a=1", "a=1"]),
        (FORM, plain.replace("\r\n", "\n"), ["a=1", "!", "a=1"]),
        (FORM, format!("--b\r\n{folded}--b--\r\n"), ["a=1", "!", "a=1"]),
        (FORM, format!("--b \t\r\n{a}--b-- \r\n"), ["a=1", "a=1", "a=1"]),
        (FORM, format!("--b\r\nContent-Length: 9\r\n{a}--b--\r\n"), ["a=1", "a=1", "a=1"]),
        ("multipart/form-data; boundary=b(1)", plain.replace("--b", "--b(1)"), ["a=1", "!", "a=1"]),
        ("multipart/form-data; boundary=\"b@\"", plain.replace("--b", "--b@"), ["!", "a=1", "a=1"]),
        ("multipart/byteranges; boundary=b", format!("\r\n{plain}"), ["a=1", "a=1", "a=1"]),
    ];
    for (content_type, body, expected) in rows {
        let body = body.as_bytes();
        let found = [
            ours(content_type, body, Tolerance::DRAFTS),
            by_multer(content_type, body),
            by_mail_parser(content_type, body),
        ];
        assert_eq!(found, expected, "{content_type}: {}", body.escape_ascii());
    }
}
