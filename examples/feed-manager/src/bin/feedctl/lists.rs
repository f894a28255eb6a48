//! Whole lists: `follow`, `export` and `import`.

use crate::args::Follow;
use crate::done::Done;
use crate::output::{Output, plain};
use crate::session::Session;
use anyhow::Context;
use atom_fsm::opml::Opml;
use atom_fsm::walk::{AuthorityPolicy, BundleWalk, Target, Visit, VisitState};
use atom_fsm::{Limits, Reader, Reading, Writer};
use feed_manager::client::{Federation, Progress};
use feed_manager::outline::{self, Exported, Queries};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

/// The limit on an OPML document: 64 MiB.
const MOST_OCTETS: u64 = 64 * 1024 * 1024;

/// Whether the bundles that a bundle refers to are exported with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    Alone,
    Walked,
}

/// Walks over bundles, and shows on standard error how far it is.
async fn walk(session: &Session, walk: BundleWalk) -> anyhow::Result<Federation> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} of {len} bundles {wide_msg}")?);
    bar.set_length(0);
    let federation = session.manager.walk(walk, |progress| match progress {
        Progress::Asked(uri) => {
            bar.inc_length(1);
            bar.set_message(plain(uri));
        }
        Progress::Found(..) => bar.inc(1),
        Progress::Failed(uri, error) => {
            bar.inc(1);
            bar.println(plain(&format!("{uri}: {error}")));
        }
        Progress::Delayed(uri, seconds) => {
            bar.println(plain(&format!("{uri} is asked again after {seconds} s")));
        }
        _ => {}
    });
    let federation = federation.await;
    bar.finish_and_clear();
    Ok(federation)
}

fn state(federation: &Federation, visit: &Visit) -> String {
    match (visit.state(), federation.error(visit)) {
        (VisitState::Found, _) => "found".to_owned(),
        (VisitState::Same(_), _) => "same".to_owned(),
        (VisitState::Gone, _) => "gone".to_owned(),
        (VisitState::Refused, _) => "refused".to_owned(),
        (VisitState::LeftOut(why), _) => format!("left out: {why:?}").to_lowercase(),
        (_, _) => "failed".to_owned(),
    }
}

pub(crate) async fn follow(
    session: &Session,
    follow: Follow,
    output: Output,
) -> anyhow::Result<Done> {
    let uri = session.bundle(&follow.uri).await?;
    if let Some(into) = &follow.into {
        return subscribe(session, into, &uri, output).await;
    }
    let policy = if follow.same_server { AuthorityPolicy::Start } else { AuthorityPolicy::Any };
    let limits = Limits::default().bundle_depth(follow.depth);
    let begun = BundleWalk::new(&uri).authorities(policy).limits(limits);
    let federation = walk(session, begun).await?;
    let (mut json, mut text) = (Vec::new(), String::new());
    for (at, visit) in federation.visits().iter().enumerate() {
        let state = state(&federation, visit);
        let bundle = federation.bundle(visit).map(|(_, bundle)| bundle);
        let title = bundle.map(|it| it.title().into_owned());
        let services = bundle.map(|it| it.services().count());
        let error = federation.error(visit).map(ToString::to_string);
        let indent = "  ".repeat(usize::try_from(visit.depth()).unwrap_or(0).min(20));
        let _ = match (&title, services) {
            (Some(title), Some(services)) => {
                writeln!(text, "{indent}{} ({services} services) {}", plain(title), visit.uri())
            }
            _ => writeln!(text, "{indent}{state}: {}", plain(visit.uri())),
        };
        let references = visit.references().iter().map(|it| match it.target() {
            Target::Visit(to) => json!({"uri": it.uri(), "visit": to}),
            Target::LeftOut(why) => {
                json!({"uri": it.uri(), "left_out": format!("{why:?}").to_lowercase()})
            }
            _ => json!({"uri": it.uri()}),
        });
        let references: Vec<_> = references.collect();
        json.push(json!({
            "visit": at, "uri": visit.uri(), "depth": visit.depth(), "state": state,
            "title": title, "services": services, "error": error, "references": references,
        }));
    }
    let loops = federation.loops();
    if !loops.is_empty() {
        let _ = writeln!(text, "{} references lead back to where they came from", loops.len());
    }
    output
        .print(&json!({"visits": json, "loops": loops, "whole": federation.is_whole()}), &text)?;
    ended(session, &federation)
}

