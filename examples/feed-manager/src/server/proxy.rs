//! The proxies that are trusted to say where a request comes from.

use crate::server::forwarded::{Hops, forwarded, x_forwarded_for};
use http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// The addresses of a proxy: one address, or a network in the notation of CIDR.
///
/// ```
/// use feed_manager::server::Network;
///
/// assert!("10.0.0.0/8".parse::<Network>().is_ok() && "::1".parse::<Network>().is_ok());
/// assert!("proxy.example.org".parse::<Network>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// A text that is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let address = || text.parse::<IpAddr>().map(|it| IpNet::from(it.to_canonical()));
        let network = text.parse().or_else(|_| address());
        network.map(Self).map_err(|_| NotANetwork(text.to_owned()))
    }
}

/// The proxies that are trusted.
#[derive(Debug, Clone, Default)]
pub(super) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(super) fn trust(&mut self, Network(network): Network) {
        self.0.push(network);
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: that of the peer, unless the peer is a trusted proxy. Of the addresses that
    /// proxies have appended, it is the last one that is not a trusted proxy's, since whatever stands before
    /// it may have been sent by the client. Where a proxy states no address, the request is its own.
    ///
    /// A proxy writes either `Forwarded` or `X-Forwarded-For`, and may pass on what a client writes into the
    /// other one. Where both are there and disagree, neither is believed: the request is the proxy's.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let client = |hops: Hops| self.last_untrusted(peer, &hops);
        match (forwarded(headers).map(client), x_forwarded_for(headers).map(client)) {
            (Some(one), Some(other)) if one != other => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        }
    }

    fn last_untrusted(&self, peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
        let mut client = peer;
        for hop in hops.iter().rev() {
            let Some(address) = *hop else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_has() {
        let mut proxies = Proxies::default();
        for network in ["10.0.0.0/8", "::ffff:192.0.2.1", "2001:db8::/32"] {
            proxies.trust(network.parse().unwrap());
        }
        let (by, to) = ("x-forwarded-for", "forwarded");
        for (peer, fields, expected) in [
            ("198.51.100.1", &[(by, "203.0.113.1")][..], "198.51.100.1"),
            ("198.51.100.1", &[(to, "for=203.0.113.1")], "198.51.100.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[(by, "203.0.113.1")], "203.0.113.1"),
            ("::ffff:10.0.0.1", &[(by, "203.0.113.1")], "203.0.113.1"),
            ("192.0.2.1", &[(to, "for=203.0.113.1")], "203.0.113.1"),
            // What the client has written stands before what the proxies have.
            ("10.0.0.1", &[(by, "1.1.1.1, 203.0.113.1, 10.0.0.2")], "203.0.113.1"),
            ("2001:db8::1", &[(to, "for=1.1.1.1"), (to, "for=203.0.113.1")], "203.0.113.1"),
            ("10.0.0.1", &[(by, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", &[(by, "203.0.113.1, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", &[(to, "for=\"203.0.113.1")], "10.0.0.1"),
            ("10.0.0.1", &[(to, "for=1.1.1.1"), (by, "203.0.113.1")], "10.0.0.1"),
            ("10.0.0.1", &[(to, "for=203.0.113.1"), (by, "203.0.113.1")], "203.0.113.1"),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(*name, value.parse().unwrap());
            }
            let client = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(client.to_string(), expected, "{peer} {fields:?}");
        }
    }
}
