//! The part of the versioning draft: the history of one entity is read by links alone, and by its
//! feed.

use crate::show::Show;
use anyhow::{Context, ensure};
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::store::{self, Store};
use version_explorer::Explorer;
use version_links::VersionLink;

/// The interactions of the draft that were done, each with its result.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) done: Vec<(&'static str, String)>,
}

/// Does every interaction of the draft, and reads the history of the entity with the most versions
/// in both ways.
pub(crate) async fn run(
    store: &Store,
    listening: &Listening,
    show: &Show,
) -> anyhow::Result<Walked> {
    let reader = store.reader()?;
    let path = store::most_changed(&reader)?.context("the database has no entity")?;
    let expected = store::versions(&reader, &path)?.len();
    let document = listening.uri(&path);
    show.say(&format!("Walking the {expected} versions of {document}."));
    let explorer = Explorer::new()?;
    let mut walked = Walked::default();
    let mut did = |what, result: String| walked.done.push((what, result));

    let controlled = explorer.version_control(&document).await?;
    let latest = controlled.latest_version().map(VersionLink::reference);
    let latest = latest.context("VERSION-CONTROL gives no latest version")?;
    did("VERSION-CONTROL (its anchor)", format!("latest-version {latest}, about {path}"));

    let links = explorer.look(&document).await?;
    ensure!(
        links.latest_version() == controlled.latest_version(),
        "HEAD and VERSION-CONTROL give different latest versions"
    );
    let history = links.version_history().context("HEAD gives no version history")?;
    did("HEAD of the entity", format!("version-history {}", history.reference()));

    let by_links = explorer.by_links(&document).await?;
    let found = by_links.versions().len();
    ensure!(found == expected, "the links lead to {found} versions of {expected}");
    let latest = by_links.versions().last().context("the links lead to no version")?;
    let latest = explorer.look(latest).await?;
    let before = latest.predecessor_versions().next().map(VersionLink::reference);
    let result = format!("predecessor-version {}", before.unwrap_or("none: it is the first"));
    did("HEAD of its latest version", result);
    did("walked by links alone", format!("{expected} versions, first to latest and back"));

    let by_feed = explorer.by_feed(&document).await?;
    ensure!(by_feed == by_links, "the history in the feed differs from that of the links");
    did("walked by its Atom feed's links", format!("{expected} versions, equal"));
    Ok(walked)
}
