//! When the application's database is read, and when its connection is closed.
//!
//! It is read when its files have changed, which is found out without a lock: that could be in the
//! application's way. Some seconds later nothing can have been missed, and the connection is closed until
//! the files change again.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// How often the files are looked at.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// How often the log is read although they seem unchanged: two changes may have one time.
pub(super) const READ: Duration = Duration::from_secs(1);

/// How long after the last change the log is read for the last time. No file system has times of more
/// than two seconds.
const QUIET: Duration = Duration::from_secs(3);

/// What changes when something is written to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, u64, u64, SystemTime)>; 2]);

impl Stamp {
    /// The stamp of the files at a path.
    pub(super) fn of(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let of =
            |found: Metadata| Some((found.dev(), found.ino(), found.len(), found.modified().ok()?));
        let [database, log] =
            [path, Path::new(&log)].map(|path| std::fs::metadata(path).ok().and_then(of));
        // An empty log is like none: it comes and goes with connections that read.
        Self([database, log.filter(|(_, _, length, _)| *length > 0)])
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing.
    Nothing,
    /// The log is read.
    Reading,
    /// The log is read, and the connection is closed.
    LastReading,
    /// The connection is closed, and the files have not changed: only the time counts.
    Time,
}

/// What was seen of the files, and when.
#[derive(Debug)]
pub(super) struct Watch {
    stamp: Option<Stamp>,
    changed: Instant,
    read: Instant,
    /// Whether the log was read again after the look that saw a change.
    is_certain: bool,
    is_resting: bool,
}

impl Watch {
    /// Nothing was seen.
    pub(super) fn new(now: Instant) -> Self {
        Self { stamp: None, changed: now, read: now, is_certain: false, is_resting: false }
    }

    /// What is to be done now, with the files as they are.
    pub(super) fn look(&mut self, stamp: Stamp, now: Instant) -> Due {
        if self.stamp != Some(stamp) {
            *self = Self { stamp: Some(stamp), ..Self::new(now) };
            return Due::Reading;
        }
        // What was written while the log was read may have the same time.
        if !std::mem::replace(&mut self.is_certain, true) {
            return Due::Reading;
        }
        if now.duration_since(self.read) < READ {
            return Due::Nothing;
        }
        self.read = now;
        if self.is_resting {
            return Due::Time;
        }
        self.is_resting = now.duration_since(self.changed) >= QUIET;
        if self.is_resting { Due::LastReading } else { Due::Reading }
    }

    /// What was seen does not count: the log could not be read.
    pub(super) fn forget(&mut self) {
        self.stamp = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    fn stamp(length: u64) -> Stamp {
        Stamp([Some((1, 2, length, SystemTime::UNIX_EPOCH)), None])
    }

    /// What is due at each look: the number of those that are the same one after the other.
    fn dues(watch: &mut Watch, stamp: Stamp, from: Instant, seconds: u32) -> Vec<(Due, u32)> {
        let mut dues: Vec<(Due, u32)> = Vec::new();
        for look in 0..seconds * 20 {
            let due = watch.look(stamp, from + look * LOOK);
            match dues.last_mut() {
                Some((last, count)) if *last == due => *count += 1,
                _ => dues.push((due, 1)),
            }
        }
        dues.into_iter().filter(|(due, _)| *due != Due::Nothing).collect()
    }

    #[test]
    fn the_log_is_read_for_some_seconds_after_a_change_and_then_no_more() {
        let now = Instant::now();
        let mut watch = Watch::new(now);
        let (read, last, time) = ((Due::Reading, 1), (Due::LastReading, 1), (Due::Time, 1));
        // At once, and at the next look.
        let twice = (Due::Reading, 2);
        let first = dues(&mut watch, stamp(1), now, 6);
        assert_eq!(first, [twice, read, read, last, time, time]);
        let now = now + Duration::from_secs(6);
        assert_eq!(dues(&mut watch, stamp(2), now, 4), [twice, read, read, last]);
        // One that could not be read is read again at once.
        watch.forget();
        let now = now + Duration::from_secs(4);
        assert_eq!(dues(&mut watch, stamp(2), now, 2), [twice, read]);
    }

    #[test]
    fn a_stamp_tells_a_file_from_the_one_that_has_replaced_it_and_takes_an_empty_log_for_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
        write("x", "one");
        let first = Stamp::of(&path("x"));
        assert_eq!(Stamp::of(&path("x")), first);
        write("x-wal", "");
        assert_eq!(Stamp::of(&path("x")), first);
        write("x-wal", "log");
        assert_ne!(Stamp::of(&path("x")), first);
        std::fs::remove_file(path("x-wal")).unwrap();
        assert_eq!(Stamp::of(&path("x")), first);
        write("y", "one");
        let time = std::fs::metadata(path("x")).unwrap().modified().unwrap();
        std::fs::File::options().write(true).open(path("y")).unwrap().set_modified(time).unwrap();
        std::fs::rename(path("y"), path("x")).unwrap();
        assert_ne!(Stamp::of(&path("x")), first);
    }
}
