use multipart_package::{ErrorKind, Limits, Rule, Tolerance, TransferDecoder, TransferEncoding};

/// Decoding a body: what comes out does not depend on the pieces, is no longer than the body, and has
/// errors and reports within the body; strict decoding reports nothing, and under every tolerance nothing
/// is refused.
///
/// The first octet chooses the encoding, the second the size of pieces; the rest is the body.
///
/// # Panics
/// When it is otherwise.
pub fn transfer_decoding(data: &[u8]) {
    let [choice, size, body @ ..] = data else { return };
    let encoding = match choice % 3 {
        0 => TransferEncoding::Base64,
        1 => TransferEncoding::QuotedPrintable,
        _ => TransferEncoding::EightBit,
    };
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
        let (whole, reports) = decode(encoding, tolerance, body, body.len());
        let (pieces, again) = decode(encoding, tolerance, body, usize::from(*size) + 1);
        assert_eq!(whole, pieces, "{encoding:?}");
        assert_eq!(reports, again, "{encoding:?}");
        match whole {
            Ok(octets) => {
                assert!(octets.len() <= body.len());
                assert!(tolerance != Tolerance::STRICT || reports.is_empty());
            }
            Err((kind, offset)) => {
                assert!(offset <= body.len() as u64);
                assert_ne!(tolerance, Tolerance::ALL, "{kind:?} at {offset}");
            }
        }
        assert!(reports.iter().all(|(_, offset)| *offset <= body.len() as u64));
    }
}

/// What came out, or the rule that was violated and where, and what was reported, in order. An excerpt
/// shows what follows in the same piece, so it is left out.
type Decoded = (Result<Vec<u8>, (ErrorKind, u64)>, Vec<(Rule, u64)>);

/// What is decoded from pieces of this size, and what is reported, in order.
fn decode(
    encoding: TransferEncoding<'_>,
    tolerance: Tolerance,
    body: &[u8],
    size: usize,
) -> Decoded {
    let decoder = TransferDecoder::new(encoding).unwrap();
    let mut decoder = decoder.tolerance(tolerance).limits(Limits::unlimited());
    let mut out = Vec::new();
    let mut outcome = Ok(());
    for piece in body.chunks(size.max(1)) {
        outcome = outcome.and_then(|()| decoder.push(piece, &mut out));
    }
    let outcome = outcome.and_then(|()| decoder.finish(&mut out));
    let reports = decoder.diagnostics().iter().map(|one| (one.rule(), one.span().start)).collect();
    (outcome.map(|()| out).map_err(|error| (error.kind(), error.offset())), reports)
}
