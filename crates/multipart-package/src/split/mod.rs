//! Reading one package in ranges, on many cores or on hosts that share the file.
//!
//! A part belongs to the range that contains the first hyphen of its delimiter line. A first part
//! whose opening is implied belongs to the range that begins with the input.

mod decoder;
mod progress;
mod slice;
mod summary;

pub use decoder::SplitDecoder;
pub use slice::Split;
pub use summary::Summary;
