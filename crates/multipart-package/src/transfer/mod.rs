//! Decoding bodies from their Content-Transfer-Encoding (RFC 2045 section 6), piece by piece.

mod base64;
mod line;
mod quoted_printable;

use crate::error::Error;
use crate::field::transfer_encoding::TransferEncoding;
use crate::limits::Limits;
use crate::report::Report;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use crate::slice::Part;
use bytes::BufMut;
use std::borrow::Cow;

/// Decodes a body from its Content-Transfer-Encoding, piece by piece.
///
/// The octets that come out do not depend on how the body is cut into pieces. The decoder holds at
/// most some KiB of the body, and white space that may be at the end of a line, of which
/// [`Limits::white_space_octets`] is the limit. After an error, each call returns that error again.
///
/// ```
/// use multipart_package::{TransferDecoder, TransferEncoding};
///
/// let (mut decoder, mut out) = (TransferDecoder::new(TransferEncoding::Base64)?, Vec::new());
/// decoder.push(b"aGVs", &mut out)?;
/// decoder.push(b"bG8=\r\n", &mut out)?;
/// decoder.finish(&mut out)?;
/// assert_eq!(out, b"hello");
/// # Ok::<(), multipart_package::Error>(())
/// ```
///
/// | rule | if it is tolerated |
/// |---|---|
/// | [`Rule::TransferEncodingLine`] | nothing is read differently |
/// | [`Rule::Base64Syntax`] | the character is skipped |
/// | [`Rule::Base64Padding`] | a group that is cut is decoded as far as it goes, bits that are not zero and a `=` out of place are skipped, and what follows the padding is decoded, too |
/// | [`Rule::QuotedPrintableForm`] | lowercase digits are read; a line break is given as written; a `=` at the end of the body stands for nothing |
/// | [`Rule::QuotedPrintableSyntax`] | a `=` without two digits is given as written; an octet that is not printable is skipped |
#[derive(Debug, Clone)]
#[cfg_attr(docsrs, doc(cfg(feature = "transfer-encoding")))]
pub struct TransferDecoder {
    encoding: Encoding,
    report: Report,
    offset: u64,
    error: Option<Error>,
}

#[derive(Debug, Clone)]
enum Encoding {
    Identity,
    Base64(base64::Base64),
    QuotedPrintable(quoted_printable::QuotedPrintable),
}

impl TransferDecoder {
    /// Begins to decode a body under [`Tolerance::DRAFTS`].
    ///
    /// # Errors
    /// [`Rule::TransferEncodingUnknown`] for [`TransferEncoding::Other`].
    pub fn new(encoding: TransferEncoding<'_>) -> Result<Self, Error> {
        let encoding = match encoding {
            TransferEncoding::Base64 => Encoding::Base64(base64::Base64::default()),
            TransferEncoding::QuotedPrintable => {
                Encoding::QuotedPrintable(quoted_printable::QuotedPrintable::default())
            }
            TransferEncoding::Other(name) => {
                let rule = Rule::TransferEncodingUnknown;
                return Err(Error::violation(rule, 0, name.as_bytes()));
            }
            _ => Encoding::Identity,
        };
        let report = Report::new(Tolerance::DRAFTS, Limits::default());
        Ok(Self { encoding, report, offset: 0, error: None })
    }

    /// Sets which violations are tolerated.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.report.tolerance = tolerance;
        self
    }

    /// Sets the limits, of which [`Limits::diagnostics`] and [`Limits::white_space_octets`] are used
    /// here.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.report.limits = limits;
        self
    }

    /// Sets where the body begins in the whole input: the offsets of errors and diagnostics count
    /// from there. It is 0 by default.
    #[must_use]
    pub fn body_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Decodes the next octets of the body, and appends the result to `out`.
    ///
    /// # Errors
    /// A rule of the table above that is not tolerated, or
    /// [`Limit::WhiteSpaceOctets`](crate::Limit::WhiteSpaceOctets).
    pub fn push(&mut self, octets: &[u8], out: &mut impl BufMut) -> Result<(), Error> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let (offset, report) = (self.offset, &mut self.report);
        let pushed = match &mut self.encoding {
            Encoding::Identity => {
                out.put_slice(octets);
                Ok(())
            }
            Encoding::Base64(decoder) => decoder.push(octets, offset, report, out),
            Encoding::QuotedPrintable(decoder) => decoder.push(octets, offset, report, out),
        };
        self.offset = offset.saturating_add(octets.len() as u64);
        self.fused(pushed)
    }

    /// Ends the body, and appends what was held of it to `out`.
    ///
    /// # Errors
    /// Those of [`push`](Self::push).
    pub fn finish(&mut self, out: &mut impl BufMut) -> Result<(), Error> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let (offset, report) = (self.offset, &mut self.report);
        let finished = match &mut self.encoding {
            Encoding::Identity => Ok(()),
            Encoding::Base64(decoder) => decoder.finish(offset, report, out),
            Encoding::QuotedPrintable(decoder) => decoder.finish(report, out),
        };
        self.fused(finished)
    }

    fn fused(&mut self, outcome: Result<(), Error>) -> Result<(), Error> {
        if let Err(error) = &outcome {
            self.error = Some(error.clone());
        }
        outcome
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.report.diagnostics
    }
}

impl<'a> Part<'a> {
    /// The body, decoded from its Content-Transfer-Encoding under [`Tolerance::DRAFTS`].
    ///
    /// A body that is not encoded is borrowed.
    ///
    /// # Errors
    /// Those of [`decoded_body_with`](Self::decoded_body_with).
    #[cfg_attr(docsrs, doc(cfg(feature = "transfer-encoding")))]
    pub fn decoded_body(&self) -> Result<Cow<'a, [u8]>, Error> {
        self.decoded_body_with(Tolerance::DRAFTS)
    }

    /// The body, decoded from its Content-Transfer-Encoding.
    ///
    /// A body that is not encoded is borrowed. A [`TransferDecoder`] does the same, and lists what
    /// was tolerated.
    ///
    /// # Errors
    /// [`Rule::ContentTransferEncodingSyntax`], [`Rule::TransferEncodingUnknown`], and those of a
    /// [`TransferDecoder`] with the default [`Limits`].
    #[cfg_attr(docsrs, doc(cfg(feature = "transfer-encoding")))]
    pub fn decoded_body_with(&self, tolerance: Tolerance) -> Result<Cow<'a, [u8]>, Error> {
        let encoding = self.head().content_transfer_encoding()?.unwrap_or_default();
        if encoding.is_identity() {
            return Ok(self.body().into());
        }
        let (body, value) = (self.body(), self.head().get("content-transfer-encoding"));
        let named_at = self.head().offset_of(value.unwrap_or_default());
        let body_offset = self.range().end - body.len() as u64;
        let decoder = TransferDecoder::new(encoding).map_err(|error| error.at(named_at))?;
        let mut decoder = decoder.tolerance(tolerance).body_offset(body_offset);
        let mut out = Vec::with_capacity(body.len());
        decoder.push(body, &mut out)?;
        decoder.finish(&mut out)?;
        Ok(out.into())
    }
}
