//! Digests (RFC 9530): written for what is served, and compared with what came.

mod claim;
mod write;

pub(crate) use claim::{Claim, of_representation};
pub(crate) use write::{of_file, of_octets};
