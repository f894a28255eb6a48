//! Metrics of both sides, in the text format that Prometheus reads (OpenMetrics 1.0).
//!
//! They are made when they are asked for, from what both sides count anyway and from their databases.

pub(crate) mod page;

use std::net::{AddrParseError, Ipv4Addr, SocketAddr};

/// Reads the address of a listener for metrics. A port alone is one of 127.0.0.1.
///
/// # Errors
/// If it is neither.
pub fn address(text: &str) -> Result<SocketAddr, AddrParseError> {
    match text.parse() {
        Ok(port) => Ok((Ipv4Addr::LOCALHOST, port).into()),
        Err(_) => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_one_of_loopback() {
        let read = |text| address(text).map(|address| address.to_string()).ok();
        assert_eq!(read("9100").as_deref(), Some("127.0.0.1:9100"));
        assert_eq!(read("0.0.0.0:9100").as_deref(), Some("0.0.0.0:9100"));
        assert_eq!(read("[::1]:9100").as_deref(), Some("[::1]:9100"));
        for text in ["", "x", "65536", "127.0.0.1", "localhost:9100"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
