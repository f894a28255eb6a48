//! The client: the requests that it sends, and what it makes of the responses.

mod answer;
mod head;
mod received;
mod request;
mod response;
mod settings;
mod strong;

pub use answer::{Answer, Redirect, Refusal};
pub use head::{Head, RetryAfter};
pub use received::{Created, Edited, Received, Representation};
pub use request::Guard;
pub use settings::Client;
pub use strong::{NoStrongValidator, Retried, StrongRetry};
