//! The limits on what clients may use of the server.

use std::time::Duration;

/// The limits on what clients may use of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets in the body of an entry or a collection: 1 MiB, far more than a service entry needs.
    pub document_octets: u64,
    /// Octets in a media resource: 16 MiB.
    pub media_octets: u64,
    /// Media resources that are received at the same time: 16.
    pub media_together: usize,
    /// Of these, those of one user: 4.
    pub media_of_user: usize,
    /// Octets of OPML documents that are sent at the same time, each of which is in memory until it is
    /// written: 256 MiB, at least one of the largest.
    pub response_octets_together: u32,
    /// Octets of an entry as it is stored, with the declarations that it needs on its own: 1 MiB, the limit
    /// of the codec for a member of a feed.
    pub entry_octets: usize,
    /// Octets of a collection as it is stored: 16 KiB. A service document has all collections of a user.
    pub collection_octets: usize,
    /// Collections of one user: 200.
    pub collections: u64,
    /// Octets of the members of one user as they are stored, with their media: 1 GiB.
    pub user_octets: u64,
    /// Members of one collection: 1,000,000.
    pub members: u64,
    /// Entries on one page of a feed: 100.
    pub page_entries: usize,
    /// Octets of the entries on one page of a feed: 2 MiB. A page has at least one entry.
    pub page_octets: usize,
    /// Members in the OPML document of a bundle, which has no pages: 10,000. A larger bundle has none.
    pub outline_entries: usize,
    /// Octets of the entries in an OPML document: 16 MiB.
    pub outline_octets: usize,
    /// OPML documents that are written at the same time: 1. Each reads and writes a whole bundle.
    pub outlines_together: usize,
    /// Documents of other servers that one user lets the server fetch in one minute: 120.
    pub fetches_a_minute: u32,
    /// Documents of other servers that are fetched and read at the same time: 16.
    pub fetches_together: usize,
    /// Of these, those of one user: 4.
    pub fetches_of_user: usize,
    /// Requests in one minute of one user, and of one address that is not signed in: 6,000. So many may
    /// come at once.
    pub requests_a_minute: u32,
    /// Simultaneous connections: 1,024. Further ones wait.
    pub connections: usize,
    /// Octets in the head of a request: 64 KiB, at least 8 KiB.
    pub head_octets: usize,
    /// Fields in the head of a request: 100.
    pub head_fields: usize,
    /// Octets in the target of a request: 8 KiB.
    pub target_octets: usize,
    /// The time for the head of a request, and for which a connection may be idle: 10 s.
    pub head_time: Duration,
    /// The time for the body of a request: 60 s.
    pub body_time: Duration,
    /// The time for the rest of a body whose head is refused: 2 s. Of such a body at most
    /// [`document_octets`](Self::document_octets) are read, and forgotten.
    pub refused_time: Duration,
    /// The time for which a request waits until so much is written that its own response may be in memory:
    /// 5 s.
    pub room_time: Duration,
    /// The time for a whole response of the store: 10 min. A client that has not taken it by then loses its
    /// connection.
    pub response_time: Duration,
    /// The time for which a client may read nothing of a response: 60 s.
    pub stall_time: Duration,
    /// The time in which the database answers, or the server is not healthy: 2 s.
    pub health_time: Duration,
    /// The time for which the server waits for requests that are not done when it stops: 10 s.
    pub stop_time: Duration,
}

impl Limits {
    /// Octets that are kept free for an OPML document before it is written.
    pub(super) fn outline_room(&self) -> u32 {
        u32::try_from(self.outline_octets).unwrap_or(u32::MAX)
    }
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            document_octets: 1024 * 1024,
            media_octets: 16 * 1024 * 1024,
            media_together: 16,
            media_of_user: 4,
            response_octets_together: 256 * 1024 * 1024,
            entry_octets: 1024 * 1024,
            collection_octets: 16 * 1024,
            collections: 200,
            user_octets: 1024 * 1024 * 1024,
            members: 1_000_000,
            page_entries: 100,
            page_octets: 2 * 1024 * 1024,
            outline_entries: 10_000,
            outline_octets: 16 * 1024 * 1024,
            outlines_together: 1,
            fetches_a_minute: 120,
            fetches_together: 16,
            fetches_of_user: 4,
            requests_a_minute: 6000,
            connections: 1024,
            head_octets: 64 * 1024,
            head_fields: 100,
            target_octets: 8 * 1024,
            head_time: seconds(10),
            body_time: seconds(60),
            refused_time: seconds(2),
            room_time: seconds(5),
            response_time: seconds(600),
            stall_time: seconds(60),
            health_time: seconds(2),
            stop_time: seconds(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the README says of an entry is what both limits on it allow.
    #[test]
    fn the_limit_of_an_entry_is_that_of_the_codec_and_of_the_readme() {
        let limits = Limits::default();
        assert_eq!(limits.entry_octets as u64, atom_fsm::Limits::default().member_octets);
        assert_eq!((limits.entry_octets, limits.collection_octets), (1024 * 1024, 16 * 1024));
        let readme = include_str!("../../README.md");
        assert!(readme.contains("| an entry, a collection as stored | 1 MiB, 16 KiB | 413 |"));
    }
}
