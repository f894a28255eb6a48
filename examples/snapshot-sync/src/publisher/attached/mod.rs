//! The table of an application, whose rows are the entities.
//!
//! The application's database gets three triggers, a log and a table that says what is attached.
//! The triggers log the *key* of each row that changes, in the application's own transaction; the
//! publisher reads the row when it makes the event. So a trigger needs no function that an old or
//! small SQLite lacks and converts no value: whatever the application stores, its statement succeeds
//! as before. The log is as long as the attachment states: each change removes the oldest one. So the
//! publisher writes nothing of its own to the application's database while it serves.
//!
//! Everything else is in a database of the publisher's own, beside the application's: the published
//! state of each row, its events, and how far it has read the log. All rows are compared with that
//! when the log does not tell everything: at first, after a restore, or when the publisher was away
//! for longer than the log lasts.
//!
//! | module | |
//! |---|---|
//! | `attachment` | what an operator asks for |
//! | `table` | the table as it is: its key, its columns, and why it may be refused |
//! | `triggers` | what is put into the application's database |
//! | `key` | an entity's id is made of a key, and leads back to it |
//! | `body` | an entity's state is made of a row |
//! | `application` | the connection to the application's database |
//! | `attach` | attaching, and taking all of it away |
//! | `rows` | rows become entities |
//! | `follow` | publishing what changes |
//! | `comparing` | comparing all rows with what is published |
//! | `distance` | how far it is behind |
//! | `watch` | when the database is read, and when its connection is closed |

mod application;
mod attach;
mod attachment;
mod body;
mod comparing;
mod distance;
mod follow;
mod identifier;
mod key;
mod rows;
mod table;
mod triggers;
mod watch;

pub use application::attachment_of;
pub use attach::{attach, detach, feed_of, open, resync, snapshots_of};
pub use attachment::{Attachment, Body};
pub use distance::Distance;
pub use follow::Follower;
