//! Servers for the tests.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use axum::Router;
use feed_manager::client::Manager;
use feed_manager::server::{self, Origin, Site};
use feed_manager::store::{Database, UserName, users};
use tokio::net::TcpListener;

/// A server that manages bundles, and a client for it.
pub(crate) struct Running {
    pub(crate) manager: Manager,
    pub(crate) service: String,
    pub(crate) token: Option<String>,
}

/// Starts a server that manages bundles, and refuses each change that does not name the state it changes.
pub(crate) async fn run_demanding() -> Running {
    let listener = listener().await;
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("database")).unwrap();
    let added =
        database.write(|connection| users::add(connection, &UserName::parse("ann")?, "Ann")).await;
    let site = Site::open(database, &Origin::parse(&origin).unwrap()).await.unwrap();
    let site = site.only_user(added.unwrap()).demand_conditions();
    tokio::spawn(async move {
        let _folder = folder;
        server::run(listener, site, std::future::pending()).await
    });
    let service = format!("{origin}{}", server::SERVICE);
    Running { manager: Manager::new(&service).unwrap(), service, token: None }
}

pub(crate) async fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

/// Starts a server that manages bundles.
pub(crate) async fn run() -> Running {
    let listener = listener().await;
    let service = format!("http://{}{}", listener.local_addr().unwrap(), server::SERVICE);
    tokio::spawn(server::serve(listener, "Yiming Liu"));
    Running { manager: Manager::new(&service).unwrap(), service, token: None }
}

/// Serves routes, and returns their origin.
pub(crate) async fn serve(routes: Router) -> String {
    let listener = listener().await;
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    origin
}

/// A bundle's feed with these entries and links.
pub(crate) fn feed(title: &str, inner: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:fsm='http://dret.net/fsm/1.0'>\
         <id>urn:example:{title}</id><title>{title}</title><updated>2012-11-30T00:00:00Z</updated>\
         <author><name>A</name></author><link rel='service' href='/service'/>\
         <link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>{inner}</feed>"
    )
}

/// A service entry, or with the profile `bundle` a reference to a bundle.
pub(crate) fn entry(profile: &str, uri: &str) -> String {
    format!(
        "<entry><id>urn:example:{uri}</id><title>{uri}</title><updated>2012-11-30T00:00:00Z</updated>\
         <link rel='alternate' href='{uri}'/>\
         <link rel='profile' href='http://dret.net/fsm/1.0/{profile}'/></entry>"
    )
}
