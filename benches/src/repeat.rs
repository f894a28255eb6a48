//! Short work, repeated.

/// Does short work so often that a round can be timed.
pub(crate) fn repeated(
    count: usize,
    mut work: impl FnMut() -> anyhow::Result<(usize, usize)>,
) -> impl FnMut() -> anyhow::Result<(usize, usize)> {
    move || {
        let mut total = (0, 0);
        for _ in 0..count {
            let (items, octets) = std::hint::black_box(work())?;
            total = (total.0 + items, total.1 + octets);
        }
        Ok(total)
    }
}
