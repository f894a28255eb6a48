//! Writes what the codecs read and write of every example into a directory, for readers that share
//! no code with them: `tests/independent/check.py` compares.

#![forbid(unsafe_code)]

use anyhow::Context;
use atom_fsm::atom::{Date, Entry, Feed, Link, Text};
use atom_fsm::fsm::{Bundle, Member};
use atom_fsm::opml::{Folder, Opml, Outline, OutlineKind};
use atom_fsm::{Document, FeedItem, Stage, Writer};
use codec_tests::documents::{Case, drafts, of_everything};
use codec_tests::link_fields::LinkFields;
use serde_json::{Map, Value, json};
use std::fs;
use std::iter;
use std::path::Path;
use version_links::{Linkset, links};

/// Where the linksets are found: what references are resolved against.
const HERE: &str = "https://example.org/links";

fn main() -> anyhow::Result<()> {
    let directory = std::env::args_os().nth(1).context("usage: written DIRECTORY")?;
    let xml = Path::new(&directory).join("xml");
    for case in drafts().into_iter().chain(of_everything()) {
        write_case(&case, &xml.join(case.name)).with_context(|| case.name)?;
    }
    for case in of_everything() {
        if let Document::Feed(feed) = case.document() {
            let directory = xml.join(format!("{}-passed-on", case.name));
            pass_on(&case, &feed, &directory).with_context(|| case.name)?;
        }
    }
    let lists = Path::new(&directory).join("opml");
    fs::create_dir_all(&lists)?;
    for (name, source) in opml_lists() {
        write_list(&source, &lists, name).with_context(|| name)?;
    }
    let links = Path::new(&directory).join("links");
    fs::create_dir_all(&links)?;
    for entry in codec_tests::link_fields::all()? {
        write_fields(&entry, &links).with_context(|| entry.name.clone())?;
    }
    let linksets = Path::new(&directory).join("linksets");
    fs::create_dir_all(&linksets)?;
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/version-links/tests/data/linkset");
    for file in fs::read_dir(data)? {
        let path = file?.path();
        write_linkset(&path, &linksets).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Writes a linkset in each form that can hold it, and the links that our reader reads.
fn write_linkset(path: &Path, directory: &Path) -> anyhow::Result<()> {
    let document = fs::read(path)?;
    let linkset = match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Linkset::from_json(&document),
        Some("linkset") => Linkset::from_text(&document),
        _ => return Ok(()),
    };
    // One file is a document of another kind, which the readers refuse.
    let Ok(linkset) = linkset else { return Ok(()) };
    let name = path.file_stem().context("a name")?;
    let file = |extension: &str| directory.join(name).with_extension(extension);
    let told = linkset.links().map(|link| {
        let link = link.map_err(Clone::clone)?;
        let attributes = link.attributes();
        let attributes: Vec<_> =
            attributes.map(|one| json!([one.name(), one.value(), one.language()])).collect();
        Ok(json!({
            "anchor": link.anchor(),
            "rel": link.relation().as_str(),
            "href": link.href(),
            "attributes": attributes,
        }))
    });
    let told: Vec<_> = told.collect::<Result<_, version_links::Error>>()?;
    fs::write(file("told"), format!("{:#}", Value::from(told)))?;
    fs::write(file("json"), linkset.to_json()?)?;
    // A link can have titles in several languages in JSON alone.
    let linkset = linkset.without_unknown_members();
    if let Ok(text) = linkset.to_text() {
        fs::write(file("linkset"), text)?;
    }
    if let Ok(text) = linkset.to_link_format(HERE) {
        fs::write(file("core"), text)?;
    }
    Ok(())
}

/// Writes the links of an example's fields, corrected where they must be, as our writer has them.
/// Links with a parameter that has no value are left out: httplink takes none.
fn write_fields(fields: &LinkFields, directory: &Path) -> anyhow::Result<()> {
    let links = fields.values.iter().flat_map(|value| links(value.as_bytes()).flatten());
    let links = links.filter(|link| link.parameters().all(|one| one.value().is_some()));
    let written: Vec<_> = links.filter_map(|link| link.to_builder().build().ok()).collect();
    if written.is_empty() {
        return Ok(());
    }
    let values = version_links::LinkFields::new().values(&written)?;
    let read = values.iter().flat_map(|value| links_of(value));
    let told: Vec<_> = read.collect::<Result<_, _>>()?;
    fs::write(directory.join(format!("{}.field", fields.name)), values.join("\n"))?;
    let told = format!("{:#}", Value::from(told));
    fs::write(directory.join(format!("{}.json", fields.name)), told)?;
    Ok(())
}

fn links_of(value: &str) -> impl Iterator<Item = Result<Value, version_links::Error>> {
    let strict = version_links::Reader::new().tolerance(version_links::Tolerance::STRICT);
    strict.links(value.as_bytes()).map(|link| {
        let link = link?;
        let relations: Vec<_> = link.rel().map(|rel| rel.as_str().to_owned()).collect();
        Ok(json!({
            "target": link.target(),
            "rel": relations,
            "anchor": link.anchor(),
            "title": link.title(),
            "type": link.type_(),
        }))
    })
}

fn write_case(case: &Case, directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory)?;
    let document = case.reader().read::<Document<'_>>(&case.source)?.into_document();
    let writer = Writer::new().stage(case.stage);
    let written = writer.to_string(&document)?;
    let again = case.reader().read::<Document<'_>>(&written)?.into_document();
    fs::write(directory.join("source.xml"), &case.source)?;
    fs::write(directory.join("again.xml"), writer.to_string(&again)?)?;
    fs::write(directory.join("written.xml"), &written)?;
    if case.stage == Stage::Submitted {
        // The schemas of the RFCs are those of what a server stores.
        fs::write(directory.join("submitted"), "")?;
    }
    let prefixes: Map<_, _> = case
        .supplied
        .iter()
        .map(|(prefix, namespace)| ((*prefix).to_owned(), Value::from(*namespace)))
        .collect();
    fs::write(directory.join("prefix.json"), Value::from(prefixes).to_string())?;
    let told = match &document {
        Document::Feed(feed) => tell_feed(feed),
        Document::Entry(entry) => tell_entry(entry),
        _ => return Ok(()),
    };
    fs::write(directory.join("told.json"), format!("{told:#}"))?;
    Ok(())
}

