//! The addresses that a request came by, as proxies state them.

use http::HeaderMap;
use http::header::FORWARDED;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, satisfy, space0};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::{many0_count, separated_list0, separated_list1};
use nom::sequence::{delimited, preceded, separated_pair};
use nom::{IResult, Parser as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses, the client's first. `None` stands for one that a proxy does not state.
pub(super) type Hops = Vec<Option<IpAddr>>;

/// Reads the fields `Forwarded` (RFC 7239). `None` if there is none, and no hops if one of them is malformed.
pub(super) fn forwarded(headers: &HeaderMap) -> Option<Hops> {
    let mut fields = headers.get_all(FORWARDED).iter().peekable();
    fields.peek()?;
    let read = fields.map(|field| {
        let (_, nodes) = all_consuming(elements).parse(field.to_str().ok()?).ok()?;
        Some(nodes)
    });
    let nodes: Option<Vec<_>> = read.collect();
    Some(nodes.unwrap_or_default().into_iter().flatten().map(|it| address(&it?)).collect())
}

/// Reads the fields `X-Forwarded-For`: addresses between commas, which some proxies write with a port. `None`
/// if there is none.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Option<Hops> {
    let mut fields = headers.get_all("x-forwarded-for").iter().peekable();
    fields.peek()?;
    let texts = fields.flat_map(|field| field.to_str().unwrap_or_default().split(','));
    Some(texts.map(|text| address(text.trim_matches([' ', '\t']))).collect())
}

/// `nodename [ ":" node-port ]` (RFC 7239 section 6), or an IPv6 address without brackets. `None` for
/// `unknown` and for an obfuscated name.
fn address(node: &str) -> Option<IpAddr> {
    let address = match node.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => IpAddr::V6(address.parse::<Ipv6Addr>().ok()?),
        None => match node.parse::<Ipv6Addr>() {
            Ok(address) => IpAddr::V6(address),
            Err(_) => IpAddr::V4(node.split(':').next()?.parse::<Ipv4Addr>().ok()?),
        },
    };
    Some(address.to_canonical())
}

/// `1#forwarded-element` (RFC 7239 section 4): of each the value of its parameter `for`, if it has one.
fn elements(input: &str) -> IResult<&str, Vec<Option<String>>> {
    let comma = delimited(space0, char(','), space0);
    delimited(space0, separated_list1(comma, element), space0).parse(input)
}

/// `forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )`
fn element(input: &str) -> IResult<&str, Option<String>> {
    let semicolon = delimited(space0, char(';'), space0);
    let (rest, pairs) = separated_list0(semicolon, opt(pair)).parse(input)?;
    let mut pairs = pairs.into_iter().flatten();
    Ok((rest, pairs.find(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, value)| value)))
}

/// `forwarded-pair = token "=" value`
fn pair(input: &str) -> IResult<&str, (&str, String)> {
    let value = alt((quoted_string, token.map(str::to_owned)));
    separated_pair(token, char('='), value).parse(input)
}

/// `token` (RFC 9110 section 5.6.2)
fn token(input: &str) -> IResult<&str, &str> {
    let is_tchar = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
    take_while1(is_tchar)(input)
}

/// `quoted-string` (RFC 9110 section 5.6.4)
fn quoted_string(input: &str) -> IResult<&str, String> {
    let is_plain = |it: char| it != '"' && it != '\\';
    let pair = preceded(char('\\'), satisfy(|_| true));
    let octets = (take_while(is_plain), many0_count((pair, take_while(is_plain))));
    let (rest, text) = delimited(tag("\""), recognize(octets), tag("\"")).parse(input)?;
    let mut unquoted = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        unquoted.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    Ok((rest, unquoted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    fn shown(hops: Option<Hops>) -> Option<String> {
        let show = |hop: Option<IpAddr>| hop.map_or("-".to_owned(), |it| it.to_string());
        hops.map(|hops| hops.into_iter().map(show).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn rfc7239_4_the_nodes_are_those_of_the_parameter_for() {
        for (values, expected) in [
            (&[][..], None),
            (&["for=192.0.2.43"], Some("192.0.2.43")),
            (&["For=\"[2001:db8:cafe::17]:4711\""], Some("2001:db8:cafe::17")),
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"], Some("192.0.2.60")),
            (&["for=192.0.2.43, for=198.51.100.17"], Some("192.0.2.43 198.51.100.17")),
            (&["for=192.0.2.43", "for=198.51.100.17"], Some("192.0.2.43 198.51.100.17")),
            (&["for=_gazonk", "proto=http, for=unknown"], Some("- - -")),
            (&["for=\"192.0.2.1:80\" ; ; proto=\"a\\\"b, for=192.0.2.9\""], Some("192.0.2.1")),
            (&["for=\"\\192.0.2.1\""], Some("192.0.2.1")),
            (&["for=\"::ffff:192.0.2.1\""], Some("192.0.2.1")),
            // A list of which a part is malformed says nothing.
            (&["for=\"192.0.2.1"], Some("")),
            (&["for=\"192.0.2.1", "for=192.0.2.2"], Some("")),
            (&["for=192.0.2.1:80"], Some("")),
            (&["for = 192.0.2.1"], Some("")),
        ] {
            let hops = forwarded(&headers("forwarded", values));
            assert_eq!(shown(hops).as_deref(), expected, "{values:?}");
        }
    }

    #[test]
    fn x_forwarded_for_has_addresses_with_and_without_ports() {
        for (values, expected) in [
            (&[][..], None),
            (&["192.0.2.1, 2001:db8::1"], Some("192.0.2.1 2001:db8::1")),
            (&["192.0.2.1:80", "[2001:db8::1]:80"], Some("192.0.2.1 2001:db8::1")),
            (&["evil, 192.0.2.1"], Some("- 192.0.2.1")),
            (&["", "::ffff:192.0.2.1"], Some("- 192.0.2.1")),
        ] {
            let hops = x_forwarded_for(&headers("x-forwarded-for", values));
            assert_eq!(shown(hops).as_deref(), expected, "{values:?}");
        }
    }
}
