//! Fetches remote documents for users, without giving them access to the server's own network.
//!
//! A user names any URI. The server must not become a way to what only the server can reach: its loopback
//! interface, the hosts beside it, the metadata service of its cloud. A [`Fetcher`] therefore
//!
//! - fetches `http` and `https` only, and refuses user information in a URI,
//! - connects to addresses that [are public](Addresses::permit) only. It checks each address where it
//!   connects, after the name was resolved, so that a name which resolves differently the second time
//!   gains nothing,
//! - follows redirects itself, a bounded number, with the same checks for each, and none from https to http,
//! - bounds sizes, also of what was compressed, and times, and how many documents it fetches at once,
//! - sends no cookies, credentials or referrer, and ignores the proxies that the environment names,
//! - tells the user the same of each failure: [`Unfetched`]. The reason is logged.
//!
//! It cannot know which public addresses belong to the server's operator. A service that trusts the
//! server by a public address needs a firewall.

mod address;
mod cause;
mod fetcher;
mod hop;
mod limits;
mod lookup;
mod routes;

pub use address::Addresses;
pub use cause::Unfetched;
pub use fetcher::{Fetched, Fetcher, Settings};
pub use limits::Limits;
pub use lookup::{Looking, Lookup};
pub use routes::routes;