/// Writes a feed entry by entry, its entries passed on: half of them with their own octets, half from
/// their values.
fn pass_on(case: &Case, feed: &Feed<'_>, directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory)?;
    let again = |source: &str| -> anyhow::Result<String> {
        let (mut out, mut writer) = (Vec::new(), None);
        let mut entries = case.reader().entries(source);
        let mut position = 0;
        while let Some(item) = entries.next() {
            let item = item?;
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(Writer::new().feed(entries.feed(), &mut out)?.0),
            };
            match item {
                FeedItem::Entry(entry) if position % 2 == 1 => {
                    writer.entry(entry.entry(), &mut out)?;
                }
                item => {
                    writer.item(&item, &mut out)?;
                }
            }
            position += 1;
        }
        writer.context("a feed with entries")?.finish(&mut out)?;
        Ok(String::from_utf8(out)?)
    };
    let written = again(&case.source)?;
    fs::write(directory.join("source.xml"), &case.source)?;
    fs::write(directory.join("again.xml"), again(&written)?)?;
    fs::write(directory.join("written.xml"), &written)?;
    fs::write(directory.join("told.json"), format!("{:#}", tell_feed(feed)))?;
    Ok(())
}

/// OPML documents: one that was read, and those of the bundles among the cases.
fn opml_lists() -> Vec<(&'static str, String)> {
    let read = include_str!("../data/opml/subscriptions.opml").to_owned();
    let bundles = drafts().into_iter().chain(of_everything()).filter_map(|case| {
        let Document::Feed(feed) = case.document() else { return None };
        let bundle = Bundle::try_from(feed).ok()?;
        let folder = Folder::new(bundle.title());
        let folder = bundle.members().iter().fold(folder, |folder, member| match member {
            Member::Service(service) => folder.with_item(service.clone().into_owned()),
            Member::Reference(reference) => folder.with_item(reference.clone().into_owned()),
            _ => folder,
        });
        Some((case.name, Writer::new().to_string(&Opml::from_folder(&folder)).ok()?))
    });
    iter::once(("subscriptions", read)).chain(bundles).collect()
}

/// Writes a list of feeds, and what our reader reads of it.
fn write_list(source: &str, directory: &Path, name: &str) -> anyhow::Result<()> {
    let opml = Opml::parse(source)?;
    let written = Writer::new().to_string(&opml)?;
    let mut told = Vec::new();
    for outline in Opml::parse(&written)?.outlines() {
        tell_outline(outline, &mut Vec::new(), &mut told);
    }
    fs::write(directory.join(format!("{name}.opml")), &written)?;
    let told = json!({ "title": opml.title(), "outlines": told });
    fs::write(directory.join(format!("{name}.json")), format!("{told:#}"))?;
    Ok(())
}

fn tell_outline<'e>(outline: Outline<'e, '_>, around: &mut Vec<&'e str>, told: &mut Vec<Value>) {
    let url = match outline.kind() {
        OutlineKind::Feed => outline.xml_url(),
        OutlineKind::Include => outline.url(),
        _ => None,
    };
    if url.is_some() {
        told.push(json!({ "url": url, "title": outline.text(), "around": around }));
    }
    around.push(outline.text().unwrap_or_default());
    for inner in outline.outlines() {
        tell_outline(inner, around, told);
    }
    around.pop();
}

fn tell_feed(feed: &Feed<'_>) -> Value {
    let entries: Vec<_> = feed.entries().iter().map(tell_entry).collect();
    let told = [
        ("id", feed.id().map(Value::from)),
        ("title", feed.title().map(tell_text)),
        ("updated", feed.updated().map(tell_date)),
        ("links", Some(feed.links().iter().map(tell_link).collect())),
        ("entries", Some(entries.into())),
    ];
    tell("feed", told)
}

fn tell_entry(entry: &Entry<'_>) -> Value {
    let told = [
        ("id", entry.id().map(Value::from)),
        ("title", entry.title().map(tell_text)),
        ("updated", entry.updated().map(tell_date)),
        ("published", entry.published().map(tell_date)),
        ("links", Some(entry.links().iter().map(tell_link).collect())),
    ];
    tell("entry", told)
}

fn tell_link(link: &Link<'_>) -> Value {
    let told = [
        ("href", link.href().map(Value::from)),
        ("rel", Some(link.rel().unwrap_or("alternate").into())),
        ("type", link.type_().map(Value::from)),
    ];
    present(told)
}

fn tell_text(text: &Text<'_>) -> Value {
    text.value().into()
}

fn tell_date(date: &Date<'_>) -> Value {
    date.as_str().into()
}

fn tell<const N: usize>(kind: &str, told: [(&str, Option<Value>); N]) -> Value {
    let mut told = present(told);
    told["kind"] = json!(kind);
    told
}

/// An object of what is there.
fn present<const N: usize>(told: [(&str, Option<Value>); N]) -> Value {
    let there = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect())
}