/// A walk whose first bundle was not found has failed; one that lacks others is done partly.
fn ended(_: &Session, federation: &Federation) -> anyhow::Result<Done> {
    let first = federation.visits().first();
    anyhow::ensure!(
        first.is_some_and(|it| federation.bundle(it).is_some()),
        "the first bundle was not found"
    );
    Ok(if federation.is_whole() { Done::Whole } else { Done::Partly })
}

async fn subscribe(
    session: &Session,
    into: &str,
    list: &str,
    output: Output,
) -> anyhow::Result<Done> {
    let bundle = session.bundle(into).await?;
    let followed = session.manager.follow_into(&bundle, list).await?;
    let failed: Vec<_> = followed.failed.iter().map(failure).collect();
    let mut text = String::new();
    for (word, uris) in [
        ("added", &followed.added),
        ("returned", &followed.returned),
        ("gone", &followed.gone),
        ("left out", &followed.left_out),
    ] {
        for uri in uris {
            let _ = writeln!(text, "{word}: {}", plain(uri));
        }
    }
    for (uri, error) in &followed.failed {
        let _ = writeln!(text, "failed: {}", plain(&format!("{uri}: {error}")));
    }
    let json = json!({
        "added": followed.added, "kept": followed.kept, "returned": followed.returned,
        "gone": followed.gone, "by_hand": followed.by_hand, "left_out": followed.left_out,
        "failed": failed,
    });
    output.print(&json, &text)?;
    Ok(if followed.failed.is_empty() { Done::Whole } else { Done::Partly })
}

fn failure((uri, error): &(String, feed_manager::Error)) -> Value {
    json!({"uri": uri, "error": error.to_string()})
}

pub(crate) async fn export(
    session: &Session,
    bundle: &str,
    file: Option<&Path>,
    depth: Depth,
    queries: Queries,
    output: Output,
) -> anyhow::Result<Done> {
    let uri = session.bundle(bundle).await?;
    let (Exported { folder, left_out, pages }, done) = match depth {
        Depth::Alone => {
            let found = session.manager.found_bundle(&uri).await?;
            (outline::folder(&found.value, &found.uri, queries), Done::Whole)
        }
        Depth::Walked => {
            let federation = walk(session, BundleWalk::new(&uri)).await?;
            let done = ended(session, &federation)?;
            (outline::walked(&federation, queries), done)
        }
    };
    let document = Writer::new().to_string(&Opml::from_folder(&folder))?;
    if let Some(file) = file {
        std::fs::write(file, &document)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let printed = if file.is_none() { &*document } else { "" };
    output.print(&json!({"document": printed, "left_out": left_out, "pages": pages}), printed)?;
    let members = left_out.iter().map(|title| ("it is no feed", title));
    let other_pages = pages.iter().map(|page| ("it is no page of the web", page));
    for (why, what) in members.chain(other_pages) {
        let line = format!("left out, since {why}: {}", plain(what));
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes());
    }
    Ok(if left_out.is_empty() && pages.is_empty() { done } else { Done::Partly })
}

pub(crate) async fn import(
    session: &Session,
    file: &Path,
    into: &str,
    output: Output,
) -> anyhow::Result<Done> {
    let mut octets = Vec::new();
    let name = || format!("{} cannot be read", file.display());
    if file == Path::new("-") {
        std::io::stdin().take(MOST_OCTETS + 1).read_to_end(&mut octets).with_context(name)?;
    } else {
        let opened = std::fs::File::open(file).with_context(name)?;
        opened.take(MOST_OCTETS + 1).read_to_end(&mut octets).with_context(name)?;
    }
    anyhow::ensure!(octets.len() as u64 <= MOST_OCTETS, "the document has more than 64 MiB");
    let reader = Reader::new().repair();
    let decoded = reader.decode(&octets, None).with_context(name)?;
    let reading: Reading<Opml<'_>> = reader.read(decoded.as_ref()).with_context(name)?;
    let folder = reading.into_document().to_folder();
    let bundle = session.bundle(into).await?;
    let imported = outline::import(&session.manager, &bundle, &folder).await?;
    let failed: Vec<_> = imported.failed.iter().map(failure).collect();
    let mut text =
        format!("{} added, {} there already\n", imported.added.len(), imported.kept.len());
    for (uri, error) in &imported.failed {
        let _ = writeln!(text, "failed: {}", plain(&format!("{uri}: {error}")));
    }
    let json = json!({
        "added": imported.added, "kept": imported.kept, "bundles": imported.bundles,
        "failed": failed,
    });
    output.print(&json, &text)?;
    Ok(if imported.failed.is_empty() { Done::Whole } else { Done::Partly })
}
