//! Reading a feed entry by entry, in the memory of one entry.

mod accessors;
mod buffered;
mod decoder;
mod item;
mod metadata;
mod segments;
mod slice;
#[cfg(feature = "futures")]
mod stream;
mod stream_error;
mod walk;

pub use buffered::BufEntryReader;
pub use decoder::{EntryDecoder, EntryStep};
pub(crate) use item::Surroundings;
pub use item::{FeedEntry, FeedItem};
pub use metadata::FeedMetadata;
pub use slice::EntryReader;
#[cfg(feature = "futures")]
pub use stream::EntryStream;
pub use stream_error::StreamError;
