//! The command that serves.

use crate::Failure;
use crate::arguments::Serve;
#[cfg(feature = "page")]
use feed_manager::fetch::{self, Addresses, Fetcher};
#[cfg(feature = "page")]
use feed_manager::page;
use feed_manager::server::{self, Origin, Site};
use feed_manager::store::{Database, StoreError, users};
use tokio::net::TcpListener;

/// Serves until the program is asked to stop.
pub(crate) async fn serve(arguments: Serve) -> Result<(), Failure> {
    let path = &arguments.database.database;
    let database = Database::open(path)?;
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let uri = arguments.public_uri.unwrap_or_else(|| format!("http://{address}"));
    let origin = Origin::parse(&uri)?;
    let mut site = Site::open(database.clone(), &origin).await?;
    for host in &arguments.host {
        site = site.host(host);
    }
    for proxy in arguments.trusted_proxy {
        site = site.trusted_proxy(proxy);
    }
    if arguments.demand_conditions {
        site = site.demand_conditions();
    }
    #[cfg(feature = "page")]
    {
        let named = arguments.fetch_from.iter();
        let addresses = named.fold(Addresses::default(), |all, &one| all.with(one));
        let fetcher = Fetcher::new(fetch::Settings::default().addresses(addresses))?;
        site = site.open_routes(page::routes()).fetching_routes(fetch::routes(fetcher));
    }
    let known = database.read(|connection| Ok::<_, StoreError>(users::list(connection)?.len()));
    tracing::info!("listening on {address}, as {origin}");
    if known.await? == 0 {
        let path = path.display();
        tracing::warn!(
            "there are no users yet: make one with `feed-manager user add NAME --database {path}`"
        );
    }
    server::run(listener, site, stopped()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the signal to stop: SIGINT, or SIGTERM where there is one.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without the signal the program runs until it is killed.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    () = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(_) => interrupted.await,
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
    tracing::info!("stopping: requests that have begun are answered");
}
