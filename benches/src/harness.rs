//! Timing contestants in turn.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How long the rounds of one table last.
    budget: Duration,
    /// At least so many rounds.
    rounds: usize,
    /// What sizes are divided by.
    pub(crate) divisor: usize,
}

impl Settings {
    pub(crate) const FULL: Self = Self { budget: Duration::from_secs(6), rounds: 7, divisor: 1 };
    pub(crate) const SMOKE: Self = Self { budget: Duration::ZERO, rounds: 2, divisor: 100 };

    /// For tables that show whether a time grows, and not by how little two differ.
    pub(crate) fn shorter(self) -> Self {
        Self { budget: self.budget / 3, rounds: 2, ..self }
    }

    /// As few rounds as show how time grows, for tables that take long.
    pub(crate) fn of_few_rounds(self) -> Self {
        Self { budget: Duration::ZERO, rounds: 2, ..self }
    }
}

/// A group of tables.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Settings) -> anyhow::Result<String>,
}

/// What a contestant has read: items and octets in them, which all must agree on.
pub(crate) type Read = (usize, usize);

/// One who reads or writes the same bytes as the others.
pub(crate) struct Contestant<'a> {
    name: &'static str,
    kind: Kind,
    work: Box<dyn FnMut() -> anyhow::Result<Read> + 'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer,
    Floor,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(
        name: &'static str,
        kind: Kind,
        work: impl FnMut() -> anyhow::Result<Read> + 'a,
    ) -> Self {
        Self { name, kind, work: Box::new(work) }
    }
}

/// One table: the same input for all contestants.
pub(crate) struct Table<'a> {
    pub(crate) title: String,
    pub(crate) item: &'static str,
    pub(crate) expected: Read,
    pub(crate) octets: usize,
    pub(crate) contestants: Vec<Contestant<'a>>,
}

struct Figures {
    name: &'static str,
    kind: Kind,
    median: f64,
    low: f64,
    high: f64,
    odd: Option<String>,
}

impl Table<'_> {
    /// Measures all contestants in turn and gives the table as Markdown.
    pub(crate) fn measure(mut self, settings: &Settings) -> String {
        let began = Instant::now();
        let mut times: Vec<Vec<f64>> = self.contestants.iter().map(|_| Vec::new()).collect();
        let mut odd: Vec<Option<String>> = self.contestants.iter().map(|_| None).collect();
        let mut round = 0;
        while round <= settings.rounds || began.elapsed() < settings.budget {
            for ((contestant, times), odd) in
                self.contestants.iter_mut().zip(&mut times).zip(&mut odd)
            {
                let start = Instant::now();
                let read = black_box((contestant.work)());
                let time = start.elapsed().as_secs_f64();
                match read {
                    Ok(read) if read == self.expected || contestant.kind == Kind::Floor => {}
                    Ok(read) => {
                        let (items, octets) = read;
                        let expected = self.expected.0;
                        *odd = Some(format!("reads {items} of {expected}, in {octets} octets"));
                    }
                    Err(error) => *odd = Some(format!("fails: {error}")),
                }
                // The first round warms up.
                if round > 0 {
                    times.push(time);
                }
            }
            round += 1;
        }
        let items = self.expected.0.max(1) as f64;
        let contestants = self.contestants.iter().zip(times).zip(odd);
        let figures = contestants.map(|((contestant, mut times), odd)| {
            times.sort_by(f64::total_cmp);
            let at = |share: f64| {
                let last = times.len().saturating_sub(1) as f64;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "an index"
                )]
                let index = (last * share).round() as usize;
                times.get(index).copied().unwrap_or(f64::NAN) * 1e9 / items
            };
            let (low, median, high) = (at(0.25), at(0.5), at(0.75));
            Figures { name: contestant.name, kind: contestant.kind, median, low, high, odd }
        });
        let figures: Vec<_> = figures.collect();
        eprintln!("{}: {:.1} s", self.title, began.elapsed().as_secs_f64());
        self.markdown(&figures, round - 1)
    }

    fn markdown(&self, figures: &[Figures], rounds: usize) -> String {
        let least = |kind| {
            let medians = figures.iter().filter(|one| one.kind == kind && one.odd.is_none());
            medians.map(|one| one.median).fold(f64::INFINITY, f64::min)
        };
        let (floor, peer) = (least(Kind::Floor), least(Kind::Peer));
        let (item, octets) = (self.item, self.octets as f64 / self.expected.0.max(1) as f64);
        let mut text = format!("### {} ({rounds} rounds)\n\n", self.title);
        let _ = writeln!(
            text,
            "| contestant | ns a {item} | quartiles | MB/s | times the lowest floor | times the fastest peer |"
        );
        let _ = writeln!(text, "|---|---:|---:|---:|---:|---:|");
        for one in figures {
            let name = match one.kind {
                Kind::Ours => format!("**{}**", one.name),
                Kind::Peer => one.name.to_owned(),
                Kind::Floor => format!("*{}*", one.name),
            };
            if let Some(odd) = &one.odd {
                let _ = writeln!(text, "| {name} | {odd} | | | | |");
                continue;
            }
            let ratio = |to: f64| {
                if to.is_finite() { format!("{:.2}", one.median / to) } else { "-".to_owned() }
            };
            let _ = writeln!(
                text,
                "| {name} | {:.1} | {:.1} to {:.1} | {:.0} | {} | {} |",
                one.median,
                one.low,
                one.high,
                octets * 1e3 / one.median,
                ratio(floor),
                ratio(peer),
            );
        }
        text.push('\n');
        text
    }
}
