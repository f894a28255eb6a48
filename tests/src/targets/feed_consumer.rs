use change_feed::{
    Action, Answer, Consumer, Digest, Document, Event, EventId, LastEvent, Limits, MemoryStore,
    Method, Missing, Patience, Position, Run, Snapshot, Stop, Store, Timeline, Verdict, Want,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;

/// A consumer of a feed, with any documents, answers, times and kills in any order: it asks again
/// for what it has not got, goes on behind the last event, waits with a delay, and concludes from one
/// answer only what one answer may say. What it stores is read again.
///
/// # Panics
/// When it does not.
pub fn feed_consumer(data: &[u8]) {
    let mut input = Input(data);
    let mut now = second(input.next());
    let mut store = MemoryStore::new();
    let position = Snapshot::new(second(input.next())).position(now);
    let mut consumer = make(position);
    let mut document = None;
    let mut misses = 0_u32;
    while !input.0.is_empty() {
        now = now.checked_add_signed(TimeDelta::seconds(i64::from(input.next()) - 64)).unwrap();
        let before = consumer.position().last().cloned();
        let Ok(want) = consumer.step(now, &mut store);
        check_repeats(&mut consumer, &mut store, &want, now);
        match &want {
            Want::Document { .. } if input.flag() => {
                let it = input.document();
                match consumer.document(it.clone(), now) {
                    Ok(()) => document = Some(it),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            Want::Document { .. } => match input.next() % 4 {
                0 => consumer.not_modified(input.date()),
                kind => {
                    misses += 1;
                    let kinds = [Missing::NotFound, Missing::NeverIssued, Missing::Gone];
                    consumer.missing(kinds[usize::from(kind - 1)], now);
                }
            },
            Want::Event { index, action } => {
                let events = document.as_ref().map(Document::events).unwrap();
                check_order(events, *index, before.as_ref());
                let target = events[*index].target();
                match action {
                    Action::Replace => store.set_media_type(target, Some("a/b")),
                    Action::Delete => store.set_media_type(target, None),
                    Action::Patch if input.flag() => consumer.fetch_instead(),
                    Action::Fetch => answer(&mut input, &mut consumer, &mut store, now),
                    _ => {}
                }
            }
            Want::Retry { .. } => answer(&mut input, &mut consumer, &mut store, now),
            Want::Timeline => match input.timeline() {
                Some(timeline) => consumer.timeline(&timeline, input.date(), now),
                None => consumer.no_timeline(now),
            },
            Want::Wait { until, .. } => assert!(*until > now),
            Want::Stop(stop) => {
                assert!(*stop != Stop::HistoryCut || misses >= 2 || document.is_some());
                consumer = make(consumer.position().clone());
            }
            _ => {}
        }
        let stored = serde_json::to_vec(consumer.position()).unwrap();
        let position: Position = serde_json::from_slice(&stored).unwrap();
        assert_eq!(&position, consumer.position());
        if input.flag() && input.flag() {
            consumer = make(position);
        }
        if input.flag() && input.flag() {
            input.timeline().iter().for_each(|it| consumer.timeline(it, input.date(), now));
        }
    }
}

fn make(position: Position) -> Consumer {
    let limits = Limits::default().documents(20).set_aside(3).events(6);
    Consumer::new("now", position).limits(limits).patience(Patience::default().failures(3))
}

/// What is wanted is wanted until it is there; events and ends of a reading are said once.
fn check_repeats(
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    want: &Want,
    now: DateTime<Utc>,
) {
    let is_said_once = match want {
        Want::Event { action, .. } => *action != Action::Fetch,
        Want::CaughtUp => true,
        _ => false,
    };
    if !is_said_once {
        let position = consumer.position().clone();
        let Ok(again) = consumer.step(now, store);
        assert_eq!((&again, consumer.position()), (want, &position));
    }
    if matches!(want, Want::CaughtUp) {
        assert!(store.aside_count().unwrap() <= 3);
    }
}

/// The event behind the last one is next, wherever the document contains that.
fn check_order(events: &[Event], index: usize, last: Option<&LastEvent>) {
    let at = last.and_then(|last| events.iter().position(|event| event.id() == last.id()));
    assert!(at.is_none_or(|at| index == at + 1), "{at:?}, then {index}");
}

fn answer(
    input: &mut Input<'_>,
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    now: DateTime<Utc>,
) {
    let statuses = [200, 200, 304, 404, 410, 401, 403, 503];
    let status = statuses[usize::from(input.next() % 8)];
    let digests = [Digest::None, Digest::Holds, Digest::Differs];
    let tag = input.id();
    let answer = Answer::new(StatusCode::from_u16(status).unwrap())
        .with_media_type(input.flag().then_some("a/b"))
        .with_digest(digests[usize::from(input.next() % 3)])
        .with_etag(input.flag().then_some(tag.as_str()))
        .with_date(input.date());
    let Ok(verdict) = consumer.answered(&answer, now, store);
    if verdict == Verdict::Store {
        assert!(status == 200, "{status} has no state");
    }
}

fn second(seconds: u8) -> DateTime<Utc> {
    DateTime::from_timestamp(1_000_000 + i64::from(seconds), 0).unwrap()
}

/// Choices, as the octets of an input make them. After its end all of them are 0.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn date(&mut self) -> Option<DateTime<Utc>> {
        let date = self.next();
        (date > 64).then(|| second(date))
    }

    fn id(&mut self) -> String {
        let choice = self.next();
        let (run, number) = (choice >> 6, choice & 15);
        match run {
            0 => number.to_string(),
            run => EventId::new([run; 16], number.into(), [0; 8]).to_string(),
        }
    }

    fn uri(&mut self) -> Option<String> {
        let uris = ["now", "0", "1", "2", "e"];
        uris.get(usize::from(self.next() % 8)).map(|uri| (*uri).to_owned())
    }

    fn document(&mut self) -> Document {
        let methods = [Method::Put, Method::Patch, Method::Delete, Method::Post];
        let events = (0..self.next() % 8).map(|_| {
            let (id, target) = (self.id(), ["a", "b", "c"][usize::from(self.next() % 3)]);
            let event =
                Event::new(id, target, methods[usize::from(self.next() % 4)], second(self.next()));
            if self.flag() { event.with_self_uri("e") } else { event }
        });
        let events = events.collect();
        Document::new(self.uri().unwrap_or_default(), events)
            .with_etag(self.uri())
            .with_date(self.date())
            .with_prev_archive(self.uri())
            .with_next_archive(self.uri())
    }

    fn timeline(&mut self) -> Option<Timeline> {
        let count = self.next() % 4;
        let runs: Vec<_> = (0..count).map(|run| Run::new([run; 16], self.next().into())).collect();
        let feed = if self.next() % 8 == 7 { "other" } else { "feed" };
        Timeline::new(feed, runs).ok()
    }
}
