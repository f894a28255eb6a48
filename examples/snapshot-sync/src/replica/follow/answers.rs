//! Fetching entities, and what the consuming rules say about the answers.

use super::Follower;
use crate::digest::Claim;
use crate::error::Error;
use crate::replica::Replica;
use crate::replica::fetch::{Answer, entity_tag};
use crate::replica::media_type;
use change_feed::{Consumer, Digest, Verdict};
use chrono::Utc;
use http::{StatusCode, header};
use tracing::warn;

/// What came of a request for an entity.
type Got = Result<Answer, Error>;

impl Follower<'_> {
    /// GETs an entity's current state, if it differs from the stored one.
    pub(super) fn get(&self, target: &str) -> Result<Got, Error> {
        let known = etag_at_hand(self.replica, target)?;
        let uri = self.feed.roots.uri_of(target);
        Ok(self.runtime.block_on(self.fetcher.get_fresh(&uri, known.as_deref())))
    }

    /// Takes the GET for an event, after beginning those for the events behind it.
    pub(super) fn get_ahead(&mut self, consumer: &Consumer, index: usize) -> Result<Got, Error> {
        let target = consumer.event(index).map_or("", |event| event.target()).to_owned();
        let (replica, roots) = (&*self.replica, &self.feed.roots);
        let likely = |index| consumer.likely(index, replica);
        let resource = |index| {
            let target = consumer.event(index).map_or("", |event| event.target());
            Ok((roots.uri_of(target), etag_at_hand(replica, target)?))
        };
        self.ahead.fill(index, self.runtime, self.fetcher, likely, resource)?;
        let Some(get) = self.ahead.take(index) else { return self.get(&target) };
        // The stored state may have changed since the GET began. Then a 304 says nothing.
        let is_of_old = get.etag != etag_at_hand(self.replica, &target)?;
        match get.wait(self.runtime) {
            Ok(answer) if is_of_old && answer.status == StatusCode::NOT_MODIFIED => {
                self.get(&target)
            }
            got => Ok(got),
        }
    }

    /// Passes what came of a request to the rules, and does what they say.
    pub(super) fn take(
        &mut self,
        consumer: &mut Consumer,
        target: &str,
        got: Got,
    ) -> Result<(), Error> {
        self.report.fetched += 1;
        let known = etag_at_hand(self.replica, target)?;
        let is_target = |answer: &Answer| {
            self.feed.roots.name_of(&answer.uri).is_some_and(|name| name == target)
        };
        let judged = match &got {
            // A redirect leads to something else than the entity.
            Ok(answer) if !is_target(answer) => change_feed::Answer::failed(),
            Ok(answer) => judged(answer, known.as_deref()),
            Err(error) => {
                if !error.is_of_request() {
                    return got.map(drop);
                }
                warn!(error = error as &dyn std::error::Error, target, "an entity cannot be had");
                failed(error)
            }
        };
        match consumer.answered(&judged, Utc::now(), self.replica)? {
            Verdict::Store => {
                let Ok(answer) = &got else { return Ok(()) };
                let media_type = media_type::of_answer(&answer.headers);
                self.replica.put(target, entity_tag(&answer.headers), &media_type, &answer.body)
            }
            Verdict::Keep => {
                self.report.not_modified += 1;
                Ok(())
            }
            Verdict::Remove => self.replica.delete(target),
            _ => {
                self.report.ignored += 1;
                Ok(())
            }
        }
    }
}

/// An answer to a request with this entity tag as its condition, as the rules look at it. The fetcher
/// has compared its digest already.
fn judged(answer: &Answer, known: Option<&str>) -> change_feed::Answer {
    let is_not_modified = answer.status == StatusCode::NOT_MODIFIED;
    if is_not_modified && known.is_none() {
        return change_feed::Answer::failed();
    }
    let etag = if is_not_modified { known } else { entity_tag(&answer.headers) };
    let digest = match Claim::of_answer(answer.status, &answer.headers) {
        Some(_) => Digest::Holds,
        None => Digest::None,
    };
    let media_type = answer.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    change_feed::Answer::new(answer.status)
        .with_media_type(media_type)
        .with_digest(digest)
        .with_etag(etag)
        .with_date(answer.date())
}

/// A failure of all attempts, as the rules look at it.
fn failed(error: &Error) -> change_feed::Answer {
    match error {
        Error::Status { status, .. }
        | Error::Later { status, .. }
        | Error::Forbidden { status, .. } => change_feed::Answer::new(*status),
        Error::Digest { .. } => {
            change_feed::Answer::new(StatusCode::OK).with_digest(Digest::Differs)
        }
        _ => change_feed::Answer::failed(),
    }
}

/// The entity tag of the stored state, if it has one.
fn etag_at_hand(replica: &Replica, target: &str) -> Result<Option<String>, Error> {
    let etag = replica.entity(target)?.map(|entity| entity.etag);
    Ok(etag.filter(|etag| !etag.is_empty()))
}
