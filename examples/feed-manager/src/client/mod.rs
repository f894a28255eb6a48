//! The client: the interactions of section 4 of the draft and of RFC 5023, over HTTP.
//!
//! | | |
//! |---|---|
//! | [`Manager`] | the client of one server's service document |
//! | [`Token`] | what it proves to be somebody by, to that server alone |
//! | [`Limits`] | how much it reads, and how long it waits |
//! | [`Found`] | what a server holds, with what guards its next edit |
//! | [`Federation`] | the bundles that a bundle leads to, on any servers |
//! | [`Followed`] | a list of somebody else, kept as a copy in a bundle |

mod federation;
mod found;
mod limits;
mod manager;
mod media;
mod pages;
mod same;
mod subscription;
mod token;
mod transport;

pub use federation::{Federation, Progress, Reached};
pub use found::Found;
pub use limits::Limits;
pub use manager::Manager;
pub use media::Media;
pub use same::{is_same_resource, is_web, member_uris, same_uri};
pub use subscription::{Followed, NAMESPACE, is_gone, lists};
pub use token::{Token, TokenError};
