use std::collections::HashMap;
use std::time::Duration;
use version_links::{
    Limits, NotAsked, OriginPolicy, TimeMap, TimeMapOutcome, TimeMapPage, TimeMapWalk, Want,
};

/// A walk over the pages of a TimeMap: it ends, asks nothing twice but what asked for patience, holds no
/// more than its limits, and finds the same whether it is answered in order or in reverse order.
///
/// The first three octets choose limits, the policy and how many requests are open. The lines of the rest
/// are answers: the octet after the path's last slash in the URI that is asked chooses one.
///
/// # Panics
/// When it is otherwise.
pub fn timemap_walk(data: &[u8]) {
    let [pages, links, open, world @ ..] = data else { return };
    let answers: Vec<_> = world.split(|octet| *octet == b'\n').collect();
    let limits = Limits::default()
        .timemap_pages(u64::from(pages % 16) + 1)
        .history_links(u64::from(links % 32))
        .history_depth(4)
        .history_origins(3)
        .history_tries(2)
        .redirects(3);
    let policy = if links & 32 == 0 {
        OriginPolicy::same_origin()
    } else {
        OriginPolicy::any_origin().allow_downgrade()
    };
    let walk = |open, order| {
        let walk = TimeMapWalk::new("http://a.example/").policy(policy.clone());
        walked(walk.limits(limits.history_open(open)), limits, &answers, order)
    };
    let found = walk(1, Order::First);
    let open = u64::from(open % 4) + 1;
    assert_eq!(found, walk(open, Order::First));
    assert_eq!(found, walk(open, Order::Last));
}

/// Which of the open requests is answered next.
#[derive(Clone, Copy)]
enum Order {
    First,
    Last,
}

/// What a walk finds, as text.
fn walked(mut walk: TimeMapWalk, limits: Limits, answers: &[&[u8]], order: Order) -> String {
    let (mut open, mut asked) = (Vec::new(), HashMap::<String, u64>::new());
    loop {
        match walk.step() {
            Want::Ask { uri, delay } => {
                let count = asked.entry(uri.clone()).or_default();
                assert!(*count == 0 || delay.is_some(), "{uri} is asked twice");
                *count += 1;
                assert!(*count <= limits.history_tries);
                open.push(uri);
            }
            Want::Done => break,
            _ => {
                let uri: String = match order {
                    Order::First => open.remove(0),
                    Order::Last => open.pop().unwrap_or_default(),
                };
                walk.answer(&uri, outcome(answers, &uri)).unwrap();
                assert_eq!(walk.answer(&uri, TimeMapOutcome::Gone), Err(NotAsked));
            }
        }
    }
    assert!(open.is_empty());
    assert!(walk.pages().count() as u64 <= limits.timemap_pages);
    let (pages, left_out): (Vec<_>, Vec<_>) = (walk.pages().collect(), walk.left_out().collect());
    format!("{pages:?} {left_out:?} {}", walk.left_out_omitted())
}

/// What a URI is answered with.
fn outcome(answers: &[&[u8]], uri: &str) -> TimeMapOutcome {
    let choice = uri.rsplit('/').next().and_then(|name| name.bytes().next()).unwrap_or_default();
    let answer = answers[usize::from(choice) % answers.len()];
    match answer {
        [b'!', to @ ..] => TimeMapOutcome::Redirected(String::from_utf8_lossy(to).into_owned()),
        b"-" => TimeMapOutcome::Gone,
        b"?" => TimeMapOutcome::Failed,
        b"+" => TimeMapOutcome::TryAfter(Duration::from_secs(1)),
        document => {
            let mut page = TimeMapPage::new(uri);
            TimeMap::new(document).flatten().for_each(|link| page.note(&link));
            TimeMapOutcome::Page(page.into())
        }
    }
}
