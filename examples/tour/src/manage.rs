//! The part of the FSM draft: services and bundles are managed on a server, and a managed service
//! is invoked.

use crate::show::Show;
use anyhow::{Context, ensure};
use atom_fsm::app::Collection;
use atom_fsm::atom::Text;
use atom_fsm::fsm::{BundleReference, Query, ServiceEntry};
use atom_fsm::interaction::Guard;
use feed_manager::client::Manager;
use feed_manager::{Error, rates, server};
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The interactions of the draft that were done, each with its result.
#[derive(Debug, Default)]
pub(crate) struct Managed {
    pub(crate) done: Vec<(&'static str, String)>,
}

impl Managed {
    fn did(&mut self, what: &'static str, result: impl Into<String>) {
        self.done.push((what, result.into()));
    }
}

/// Servers that are stopped when this value is dropped.
struct Running(Vec<JoinHandle<std::io::Result<()>>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Does every interaction of the draft, and checks each of them.
pub(crate) async fn run(show: &Show) -> anyhow::Result<Managed> {
    let (managed, service) = (listener().await?, listener().await?);
    let document = format!("http://{}{}", managed.local_addr()?, server::SERVICE);
    let rates = format!("http://{}{}", service.local_addr()?, rates::PATH);
    let _running = Running(vec![
        tokio::spawn(server::serve(managed, "Yiming Liu")),
        tokio::spawn(rates::serve(service)),
    ]);
    show.say(&format!("Managing services by the service document {document}."));
    let manager = Manager::new(&document)?;
    let mut report = Managed::default();
    let spatial = bundles(&manager, &mut report).await?;
    members(&manager, &rates, &spatial, &mut report).await?;
    removals(&manager, &spatial, &mut report).await?;
    Ok(report)
}

/// The URIs of the bundles, and of the reference from the first bundle to the second.
struct Bundles {
    first: String,
    second: String,
    reference: String,
}

async fn bundles(manager: &Manager, report: &mut Managed) -> anyhow::Result<Bundles> {
    let listed = manager.service().await?.collections().count();
    ensure!(listed == 0, "a new server lists {listed} bundles");
    let first = manager.create_bundle(&Collection::new("Spatial Feeds"), None).await?.uri;
    let second = manager.create_bundle(&Collection::new("delicious REST"), None).await?.uri;
    report.did("create bundles (4.2)", format!("201 twice, {}", path(&first)));
    let service = manager.service().await?;
    let listed: Vec<_> = service.collections().filter_map(Collection::href).collect();
    ensure!(listed.contains(&&*first) && listed.contains(&&*second), "a bundle is not listed");
    report.did("service document (3)", format!("lists {} bundles", listed.len()));
    let entry = BundleReference::new("delicious REST", second.clone()).into_entry();
    let reference = manager.create_member(&first, &entry).await?.uri;
    report.did("create bundle reference (2.2.1)", format!("201, {}", path(&reference)));
    Ok(Bundles { first, second, reference })
}

async fn members(
    manager: &Manager,
    rates: &str,
    bundles: &Bundles,
    report: &mut Managed,
) -> anyhow::Result<()> {
    let wanted = ServiceEntry::new("Unemployment Rates 2011", rates.to_owned())
        .with_query(Query::new("state=CA"));
    let created = manager.create_member(&bundles.first, wanted.as_entry()).await?;
    report.did("create service entry (4.1)", format!("201, {}", path(&created.uri)));

    let found = manager.found_bundle(&bundles.first).await?;
    let (bundle, base) = (&found.value, found.base());
    let (services, references) = (bundle.services().count(), bundle.references().count());
    ensure!(
        (services, references) == (1, 1),
        "the bundle has {services} services and {references} references"
    );
    let result = format!("{services} service, {references} reference, {}", bundle.title());
    report.did("read bundle as a feed (2.2)", result);
    let service = bundle.services().next().context("the bundle has no service")?;
    ensure!(service.as_entry() == &created.value, "the service is not the one that was created");

    let feed = manager.invoke(service, &base).await?;
    let titles: Vec<_> = feed.entries().iter().filter_map(|entry| entry.title()).collect();
    let titles: Vec<_> = titles.into_iter().map(Text::value).collect();
    ensure!(titles == ["CA"], "the query was not applied: {titles:?}");
    let invoked = format!("{}?state=CA gives 1 of 4 entries", rates::PATH);
    report.did("invoke service with its query (2.1)", invoked);

    let reference = bundle.references().next().context("the bundle has no reference")?;
    let followed = manager.follow(reference, &base).await?.value;
    ensure!(followed.title() == "delicious REST", "the reference leads to another bundle");
    report.did("follow bundle reference (2.2.1)", format!("to {}", followed.title()));

    let mut edited = created.value.clone();
    edited.set_title(Some(Text::plain("Rates of two states")));
    edited.set_extension(&Query::new("state=CA&state=NY"));
    let guard = created.guard();
    let answer = manager.edit_member(&created.uri, &edited, &guard).await?;
    ensure!(answer.id() == created.value.id(), "the edited entry has another id");
    let invoked = manager.invoke(&ServiceEntry::try_from(answer)?, &base).await?;
    ensure!(invoked.entries().len() == 2, "the edited query was not applied");
    let stale = manager.edit_member(&created.uri, &edited, &guard).await;
    ensure!(
        refused(&stale) == Some(StatusCode::PRECONDITION_FAILED),
        "an edit with an old entity tag was accepted"
    );
    report.did("edit service entry (4.1)", "200, and 412 with the previous entity tag");

    manager.delete(&created.uri).await?;
    let gone = manager.member(&created.uri).await;
    ensure!(refused(&gone) == Some(StatusCode::NOT_FOUND), "the deleted entry can still be read");
    report.did("delete service entry (4.1)", "204, then 404");
    Ok(())
}

async fn removals(
    manager: &Manager,
    bundles: &Bundles,
    report: &mut Managed,
) -> anyhow::Result<()> {
    let renamed = Collection::new("Spatial Feeds for Berkeley");
    manager.edit_bundle(&bundles.first, &renamed, &Guard::Unguarded).await?;
    let title = manager.bundle(&bundles.first).await?.title().into_owned();
    ensure!(title == "Spatial Feeds for Berkeley", "the bundle is called {title}");
    report.did("edit bundle (4.2)", format!("200, {title}"));

    manager.delete(&bundles.reference).await?;
    manager.bundle(&bundles.second).await.context("the bundle was deleted with its reference")?;
    report.did("delete bundle reference (4.1)", "204, and the bundle stays");

    manager.delete(&bundles.second).await?;
    manager.delete(&bundles.first).await?;
    let listed = manager.service().await?.collections().count();
    ensure!(listed == 0, "{listed} bundles are left");
    report.did("delete bundles (4.2)", "204 twice, none is listed");
    Ok(())
}

async fn listener() -> std::io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await
}

fn refused<T>(result: &Result<T, Error>) -> Option<StatusCode> {
    result.as_ref().err().and_then(Error::status)
}

fn path(uri: &str) -> &str {
    uri.splitn(4, '/').nth(3).unwrap_or(uri)
}
