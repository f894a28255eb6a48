use change_feed::{EventId, Limits, Timeline};

/// A timeline, and an event id: what is read is written so that it is read again, and a timeline
/// covers exactly what an obvious search finds.
///
/// # Panics
/// When they differ.
pub fn feed_timeline(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(id) = text.parse::<EventId>()
    {
        let local = text.split('@').next().unwrap();
        assert_eq!(id.to_string(), local);
        assert_eq!(local.parse(), Ok(id));
    }
    let Ok(timeline) = Timeline::from_slice(data, &Limits::default()) else { return };
    assert_eq!(Timeline::from_slice(&timeline.to_vec(), &Limits::default()), Ok(timeline.clone()));
    let runs = timeline.runs();
    assert_eq!(Timeline::new(timeline.feed(), runs.to_vec()), Ok(timeline.clone()));
    for (index, run) in runs.iter().enumerate() {
        let around = [run.first().checked_sub(1), Some(run.first()), run.first().checked_add(1)];
        for number in around.into_iter().flatten() {
            let id = format!("{}.{number}.{}", run.id(), "0".repeat(16));
            // The greatest number is no event's.
            let Ok(id) = id.parse::<EventId>() else { continue };
            let is_before_next = runs.get(index + 1).is_none_or(|next| number < next.first());
            assert_eq!(timeline.covers(&id), number >= run.first() && is_before_next);
        }
    }
}
