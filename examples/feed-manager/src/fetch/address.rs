//! Which addresses a server connects to for its users.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not public: IANA's registry of special-purpose addresses (RFC 6890), without what
/// it calls globally reachable, and addresses that clouds give to services for their own hosts.
const IPV4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),  // "this network": RFC 791 section 3.2
    (Ipv4Addr::new(10, 0, 0, 0), 8), // private: RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10), // shared, of carriers: RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8), // loopback: RFC 1122 section 3.2.1.3
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's service for its virtual machines
    (Ipv4Addr::new(169, 254, 0, 0), 16), // link-local, and metadata services: RFC 3927
    (Ipv4Addr::new(172, 16, 0, 0), 12), // private: RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24), // protocol assignments: RFC 6890 section 2.1
    (Ipv4Addr::new(192, 0, 2, 0), 24), // documentation: RFC 5737
    (Ipv4Addr::new(192, 88, 99, 0), 24), // relays of 6to4: RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16), // private: RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15), // benchmarking: RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation: RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24), // documentation: RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4), // multicast: RFC 1112 section 4
    (Ipv4Addr::new(240, 0, 0, 0), 4), // reserved, with the broadcast address: RFC 1112, RFC 919
];

/// The only IPv6 network that global unicast addresses are assigned from: RFC 4291 section 2.4 and IANA's
/// registry. Outside it are loopback, `::`, IPv4-compatible and IPv4-mapped addresses, NAT64 (RFC 6052,
/// RFC 8215), discard (RFC 6666), unique local (RFC 4193), link-local, site-local (RFC 3879) and multicast.
const GLOBAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is not public within [`GLOBAL`].
const IPV6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocols, with Teredo: RFC 2928, RFC 4380
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation: RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: RFC 3056
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation: RFC 9637
];

/// The addresses that a [`Fetcher`](super::Fetcher) connects to: those that are public, and those that the
/// operator names.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    named: Vec<IpAddr>,
}

impl Addresses {
    /// Permits an address that is not public. Tests need one, and so does a server that is to fetch the
    /// feeds of a private network.
    #[must_use]
    pub fn with(mut self, address: IpAddr) -> Self {
        self.named.push(address);
        self
    }

    /// Whether the address is public, or was named.
    ///
    /// An IPv6 address that contains an IPv4 address is never public: a translator or a tunnel could
    /// lead anywhere.
    ///
    /// ```
    /// use feed_manager::fetch::Addresses;
    /// use std::net::IpAddr;
    ///
    /// let [loopback, metadata, public] =
    ///     ["127.0.0.1", "169.254.169.254", "9.9.9.9"].map(|text| text.parse::<IpAddr>().unwrap());
    /// let addresses = Addresses::default();
    /// assert!(addresses.permit(public) && !addresses.permit(loopback) && !addresses.permit(metadata));
    /// assert!(addresses.with(loopback).permit(loopback));
    /// ```
    #[must_use]
    pub fn permit(&self, address: IpAddr) -> bool {
        is_public(address) || self.named.contains(&address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !IPV4.iter().any(|&network| is_in_v4(address, network)),
        IpAddr::V6(address) => {
            is_in_v6(address, GLOBAL) && !IPV6.iter().any(|&network| is_in_v6(address, network))
        }
    }
}

fn is_in_v4(address: Ipv4Addr, (network, length): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

fn is_in_v6(address: Ipv6Addr, (network, length): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6890_an_address_of_special_purpose_is_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            // IPv6: unspecified, loopback, IPv4-compatible, IPv4-mapped and -translated.
            "::",
            "::1",
            "::127.0.0.1",
            "::9.9.9.9",
            "::ffff:127.0.0.1",
            "::ffff:9.9.9.9",
            "::ffff:0:9.9.9.9",
            // NAT64 by its well-known and its local prefix, discard, Teredo, ORCHID, benchmarking.
            "64:ff9b::169.254.169.254",
            "64:ff9b::9.9.9.9",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:53aa:64c::1",
            "2001:2::1",
            "2001:20::1",
            "2001:1ff:ffff::1",
            // Documentation, 6to4, segment routing, unique local with a metadata service, link-local,
            // site-local, multicast.
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "2002:7f00:1::",
            "2002:909:909::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "1fff::1",
        ] {
            let parsed: IpAddr = address.parse().unwrap();
            assert!(!Addresses::default().permit(parsed), "{address}");
            assert!(Addresses::default().with(parsed).permit(parsed), "{address}");
        }
    }

    #[test]
    fn rfc6890_the_neighbours_of_these_networks_are_public() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2001:ffff::1",
            "2003::1",
            "2606:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::1",
        ] {
            assert!(Addresses::default().permit(address.parse().unwrap()), "{address}");
        }
    }
}
