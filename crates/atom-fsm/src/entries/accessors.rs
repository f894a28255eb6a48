//! The accessors of what reads entries with an `EntryDecoder`.

/// Writes the public methods that tell what the field `decoder` has read beside the items.
macro_rules! decoder_accessors {
    () => {
        /// The metadata of the feed, as [`EntryReader::feed`](crate::EntryReader::feed) returns it.
        #[must_use]
        pub fn feed(&self) -> &$crate::atom::Feed<'static> {
            self.decoder.feed()
        }

        /// The violations that were tolerated so far.
        #[must_use]
        pub fn diagnostics(&self) -> &$crate::Diagnostics {
            self.decoder.diagnostics()
        }

        /// Whether [`Reader::repair`](crate::Reader::repair) repaired anything so far.
        #[must_use]
        pub fn is_repaired(&self) -> bool {
            self.decoder.is_repaired()
        }
    };
}

pub(super) use decoder_accessors;
