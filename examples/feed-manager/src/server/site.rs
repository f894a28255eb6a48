//! What a server serves, and with which settings.

use crate::server::host::Hosts;
use crate::server::inbox;
use crate::server::limits::Limits;
use crate::server::proxy::{Network, Proxies};
use crate::server::rate::Rate;
use crate::server::shares::Shares;
use crate::server::sweeper::Sweeper;
use crate::store::users::User;
use crate::store::{Database, StoreError, set_origin};
use atom_fsm::interaction::Server;
use axum::Router;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a server serves, and with which settings.
#[derive(Debug)]
#[must_use]
pub struct Site {
    pub(super) database: Database,
    pub(super) sweeper: Sweeper,
    pub(super) origin: String,
    pub(super) hosts: Hosts,
    pub(super) proxies: Proxies,
    pub(super) limits: Limits,
    pub(super) documents: Server,
    pub(super) media: Server,
    pub(super) users: Rate<i64>,
    pub(super) addresses: Rate<IpAddr>,
    pub(super) fetches: Rate<i64>,
    /// Routes for everyone, and routes for who is signed in.
    pub(super) open: Router,
    pub(super) signed_in: Router,
    /// How many media resources may still be received.
    pub(super) free_media: Shares,
    /// How many documents of other servers may still be fetched and read.
    pub(super) free_fetches: Shares,
    /// How many OPML documents may still be written at the same time.
    pub(super) free_outlines: Arc<Semaphore>,
    /// How many octets of responses may still be in memory.
    pub(super) free_octets: Arc<Semaphore>,
    /// Who asks where a request has no credentials.
    pub(super) only_user: Option<User>,
}

/// What can be wrong with the URI of a server.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not the URI of a server: it is like https://feeds.example.org")]
pub struct NotAnOrigin(String);

/// The scheme and authority of the URIs of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    authority: String,
}

impl Origin {
    /// Reads a URI such as `https://feeds.example.org`, which has a scheme and an authority, and at
    /// most the path `/`.
    ///
    /// # Errors
    /// [`NotAnOrigin`].
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let refused = || NotAnOrigin(text.to_owned());
        let uri: http::Uri = text.parse().map_err(|_| refused())?;
        let scheme = uri.scheme_str().filter(|it| ["http", "https"].contains(it));
        let authority = uri.authority().filter(|it| !it.as_str().contains('@'));
        match (scheme, authority) {
            (Some(scheme), Some(authority)) if uri.path() == "/" && uri.query().is_none() => {
                let authority = authority.as_str().to_ascii_lowercase();
                Ok(Self { scheme: scheme.to_owned(), authority })
            }
            _ => Err(refused()),
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl Site {
    /// Serves a database at the URI by which clients reach the server. The stored documents have this
    /// URI, so that a database keeps it.
    ///
    /// Each user who has none gets a private collection `inbox`.
    ///
    /// # Errors
    /// [`StoreError::Origin`] if the database was served at another URI, and those of SQLite.
    pub async fn open(database: Database, origin: &Origin) -> Result<Self, StoreError> {
        let text = origin.to_string();
        database
            .write({
                let text = text.clone();
                move |connection| {
                    set_origin(connection, &text)?;
                    inbox::provide(connection, &text)
                }
            })
            .await?;
        let limits = Limits::default();
        let site = Self {
            sweeper: Sweeper::start(database.clone()),
            database,
            origin: text,
            hosts: Hosts::new(&origin.scheme, &origin.authority),
            proxies: Proxies::default(),
            limits,
            documents: Server::new(),
            media: Server::new(),
            users: Rate::a_minute(limits.requests_a_minute),
            addresses: Rate::a_minute(limits.requests_a_minute),
            fetches: Rate::a_minute(limits.fetches_a_minute),
            open: Router::new(),
            signed_in: Router::new(),
            free_media: Shares::new(limits.media_together, limits.media_of_user),
            free_fetches: Shares::new(limits.fetches_together, limits.fetches_of_user),
            free_outlines: Arc::new(Semaphore::new(limits.outlines_together)),
            free_octets: Arc::new(Semaphore::new(0)),
            only_user: None,
        };
        Ok(site.limits(limits))
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        let octets = |octets| atom_fsm::Limits::default().octets(octets);
        self.documents = self.documents.limits(octets(limits.document_octets));
        self.media = self.media.limits(octets(limits.media_octets));
        self.users = Rate::a_minute(limits.requests_a_minute);
        self.addresses = Rate::a_minute(limits.requests_a_minute);
        self.fetches = Rate::a_minute(limits.fetches_a_minute);
        self.free_media = Shares::new(limits.media_together, limits.media_of_user);
        self.free_fetches = Shares::new(limits.fetches_together, limits.fetches_of_user);
        self.free_outlines = Arc::new(Semaphore::new(limits.outlines_together.max(1)));
        let together = limits.response_octets_together.max(limits.outline_room());
        self.free_octets = Arc::new(Semaphore::new(together as usize));
        self.limits = limits;
        self
    }

    /// Answers to one more authority in the field Host.
    pub fn host(mut self, authority: &str) -> Self {
        self.hosts.add(authority);
        self
    }

    /// Takes the address of a client from the field `Forwarded` or `X-Forwarded-For` of requests that come
    /// from a proxy of this network, and of no others. Without it, all who are not signed in and come by the
    /// same proxy are counted together.
    pub fn trusted_proxy(mut self, network: Network) -> Self {
        self.proxies.trust(network);
        self
    }

    /// Refuses each PUT and DELETE without a condition, with 428. Clients that know no entity tags
    /// cannot edit anything then.
    pub fn demand_conditions(mut self) -> Self {
        self.documents = self.documents.demand_conditions();
        self.media = self.media.demand_conditions();
        self
    }

    /// Adds routes for everyone, such as those of a page. They must not be those of users.
    pub fn open_routes(mut self, routes: Router) -> Self {
        self.open = self.open.merge(routes);
        self
    }

    /// Adds routes that let the server fetch documents of other servers. They are for who is signed in, and
    /// are asked by pages of this server alone, at most [`Limits::fetches_a_minute`] times by one user, and
    /// [`Limits::fetches_of_user`] of them at once. Each request has a [`Turn`](super::Turn) among its
    /// extensions, which the routes keep while they work.
    pub fn fetching_routes(mut self, routes: Router) -> Self {
        self.signed_in = self.signed_in.merge(routes);
        self
    }

    /// Takes whoever sends no credentials for this user: for demonstrations, where nobody else can reach
    /// the server.
    pub fn only_user(mut self, user: User) -> Self {
        self.only_user = Some(user);
        self
    }

    /// The absolute URI of a path.
    #[must_use]
    pub fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn the_uri_of_a_server_is_a_scheme_and_an_authority() {
        for (text, expected) in [
            ("https://Feeds.example.org", "https://feeds.example.org"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().to_string(), expected);
        }
        for text in ["", "a", "ftp://a", "http://a/b", "http://a?b", "http://u@a", "/a", "http://"]
        {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }
}
