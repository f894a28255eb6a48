//! Telling how an input begins.

use crate::checks::Checks;
use crate::delimiter::{At, Delimiter, Line, Window};
use crate::error::{Error, ErrorKind};
use crate::head::scan::{HeadScan, Scanned};
use crate::limits::Limits;
use crate::reader::Opening;
use crate::rule::Rule;
use crate::tolerance::Tolerance;

/// A look at the beginning that can stop at any octet and go on when there are more.
#[derive(Debug)]
pub(crate) struct Opener {
    opening: Opening,
    probe: HeadScan,
    probe_checks: Checks,
}

/// How the input begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Opened {
    /// The window ends too early to tell.
    Incomplete,
    /// With a delimiter line.
    Line(Line),
    /// With the first part's head.
    Implied,
    /// With a preamble.
    Preamble,
}

impl Opener {
    pub(crate) fn new(opening: Opening, checks: &Checks) -> Self {
        // The probe only asks whether this is a head; what a head breaks is told when it is read.
        let limits = match opening {
            Opening::Auto => checks.limits,
            // Here it is asked for an advice's sake alone: that is not worth much memory.
            Opening::Delimiter | Opening::Implied => modest(checks.limits),
        };
        let probe_checks = Checks::new(Tolerance::ALL, limits.diagnostics(0));
        Self { opening, probe: HeadScan::new(), probe_checks }
    }

    /// Looks at a window that begins where the input begins, each time with more in it.
    pub(crate) fn advance(
        &mut self,
        window: Window<'_>,
        delimiter: &Delimiter,
        checks: &mut Checks,
    ) -> Result<Opened, Error> {
        match delimiter.at(window, 0, checks)? {
            At::Line(line) => return Ok(Opened::Line(line)),
            At::Incomplete => return Ok(Opened::Incomplete),
            At::Other if self.opening == Opening::Implied => return Ok(Opened::Implied),
            At::Other => {}
        }
        let scanned = self.probe.advance(window, Some(delimiter), &mut self.probe_checks);
        let describes_entity = self.probe.seen().describes_entity();
        let auto = self.opening == Opening::Auto;
        match scanned {
            Ok(Scanned::Incomplete) if !window.last => return Ok(Opened::Incomplete),
            Ok(Scanned::Blank { .. }) if describes_entity && auto => return Ok(Opened::Implied),
            Err(error)
                if describes_entity && auto && matches!(error.kind(), ErrorKind::Limit(_)) =>
            {
                return Err(error);
            }
            _ => {}
        }
        if describes_entity {
            let line = window.octets.split_inclusive(|&octet| octet == b'\n').next();
            checks.breach(Rule::PreambleLooksLikeHead, window.base, line.unwrap_or_default())?;
        }
        Ok(Opened::Preamble)
    }
}

/// These limits, a head no larger than by default.
fn modest(limits: Limits) -> Limits {
    let default = Limits::default();
    limits
        .head_octets(limits.head_octets.min(default.head_octets))
        .field_octets(limits.field_octets.min(default.field_octets))
        .fields(limits.fields.min(default.fields))
}
