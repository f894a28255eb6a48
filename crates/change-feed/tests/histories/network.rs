//! What is between publisher and replica: a cache, and failures.

use crate::dice::Dice;
use crate::publisher::{Publisher, State, second};
use change_feed::{Answer, Digest, Document, Missing, Timeline};
use chrono::{DateTime, Utc};
use http::StatusCode;
use std::collections::HashMap;

#[derive(Debug)]
pub(crate) struct Network {
    documents: HashMap<String, Vec<Document>>,
    entities: HashMap<String, Vec<(Option<State>, i64)>>,
    timelines: Vec<(Timeline, i64)>,
    is_rude: bool,
    is_mended: bool,
}

impl Network {
    pub(crate) fn new(is_rude: bool) -> Self {
        let (documents, entities) = (HashMap::new(), HashMap::new());
        Self { documents, entities, timelines: Vec::new(), is_rude, is_mended: false }
    }

    pub(crate) fn mend(&mut self) {
        self.is_mended = true;
    }

    /// One request of ten is answered with 404, and one with something old.
    fn fault(&self, fresh: bool, dice: &mut Dice) -> Option<Fault> {
        if self.is_mended {
            return None;
        }
        match dice.below(10) {
            0 => Some(Fault::NotFound),
            1 if !fresh || self.is_rude => Some(Fault::Old),
            _ => None,
        }
    }

    /// Others read the feed and its timeline through the same cache.
    pub(crate) fn read_by_others(&mut self, publisher: &Publisher) {
        self.timelines.extend(publisher.timeline().map(|timeline| (timeline, publisher.now)));
        for uri in publisher.documents() {
            if let Ok(document) = publisher.document(&uri) {
                self.documents.entry(uri).or_default().push(document);
            }
        }
    }

    pub(crate) fn document(
        &mut self,
        publisher: &Publisher,
        (uri, fresh): (&str, bool),
        dice: &mut Dice,
    ) -> Result<Document, Missing> {
        match self.fault(fresh, dice) {
            Some(Fault::NotFound) => return Err(Missing::NotFound),
            Some(Fault::Old) => {
                if let Some(old) = self.documents.get(uri) {
                    return Ok(pick(old, dice).clone());
                }
            }
            None => {}
        }
        let document = publisher.document(uri)?;
        self.documents.entry(uri.to_owned()).or_default().push(document.clone());
        Ok(document)
    }

    pub(crate) fn timeline(
        &mut self,
        publisher: &Publisher,
        dice: &mut Dice,
    ) -> Option<(Timeline, DateTime<Utc>)> {
        let now = (publisher.timeline()?, publisher.now);
        let (timeline, date) = match self.fault(true, dice) {
            Some(Fault::NotFound) => return None,
            Some(Fault::Old) if !self.timelines.is_empty() => pick(&self.timelines, dice).clone(),
            _ => {
                self.timelines.push(now.clone());
                now
            }
        };
        Some((timeline, second(date)))
    }

    /// The answer to the GET of an entity, and the state that it contains.
    pub(crate) fn entity(
        &mut self,
        publisher: &Publisher,
        (target, stored): (&str, Option<&State>),
        dice: &mut Dice,
    ) -> (Answer, Option<State>) {
        if let Some((until, status)) = publisher.unavailable.get(target)
            && publisher.now < *until
            && !self.is_mended
        {
            // A page of HTML in the entity's place.
            let body = State {
                etag: "\"html\"".to_owned(),
                media_type: "text/html".to_owned(),
                body: String::new(),
            };
            let status = StatusCode::from_u16(*status).unwrap();
            return (Answer::new(status).with_media_type(Some("text/html")), Some(body));
        }
        let now = (publisher.states().get(target).cloned(), publisher.now);
        let known = self.entities.entry(target.to_owned()).or_default();
        known.push(now.clone());
        let (state, date) = match self.fault(true, dice) {
            Some(Fault::NotFound) => (None, publisher.now),
            Some(Fault::Old) => pick(&self.entities[target], dice).clone(),
            None => now,
        };
        let Some(state) = state else { return (Answer::new(StatusCode::NOT_FOUND), None) };
        let is_same = stored.is_some_and(|stored| stored.etag == state.etag);
        let status = if is_same { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let answer = Answer::new(status)
            .with_media_type(Some(&state.media_type))
            .with_digest(Digest::Holds)
            .with_date(Some(second(date)))
            .with_etag(Some(&state.etag));
        (answer, Some(state))
    }
}

enum Fault {
    NotFound,
    Old,
}

fn pick<'a, T>(list: &'a [T], dice: &mut Dice) -> &'a T {
    &list[usize::try_from(dice.below(list.len() as u64)).unwrap()]
}
