//! The storage, in SQLite: users and their tokens, collections, members, and media.
//!
//! One connection writes, on a thread of its own, and some read. Nothing is acknowledged before it is
//! committed and synchronised with the disk. The functions on rows take the connection that
//! [`Database::read`] or [`Database::write`] passes to them, so that several of them are one transaction.

mod database;
mod error;
mod media;
mod name;
mod origin;
mod schema;
mod tables;
mod token;
mod validator;

pub mod collections;
pub mod members;
pub mod users;

pub use database::Database;
pub use error::StoreError;
pub use media::{PIECE_OCTETS, StoredMedia, media_of, media_piece, put_media};
use name::is_segment;
pub use name::{UserName, available, segment};
pub use origin::{origin, set_origin};
pub use token::Token;
pub use validator::{Seen, Tag, urn};
