//! The checks at the edges of parts that all readers share.

use crate::checks::Checks;
use crate::error::Error;
use crate::head::scan::{Length, Seen};
use crate::limits::Limit;
use crate::rule::Rule;

/// Refuses a preamble that reaches beyond its limit.
pub(crate) fn check_preamble(octets: u64, checks: &Checks) -> Result<(), Error> {
    let bound = checks.limits.preamble_octets;
    checks.at_most(Limit::PreambleOctets, bound, octets, bound)
}

/// Reports a preamble that ends at an opening delimiter.
pub(crate) fn report_preamble(octets: u64, checks: &mut Checks) -> Result<(), Error> {
    check_preamble(octets, checks)?;
    if octets > 0 { checks.report(Rule::PreambleNotEmpty, 0..octets) } else { Ok(()) }
}

/// Refuses one part too many; `number` counts from 0.
#[inline]
pub(crate) fn check_part(number: u64, offset: u64, checks: &Checks) -> Result<(), Error> {
    checks.at_most(Limit::Parts, checks.limits.parts, number.saturating_add(1), offset)
}

/// The length that frames a body. Where it is above the limit, its claim is what is refused: the
/// input may not have so many octets.
pub(crate) fn framing_length(seen: Seen, body_offset: u64, checks: &Checks) -> Result<u64, Error> {
    match seen.length {
        Length::Octets(octets) => {
            let (bound, claimed_at) = (checks.limits.body_octets, seen.length_span.0);
            checks.at_most(Limit::BodyOctets, bound, octets, claimed_at)?;
            Ok(octets)
        }
        Length::Absent | Length::Unreadable => {
            Err(Error::rule(Rule::LengthMissing, body_offset, b""))
        }
    }
}

/// Refuses a body above its limit.
#[inline]
pub(crate) fn check_body(octets: u64, body_offset: u64, checks: &Checks) -> Result<(), Error> {
    let bound = checks.limits.body_octets;
    checks.at_most(Limit::BodyOctets, bound, octets, body_offset.saturating_add(bound))
}

/// Compares a body with its head's claim.
#[inline]
pub(crate) fn check_length(seen: Seen, octets: u64, checks: &mut Checks) -> Result<(), Error> {
    match seen.length {
        Length::Octets(claimed) if claimed != octets => {
            let (start, end) = seen.length_span;
            checks.report(Rule::ContentLengthDiffers, start..end)
        }
        _ => Ok(()),
    }
}

/// Refuses an epilogue that reaches beyond its limit.
pub(crate) fn check_epilogue(octets: u64, start: u64, checks: &Checks) -> Result<(), Error> {
    let bound = checks.limits.epilogue_octets;
    checks.at_most(Limit::EpilogueOctets, bound, octets, start.saturating_add(bound))
}

/// Reports an epilogue at the end of the input.
pub(crate) fn report_epilogue(octets: u64, start: u64, checks: &mut Checks) -> Result<(), Error> {
    check_epilogue(octets, start, checks)?;
    if octets > 0 { checks.report(Rule::EpilogueNotEmpty, start..start + octets) } else { Ok(()) }
}
