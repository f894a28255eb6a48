//! Reading a multipart in two ways, for comparison.

use multipart_package::{Decoder, Diagnostic, Error, Event, Reader, Rule, Step};

/// What a reading gave.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Head and body of each part that is whole.
    pub parts: Vec<(Vec<u8>, Vec<u8>)>,
    /// A part that was begun and is not whole; a slice reader gives none.
    pub begun: Option<(Vec<u8>, Vec<u8>)>,
    /// What was tolerated.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the reading ended early.
    pub error: Option<Error>,
}

impl Outcome {
    /// The rules of the diagnostics.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.diagnostics.iter().map(Diagnostic::rule).collect()
    }

    #[must_use]
    /// Whether a reading in chunks gave what a reading as a whole did, but for a part cut short.
    pub fn agrees_with(&self, whole: &Self) -> bool {
        self.parts == whole.parts
            && self.error == whole.error
            && self.diagnostics == whole.diagnostics
            && (self.begun.is_none() || self.error.is_some())
    }
}

/// Reads with the slice reader.
#[must_use]
pub fn whole(reader: &Reader, input: &[u8]) -> Outcome {
    let mut parts = reader.parts(input);
    let mut outcome = Outcome { parts: vec![], begun: None, diagnostics: vec![], error: None };
    for part in parts.by_ref() {
        match part {
            Ok(part) => outcome.parts.push((part.head().as_bytes().to_vec(), part.body().to_vec())),
            Err(error) => outcome.error = Some(error),
        }
    }
    outcome.diagnostics = parts.diagnostics().as_slice().to_vec();
    outcome
}

/// Reads with the push machine, fed chunk by chunk as it asks for them.
///
/// # Panics
/// When the events of a part are out of order, or a decoder that failed goes on.
pub fn in_chunks<'a>(reader: &Reader, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut chunks = chunks.into_iter();
    drain([reader.decoder(), reader.decoder()], |decoders| match chunks.next() {
        Some(chunk) => {
            let chunk = bytes::Bytes::copy_from_slice(chunk);
            decoders.iter_mut().for_each(|decoder| decoder.push(chunk.clone()));
        }
        None => decoders.iter_mut().for_each(Decoder::finish),
    })
}

/// Reads with the push machine, fed all chunks and told the end before the first step.
///
/// # Panics
/// As [`in_chunks`], and when more is asked for.
pub fn finished_early<'a>(reader: &Reader, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoders = [reader.decoder(), reader.decoder()];
    for chunk in chunks {
        let chunk = bytes::Bytes::copy_from_slice(chunk);
        decoders.iter_mut().for_each(|decoder| decoder.push(chunk.clone()));
    }
    decoders.iter_mut().for_each(Decoder::finish);
    drain(decoders, |_| unreachable!("all was fed, and the end was told"))
}

/// Whether a step that lends its octets gives what a step that owns them gives.
fn lends(step: &Result<Step, Error>, lent: Result<Step<&[u8]>, Error>) -> bool {
    match (step, lent) {
        (Ok(Step::Event(Event::Head(head))), Ok(Step::Event(Event::Head(lent)))) => {
            head.borrow() == lent
        }
        (Ok(Step::Event(Event::Body(body))), Ok(Step::Event(Event::Body(lent)))) => body == lent,
        (Ok(Step::Event(Event::End)), Ok(Step::Event(Event::End)))
        | (Ok(Step::NeedInput), Ok(Step::NeedInput))
        | (Ok(Step::Done), Ok(Step::Done)) => true,
        (Ok(Step::Event(Event::Lost(lost))), Ok(Step::Event(Event::Lost(lent)))) => *lost == lent,
        (Err(error), Err(lent)) => *error == lent,
        _ => false,
    }
}

/// Reads with two decoders that are fed alike. The second one lends its octets at every step that is
/// not the third.
fn drain(mut decoders: [Decoder; 2], mut feed: impl FnMut(&mut [Decoder; 2])) -> Outcome {
    let mut outcome = Outcome { parts: vec![], begun: None, diagnostics: vec![], error: None };
    for number in 1_u64.. {
        let [decoder, lender] = &mut decoders;
        let step = decoder.step();
        if number % 3 == 0 {
            assert_eq!(step, lender.step(), "both own the octets");
        } else {
            assert!(lends(&step, lender.step_borrowed()), "what is lent is not {step:?}");
        }
        assert_eq!(decoder.position(), lender.position());
        match step {
            Ok(Step::Event(Event::Head(head))) => {
                assert_eq!(outcome.begun, None, "a part begins within a part");
                outcome.begun = Some((head.as_bytes().to_vec(), vec![]));
            }
            Ok(Step::Event(Event::Body(octets))) => {
                assert!(!octets.is_empty(), "a body chunk is empty");
                outcome.begun.as_mut().expect("a body follows a head").1.extend_from_slice(&octets);
            }
            Ok(Step::Event(Event::Lost(lost))) => unreachable!("{lost:?} is lost, unasked"),
            Ok(Step::Event(Event::End)) => {
                outcome.parts.push(outcome.begun.take().expect("an end follows a head"));
            }
            Ok(Step::NeedInput) => feed(&mut decoders),
            Ok(Step::Done) => break,
            Err(error) => {
                assert_eq!(decoder.step(), Err(error.clone()), "a decoder is fused after an error");
                outcome.error = Some(error);
                break;
            }
        }
    }
    let [decoder, lender] = &decoders;
    assert_eq!(decoder.diagnostics(), lender.diagnostics());
    outcome.diagnostics = decoder.diagnostics().as_slice().to_vec();
    outcome
}
