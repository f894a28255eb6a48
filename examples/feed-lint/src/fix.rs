//! Mending one document.

use crate::lint::{Lint, Options, lint};
use atom_fsm::{
    Correction, Declaration, Diagnostic, Document, Error, Limits, Reader, Tolerance, Writer,
};

/// A document that was mended.
#[derive(Debug)]
pub struct Fixed {
    /// The document, or what it was where there was nothing to be mended.
    pub document: Vec<u8>,
    /// What was repaired when it was read, and what was corrected when it was written.
    pub mended: Vec<Diagnostic>,
    /// Whether octets that are wrong in the document's encoding were replaced.
    pub is_replaced: bool,
    /// What is still wrong with it.
    pub left: Lint,
}

/// Mends a document: reads it under repair, and writes it with every correction.
///
/// # Errors
/// When it cannot be read even so, such as a document that is cut.
pub fn fix(source: &[u8], options: Options) -> Result<Fixed, Error> {
    let limits = Limits::default().diagnostics(1000);
    let reader = Reader::new().repair().stage(options.stage).limits(limits);
    let decoded = reader.decode(source, None)?;
    let reading = reader.read::<Document<'_>>(&decoded)?;
    let is_repaired = reading.is_repaired() || decoded.is_repaired();
    let is_repair = |one: &&Diagnostic| one.rule().name().starts_with("repaired-");
    let mut mended: Vec<_> = reading.diagnostics().iter().filter(is_repair).cloned().collect();
    let writer = Writer::new()
        .stage(options.stage)
        .limits(limits)
        .tolerance(Tolerance::ALL)
        .declaration(Declaration::Written);
    let writer = Correction::ALL.iter().fold(writer, |writer, one| writer.correction(*one));
    let mut document = Vec::new();
    let written = writer.write(reading.document(), &mut document)?;
    mended.extend(written.iter().filter(|one| one.correction().is_some()).cloned());
    // What a reader leaves out, such as white space around an IRI, no diagnostic of the writer names.
    let before = lint(source, options).counts().0;
    let left = lint(&document, options);
    if mended.is_empty() && !is_repaired && before == left.counts().0 {
        return Ok(Fixed { document: source.to_vec(), is_replaced: false, mended, left });
    }
    Ok(Fixed { document, is_replaced: decoded.is_repaired(), mended, left })
}
