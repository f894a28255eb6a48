//! Inputs that are made to take long. The test counts the octets that are scanned.

use crate::link_field::scan;
use crate::{Limits, Link, Reader, Tolerance};

/// Octets of each input: enough that quadratic work is thousands of times the linear.
const N: usize = 1 << 14;

#[test]
fn hostile_inputs_are_read_in_linear_time() {
    let repeated = |head: &str, piece: &str| head.to_owned() + &piece.repeat(N / piece.len());
    for value in [
        repeated("", ","),
        repeated("", ", "),
        repeated("", " "),
        repeated("", "<"),
        repeated("", "<,"),
        repeated("", "<a,"),
        repeated("", "<a>,"),
        repeated("", "<a>"),
        repeated("", "<>,<"),
        repeated("", "\""),
        repeated("", "\"\\"),
        repeated("", ",\"\\\""),
        repeated("\"", "\\\","),
        repeated("\"", ",<\\\""),
        repeated("\"", ",<a>;b=\\\""),
        repeated("x\"", "\\\",<a>;b=\"\\"),
        repeated("<a>;b=\"", "\\\""),
        repeated("<a>;b=\"", ",<a>;b=\\\""),
        repeated("", "<a>;b=\","),
        repeated("", "<a>;b=\"\\\","),
        repeated("<a>", ";"),
        repeated("<a>", "; "),
        repeated("<a>", "x;"),
        repeated("<a>", ";rel=b"),
        repeated("<a>", ";title*=UTF-8''%41"),
        repeated("<a>;title*=UTF-8''", "%41"),
        repeated("<a>;rel=\"", "b "),
        repeated("<a>", ";anchor=<"),
        repeated("<a>;anchor=<", "b"),
        repeated("<a>;anchor=<", ","),
        repeated("<a>;anchor=\"", "\\a") + "\"",
        repeated("<a>;rel=\"", "\\a ") + "\"",
        repeated("<a>;rel=\"", "x:") + "\"",
        repeated("<a>;rel=x;b", " ") + "=c",
        repeated("<a>;rel=x;b=c", " \t"),
        repeated("<", "a/") + ">",
        repeated("<//", "a:@") + ">",
        repeated("<a>;rel=b", "\r\n "),
        repeated("<a>;rel=b,", "\x01"),
        repeated("<a>;rel=b", "\x01"),
        repeated("<a>;rel=b", "\x01;"),
        repeated("<a>;rel=b", " \x01 c"),
        repeated("<a>;rel=b", " <"),
        repeated("<a>;rel=b", " <c"),
        repeated("<a>;rel=b", " <c>"),
        repeated("<a>;rel=b", "<c> "),
        repeated("<a>;rel=b", " <c>;"),
        repeated("<a>;rel=b", ";<c>"),
        repeated("<a>;rel=b", ";c<d"),
        repeated("<a>;rel=b", ";c<d>"),
        repeated("<a>;rel=b", " x=\""),
        repeated("<a>;rel=b", " x=\"\\"),
        repeated("<a>;rel=b", "; x=<"),
        repeated("<a>", " "),
        repeated("<a>", " x"),
        repeated("<a>", " x=\"y\""),
        repeated("<a> ", "x"),
        repeated("junk", "<"),
        repeated("junk", " <b "),
        repeated("junk", "<b>x"),
        repeated("junk", " <b> <"),
        repeated("junk", ", <b"),
        repeated("junk", " x=\""),
        repeated("junk", ",\"\\"),
        repeated("junk\"", ",<\\\""),
        repeated("junk", "\",<\\"),
        repeated("junk=", "\",<\\"),
        repeated("junk", "=\"\\"),
        repeated("", "a=\""),
        repeated("", "<;a=\""),
        repeated("", ",<;=\"\\"),
        repeated("<", " "),
    ] {
        for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
            let limits = Limits::unlimited();
            let mut links =
                Reader::new().tolerance(tolerance).limits(limits).links(value.as_bytes());
            let before = scan::looked_at();
            let read: Vec<_> = links.by_ref().flatten().collect();
            let scanned = scan::looked_at() - before;
            assert!(scanned <= 10 * value.len(), "{scanned} octets of {}", &value[..24]);
            let pieces = |link: &Link<'_>| link.rel().count() + link.parameters().count();
            let pieces: usize = read.iter().map(pieces).sum();
            assert!(read.len() + pieces <= 3 * value.len(), "{pieces} of {}", &value[..24]);
            assert!(links.diagnostics().len() as u64 <= limits.diagnostics);
        }
    }
}
