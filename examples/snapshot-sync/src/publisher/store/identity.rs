//! What makes a feed the same feed.

/// The identity of a feed, which stays the same as long as its database exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedIdentity {
    /// A part of its event ids and entity tags, which differ from those of any other feed.
    pub id: String,
    /// The secret from which its boundaries are made: clients cannot predict them, but the same
    /// document always has the same one.
    pub secret: [u8; 16],
    /// The limit on events in an archive document.
    pub page_events: u64,
}
