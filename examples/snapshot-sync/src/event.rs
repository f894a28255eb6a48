//! The method that an event of the feed reports.

pub use change_feed::Method;
