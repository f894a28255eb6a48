//! From a request to its answer.

use crate::server::admission::{asker, credentials, permit_answer, permit_media, permit_outline};
use crate::server::answered::Answered;
use crate::server::asker::{self, Credentials};
use crate::server::change::{self, Change};
use crate::server::discard::discard;
use crate::server::feed;
use crate::server::find::{Found, What, find};
use crate::server::place::Place;
use crate::server::plan::{Plan, plan};
use crate::server::reading;
use crate::server::receive::{self, Received};
use crate::server::refusal::Refusal;
use crate::server::shares::Share;
use crate::server::site::Site;
use crate::store::members::View;
use crate::store::users::User;
use atom_fsm::interaction::{Expected, Operation, Server, Target};
use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Request};
use rusqlite::Connection;
use std::sync::Arc;

/// How often a change is worked out again because others change the same resource.
const ATTEMPTS: usize = 16;

/// What is known of a request before its body is read.
struct Known {
    asker: Option<User>,
    credentials: Credentials,
    place: Place,
    expected: Expected,
    /// The place of a media resource among those that are sent, until the request is done.
    share: Option<Share>,
}

/// What becomes of a request when its head was looked at.
#[allow(clippy::large_enum_variant, reason = "one is held at a time")]
enum Step {
    Answered(Answered),
    Change(Box<Known>),
}

/// Answers a request.
pub(super) async fn answer(site: Arc<Site>, request: Request<Body>) -> Answered {
    respond(site, request).await.unwrap_or_else(|refusal| refusal.into_response().into())
}

async fn respond(site: Arc<Site>, request: Request<Body>) -> Result<Answered, Refusal> {
    let (parts, body) = request.into_parts();
    let parts = Arc::new(parts);
    let known = match head(&site, &parts).await {
        Ok(Step::Answered(answered)) => return Ok(answered),
        Ok(Step::Change(known)) => Arc::new(*known),
        Err(refusal) => {
            discard(&site.limits, &parts, body).await;
            return Err(refusal);
        }
    };
    let expected = &known.expected;
    let body = match (&known.share, expected.takes_body()) {
        (Some(_), _) => receive::media(&site, expected, body).await?,
        (None, true) => receive::document(&site.limits, expected, body).await?,
        (None, false) => Received::nothing(),
    };
    for _ in 0..ATTEMPTS {
        let (is_script, shared) = (asker::is_script(&parts), known.clone());
        let (of, body) = (site.clone(), body.clone());
        let (before, plan) = site
            .database
            .read(move |connection| {
                let found = shared.find(connection, is_script)?;
                shared.expected.check(Some(&found.validators(connection)?))?;
                let operation = shared.expected.read(body.document())?;
                let plan = plan(connection, &of, &found, operation, &body)?;
                Ok::<_, Refusal>((found, plan))
            })
            .await?;
        let (shared, of) = (known.clone(), site.clone());
        let change = site
            .database
            .write(move |connection| {
                shared.check_asker(connection, is_script)?;
                let found = shared.find(connection, is_script)?;
                shared.expected.check(Some(&found.validators(connection)?))?;
                let made = change::make(connection, &of, &shared.expected, &plan, &before, &found)?;
                // Here, since nobody may wait for the answer. What it removes, it removes after this change.
                if matches!(plan, Plan::Delete) {
                    of.sweeper.wake();
                }
                Ok::<_, Refusal>(made)
            })
            .await?;
        if let Change::Made(answer) = change {
            return Ok(answer.into());
        }
    }
    Err(crate::store::StoreError::Changed.into())
}

/// Looks at the head of a request, and permits its answer to be in memory.
async fn head(site: &Arc<Site>, parts: &Arc<Parts>) -> Result<Step, Refusal> {
    let credentials = credentials(site, parts)?;
    let mut room = permit_answer(site, parts).await?;
    let outline = permit_outline(site, parts)?;
    let (of, its) = (site.clone(), parts.clone());
    let looked = move |connection: &Connection| {
        let _outline = outline;
        look(connection, &of, &its, credentials)
    };
    let mut step = site.database.read(looked).await?;
    if let Step::Answered(answered) = &mut step {
        // What was kept free is the most that there can be.
        let used = room.as_mut().and_then(|room| room.split(answered.answer.body().len()));
        answered.permit = used.or(room);
    }
    Ok(step)
}

