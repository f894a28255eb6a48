//! What a request may use of the server: how often requests come, and how many of a kind at once.

use crate::server::asker::{self, Credentials};
use crate::server::limits::Limits;
use crate::server::place::Place;
use crate::server::refusal::Refusal;
use crate::server::shares::{NoPlace, Share};
use crate::server::site::Site;
use crate::store::users::User;
use http::StatusCode;
use http::request::Parts;
use rusqlite::Connection;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;

/// The address of the other end of the connection, which the one who accepts connections adds to a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// A user's turn to let the server fetch a document and read it. The server adds it to the request. What
/// answers the request keeps a clone for as long as it works, also when the client has gone.
#[derive(Debug, Clone)]
pub struct Turn {
    _share: Arc<Share>,
}

/// Reads the credentials, and counts a request that has none, or none that can be those of a user, for its
/// address: before anything is read from the database.
pub(super) fn credentials(site: &Site, parts: &Parts) -> Result<Credentials, Refusal> {
    let credentials = Credentials::of(parts);
    let is_anonymous = match &credentials {
        Ok(Credentials::None) => site.only_user.is_none(),
        Ok(_) => false,
        Err(_) => true,
    };
    if is_anonymous {
        count(site, None, parts)?;
    }
    credentials
}

/// Finds who asks, and counts the request for the user. One whose credentials are those of nobody is
/// counted for its address.
pub(super) fn asker(
    connection: &Connection,
    site: &Site,
    parts: &Parts,
    credentials: &Credentials,
) -> Result<Option<User>, Refusal> {
    let asker = match credentials.user(connection, asker::is_script(parts)) {
        Ok(None) => site.only_user.clone(),
        Ok(asker) => asker,
        Err(refusal) => {
            count(site, None, parts)?;
            return Err(refusal);
        }
    };
    if asker.is_some() {
        count(site, asker.as_ref(), parts)?;
    }
    Ok(asker)
}

/// Counts the request for its user, or for its address.
fn count(site: &Site, asker: Option<&User>, parts: &Parts) -> Result<(), Refusal> {
    let now = Instant::now();
    let counted = match (asker, parts.extensions.get::<Peer>()) {
        (Some(user), _) => site.users.count(user.id, now),
        (None, Some(Peer(address))) => {
            let client = site.proxies.client(*address, &parts.headers);
            site.addresses.count(network(client), now)
        }
        (None, None) => Ok(()),
    };
    counted.map_err(|seconds| {
        let detail = format!("more than {} requests in a minute", site.limits.requests_a_minute);
        Refusal::later(StatusCode::TOO_MANY_REQUESTS, &detail, seconds)
    })
}

/// The address, or of IPv6 the network of 64 bits, in which a client has all addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Permits a request that lets the server fetch something: to a user, whose page is of this server, and
/// who does not do it too often, or too often at once.
pub(super) async fn permit_fetch(site: Arc<Site>, parts: Arc<Parts>) -> Result<Turn, Refusal> {
    let credentials = credentials(&site, &parts)?;
    let database = site.database.clone();
    let permitted = database.read(move |connection| {
        asker::check_site(&parts, &site.origin)?;
        let Some(user) = asker(connection, &site, &parts, &credentials)? else {
            let detail = "this needs the credentials of a user";
            return Err(Refusal::unauthorized(detail, asker::is_script(&parts)));
        };
        site.fetches.count(user.id, Instant::now()).map_err(|seconds| {
            let most = site.limits.fetches_a_minute;
            let detail = format!("more than {most} documents of other servers in a minute");
            Refusal::later(StatusCode::TOO_MANY_REQUESTS, &detail, seconds)
        })?;
        let Limits { fetches_together, fetches_of_user, .. } = site.limits;
        let share = site.free_fetches.take(user.id).map_err(|reason| {
            let what = "documents of other servers are fetched";
            no_place(reason, what, fetches_together, fetches_of_user)
        })?;
        Ok(Turn { _share: Arc::new(share) })
    });
    permitted.await
}

/// Permits a user to send a media resource.
pub(super) fn permit_media(site: &Site, user: i64) -> Result<Share, Refusal> {
    let Limits { media_together, media_of_user, .. } = site.limits;
    site.free_media.take(user).map_err(|reason| {
        no_place(reason, "media resources are sent", media_together, media_of_user)
    })
}

fn no_place(reason: NoPlace, what: &str, together: usize, of_user: usize) -> Refusal {
    let (status, detail) = match reason {
        NoPlace::ForUser => {
            let detail =
                format!("{of_user} {what} at the same time for one user, which is the limit");
            (StatusCode::TOO_MANY_REQUESTS, detail)
        }
        NoPlace::ForAnyone => {
            let detail = format!("{together} {what} at the same time, which is the limit");
            (StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    };
    Refusal::later(status, &detail, 1)
}

/// Permits an OPML document to be in memory until it is written. Before it is read, its
/// length is not known: as much as it can have is kept free for it, which may take a while where many ask.
pub(super) async fn permit_answer(
    site: &Site,
    parts: &Parts,
) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
    if !is_outline(parts) {
        return Ok(None);
    }
    let free = site.free_octets.clone().acquire_many_owned(site.limits.outline_room());
    match tokio::time::timeout(site.limits.room_time, free).await {
        Ok(Ok(permit)) => Ok(Some(permit)),
        _ => {
            let detail = "too many OPML documents are sent at the same time";
            Err(Refusal::later(StatusCode::SERVICE_UNAVAILABLE, detail, 1))
        }
    }
}

/// Permits an OPML document to be written, which keeps one of the few connections that read for longer than
/// anything else does.
pub(super) fn permit_outline(
    site: &Site,
    parts: &Parts,
) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
    if !is_outline(parts) {
        return Ok(None);
    }
    site.free_outlines.clone().try_acquire_owned().map(Some).map_err(|_| {
        let detail = "too many OPML documents are asked for at the same time";
        Refusal::later(StatusCode::SERVICE_UNAVAILABLE, detail, 1)
    })
}

fn is_outline(parts: &Parts) -> bool {
    let is_outline = matches!(Place::of(parts.uri.path()), Some(Place::Outline { .. }));
    is_outline && asker::is_safe(&parts.method)
}
