//! One shape of input at four sizes: the time for each octet must not grow.

use crate::harness::{Contestant, Kind, Settings, Table};

const MOST: usize = 1024 * 1024;
const SHARES: [(&str, usize); 4] =
    [("1 KiB", 1024), ("10 KiB", 100), ("100 KiB", 10), ("1 MiB", 1)];

/// What comes before, what is repeated, and what comes after, under a name.
pub(crate) type Shape = (&'static str, &'static str, &'static str, &'static str);

/// A reading that shows what the hardware allows, under a name.
pub(crate) type Floor = (&'static str, fn(&[u8]) -> usize);

/// A document of this shape that has about so many octets.
pub(crate) fn document((_, before, repeated, after): &Shape, octets: usize) -> Vec<u8> {
    let times = octets.saturating_sub(before.len() + after.len()).div_ceil(repeated.len());
    [before, &*repeated.repeat(times), after].concat().into_bytes()
}

/// Times a reading of inputs that have the same number of octets in all: once 1 MiB, ten times a tenth of
/// it, and so on. Where there is a floor, it reads the longest input.
pub(crate) fn table(
    settings: &Settings,
    title: &str,
    input: impl Fn(usize) -> Vec<u8>,
    read: impl Fn(&[u8]) -> anyhow::Result<()>,
    floor: Option<Floor>,
) -> String {
    let most = MOST.div_ceil(settings.divisor);
    let inputs = SHARES.map(|(name, share)| {
        let share = share.min(most);
        (name, share, input(most / share))
    });
    let read = &read;
    let ours = inputs.iter().map(|(name, share, input)| {
        Contestant::new(name, Kind::Ours, move || {
            for _ in 0..*share {
                read(input)?;
            }
            Ok((most / 1024, most))
        })
    });
    let last = &inputs[SHARES.len() - 1].2;
    let floor = floor.map(|(name, floor)| {
        Contestant::new(name, Kind::Floor, move || Ok((std::hint::black_box(floor(last)), most)))
    });
    let contestants = ours.chain(floor).collect();
    let title = format!("{title}: {} KiB", most / 1024);
    Table { title, item: "KiB", expected: (most / 1024, most), octets: most, contestants }
        .measure(&settings.shorter())
}