impl Known {
    fn find(&self, connection: &Connection, is_script: bool) -> Result<Found, Refusal> {
        find(connection, &self.place, self.asker.as_ref(), is_script)
    }

    /// Refuses a change by somebody whose credentials were revoked since the head was looked at, such as while
    /// the body came.
    fn check_asker(&self, connection: &Connection, is_script: bool) -> Result<(), Refusal> {
        let user = self.credentials.user(connection, is_script)?;
        let is_same =
            user.is_none_or(|user| self.asker.as_ref().is_some_and(|it| it.id == user.id));
        let refusal = || Refusal::unauthorized("no user has these credentials", is_script);
        if is_same { Ok(()) } else { Err(refusal()) }
    }
}

/// Looks at the head of a request, and answers it if it changes nothing.
fn look(
    connection: &Connection,
    site: &Site,
    parts: &Parts,
    credentials: Credentials,
) -> Result<Step, Refusal> {
    let is_change = !asker::is_safe(&parts.method);
    if is_change {
        asker::check_site(parts, &site.origin)?;
    }
    let asker = asker(connection, site, parts, &credentials)?;
    let is_script = asker::is_script(parts);
    // A method that nobody knows is refused by the codec, whoever asks.
    let is_known =
        [Method::POST, Method::PUT, Method::DELETE, Method::PATCH].contains(&parts.method);
    if asker.is_none() && is_change && is_known {
        let detail = "a change needs the credentials of a user";
        return Err(Refusal::unauthorized(detail, is_script));
    }
    let place = Place::of(parts.uri.path()).ok_or_else(Refusal::not_found)?;
    let found = find(connection, &place, asker.as_ref(), is_script)?;
    if is_change && is_known && found.view == View::Others {
        return Err(Refusal::forbidden());
    }
    let uri = site.uri(&place.path());
    let mut target = Target::new(found.resource(), &uri);
    // A query names a part of a resource, such as a page of a feed. It can be read, and nothing else: a change
    // would be one of the whole.
    if found.view == View::Others || parts.uri.query().is_some() {
        target = target.read_only();
    }
    let collection = found.collection().map(|it| feed::collection(&it.document)).transpose()?;
    if let Some(collection) = &collection {
        target = target.collection(collection);
    }
    let expected = server(site, parts, &found).expect(parts, &target)?;
    if expected.changes() {
        let sender = asker.as_ref().filter(|_| is_media(&expected));
        let share = sender.map(|user| permit_media(site, user.id)).transpose()?;
        let known = Known { asker, credentials, place, expected, share };
        return Ok(Step::Change(Box::new(known)));
    }
    let query = parts.uri.query();
    // A page that there is not is in no state: whatever the conditions say, it is 404 (RFC 9110 section 13.2.1).
    if let What::Collection(_) = &found.what {
        feed::start(query)?;
    }
    let validators = found.validators(connection)?;
    expected.check(Some(&validators))?;
    let answered = reading::answer(connection, site, query, &found, &expected, &validators)?;
    // The answer to HEAD has the length, and no body.
    let media = answered.media.filter(|_| parts.method == Method::GET);
    Ok(Step::Answered(Answered { media, ..answered }))
}

/// Whether the body of a request is a media resource, which is taken as it is.
fn is_media(expected: &Expected) -> bool {
    let operation = expected.read(b"");
    matches!(operation, Ok(Operation::CreateMedia(..) | Operation::EditMedia(_)))
}

/// The settings for a request: media may be larger than documents.
fn server<'s>(site: &'s Site, parts: &Parts, found: &Found) -> &'s Server {
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = media_type.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    let is_entry = essence.eq_ignore_ascii_case("application/atom+xml");
    let is_media = match found.resource() {
        atom_fsm::interaction::Resource::Media => true,
        atom_fsm::interaction::Resource::Collection => parts.method == Method::POST && !is_entry,
        _ => false,
    };
    if is_media { &site.media } else { &site.documents }
}
