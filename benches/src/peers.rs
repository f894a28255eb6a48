//! The multipart peers and floors, each in the use that its documentation shows.

use crate::harness::{Contestant, Kind, Read};
use crate::package::Package;
use bytes::Bytes;
use memchr::memmem::Finder;

pub(crate) fn multipart(package: &Package) -> anyhow::Result<Vec<Contestant<'_>>> {
    let boundary = package.boundary;
    let mail = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n"
    );
    let mail = [mail.as_bytes(), &package.octets].concat();
    let other_mail = mail.clone();
    let mut contestants = for_forms(package)?;
    contestants.extend([
        Contestant::new("mail-parser", Kind::Peer, move || mail_parser(&mail)),
        Contestant::new("mailparse", Kind::Peer, move || mailparse(&other_mail)),
    ]);
    contestants.extend(floors(package));
    Ok(contestants)
}

/// The peers that are made for forms.
pub(crate) fn for_forms(package: &Package) -> anyhow::Result<Vec<Contestant<'_>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(vec![
        Contestant::new("multer, 64 KiB chunks", Kind::Peer, move || {
            runtime.block_on(multer(package))
        }),
        Contestant::new("nostd-multipart", Kind::Peer, || nostd_multipart(package)),
    ])
}

pub(crate) fn floors(package: &Package) -> Vec<Contestant<'_>> {
    let needle = format!("\n--{}", package.boundary);
    let finder = Finder::new(needle.as_bytes()).into_owned();
    let other_finder = finder.clone();
    vec![
        Contestant::new("httparse heads, memmem", Kind::Floor, move || heads(package, &finder)),
        Contestant::new("memmem", Kind::Floor, move || {
            Ok((other_finder.find_iter(&package.octets).count(), 0))
        }),
    ]
}

async fn multer(package: &Package) -> anyhow::Result<Read> {
    let chunks = package.chunks().map(Ok::<Bytes, std::io::Error>).collect::<Vec<_>>();
    let mut multipart =
        multer::Multipart::new(futures_util::stream::iter(chunks), package.boundary);
    let mut read: Read = (0, 0);
    while let Some(mut field) = multipart.next_field().await? {
        read.0 += 1;
        while let Some(chunk) = field.chunk().await? {
            read.1 += chunk.len();
        }
    }
    Ok(read)
}

fn nostd_multipart(package: &Package) -> anyhow::Result<Read> {
    use nostd_multipart::{Event, Parser};
    let content_type = format!("multipart/form-data; boundary={}", package.boundary);
    let failed = |error: nostd_multipart::Error| anyhow::anyhow!("{error}");
    let mut parser: Parser<'_, 256, 8> =
        Parser::from_content_type(content_type.as_bytes()).map_err(failed)?;
    let (mut rest, mut read) = (&package.octets[..], (0, 0));
    loop {
        let (consumed, event) = parser.parse(rest, true).map_err(failed)?;
        rest = &rest[consumed..];
        match event {
            Some(Event::PartStart) => read.0 += 1,
            Some(Event::Data(octets)) => read.1 += octets.len(),
            Some(Event::Finished) => return Ok(read),
            Some(_) => {}
            None => anyhow::ensure!(consumed > 0, "no progress"),
        }
    }
}

fn mail_parser(mail: &[u8]) -> anyhow::Result<Read> {
    let message = mail_parser::MessageParser::default().parse(mail);
    let message = message.ok_or_else(|| anyhow::anyhow!("no message"))?;
    // The first part is the message itself.
    let parts = &message.parts[1..];
    Ok((parts.len(), parts.iter().map(|part| part.contents().len()).sum()))
}

fn mailparse(mail: &[u8]) -> anyhow::Result<Read> {
    let message = mailparse::parse_mail(mail)?;
    // It leaves the line break that belongs to the delimiter in the body.
    let body = |part: &mailparse::ParsedMail<'_>| {
        part.get_body_raw().map(|body| body.strip_suffix(b"\r\n").unwrap_or(&body).len())
    };
    let octets: usize = message.subparts.iter().map(body).sum::<Result<_, _>>()?;
    Ok((message.subparts.len(), octets))
}

fn heads(package: &Package, finder: &Finder<'_>) -> anyhow::Result<Read> {
    let mut rest = &package.octets[package.boundary.len() + 4..];
    let mut read: Read = (0, 0);
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 16];
        let httparse::Status::Complete((head, _)) = httparse::parse_headers(rest, &mut fields)?
        else {
            return Ok(read);
        };
        let Some(found) = finder.find(&rest[head..]) else { return Ok(read) };
        read = (read.0 + 1, read.1 + found);
        let behind = rest.get(head + found + finder.needle().len() + 2..);
        match behind {
            Some(behind) if !behind.is_empty() => rest = behind,
            _ => return Ok(read),
        }
    }
}
