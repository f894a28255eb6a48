//! The versioning draft's part: the history of one entity, by links alone and by its feed.

use crate::show::Show;
use anyhow::{Context, ensure};
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::store::{self, Store};
use version_explorer::Explorer;
use version_links::VersionLink;

/// What was done: an interaction of the draft's, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) done: Vec<(&'static str, String)>,
}

/// Does every interaction of the draft's, and walks the history of the entity with the most
/// versions both ways.
pub(crate) async fn run(
    store: &Store,
    listening: &Listening,
    show: &Show,
) -> anyhow::Result<Walked> {
    let reader = store.reader()?;
    let path = store::most_changed(&reader)?.context("there is no entity left")?;
    let expected = store::versions(&reader, &path)?.len();
    let document = listening.uri(&path);
    show.say(&format!("Walking the {expected} versions of {document}."));
    let explorer = Explorer::new()?;
    let mut walked = Walked::default();
    let mut did = |what, came_of_it: String| walked.done.push((what, came_of_it));

    let controlled = explorer.version_control(&document).await?;
    let latest = controlled.latest_version().map(VersionLink::reference);
    let came = format!("latest-version {}, about {path}", latest.context("no latest version")?);
    did("VERSION-CONTROL (its anchor)", came);

    let links = explorer.look(&document).await?;
    ensure!(links.latest_version() == controlled.latest_version(), "HEAD says otherwise");
    let history = links.version_history().context("no version history")?;
    did("HEAD of the entity", format!("version-history {}", history.reference()));

    let by_links = explorer.by_links(&document).await?;
    ensure!(by_links.versions().len() == expected, "{} versions", by_links.versions().len());
    let latest = explorer.look(by_links.versions().last().context("no version")?).await?;
    let before = latest.predecessor_versions().next().map(VersionLink::reference);
    let came = format!("predecessor-version {}", before.unwrap_or("none: it is the first"));
    did("HEAD of its latest version", came);
    did("walked by links alone", format!("{expected} versions, first to latest and back"));

    let by_feed = explorer.by_feed(&document).await?;
    ensure!(by_feed == by_links, "the feed's history differs");
    did("walked by its Atom feed's links", format!("{expected} versions, equal"));
    Ok(walked)
}
