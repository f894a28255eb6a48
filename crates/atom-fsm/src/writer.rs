//! The writer of documents, with its settings.

use crate::correction::{Correction, Corrections};
use crate::error::Error;
use crate::limits::Limits;
use crate::reporting::{Diagnostics, Tolerance};
use crate::root::Root;
use crate::settings::{Settings, Stage};
use crate::xml::XmlWriter;

/// Writes documents that a strict [`Reader`](crate::Reader) of the same [`Stage`] accepts, and
/// refuses any other value, unless it is given a [`tolerance`](Self::tolerance) or a
/// [`correction`](Self::correction).
///
/// ```
/// use atom_fsm::{Correction, Rule, Stage, Tolerance, Writer, atom::{Entry, Link}};
///
/// let entry = Entry::new().with_title("A").with_link(Link::new("http://example.org/"));
/// let text = Writer::new().stage(Stage::Submitted).to_string(&entry)?;
/// assert_eq!(
///     text,
///     "<entry xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title>\
///      <link href=\"http://example.org/\"/></entry>"
/// );
/// let error = Writer::new().to_string(&entry).unwrap_err();
/// assert_eq!(error.kind(), atom_fsm::ErrorKind::Rule(Rule::EntryId));
/// assert_eq!(error.path(), Some("/entry"));
///
/// // Under the tolerance of a reader, what that reader read can be written again.
/// let mut out = Vec::new();
/// let diagnostics = Writer::new().tolerance(Tolerance::DRAFTS).write(&entry, &mut out)?;
/// assert_eq!(diagnostics.as_slice()[0].rule(), Rule::EntryId);
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Writer {
    pub(crate) settings: Settings,
    declaration: Declaration,
    pub(crate) namespaces: Vec<(String, String)>,
}

impl Default for Writer {
    fn default() -> Self {
        let settings = Settings { tolerance: Tolerance::STRICT, ..Settings::default() };
        Self { settings, declaration: Declaration::default(), namespaces: Vec::new() }
    }
}

/// Whether a document begins with an XML declaration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Declaration {
    /// The document has no XML declaration, which means UTF-8. This is the default.
    #[default]
    Omitted,
    /// The document begins with `<?xml version="1.0" encoding="UTF-8"?>` and a line feed.
    Written,
}

impl Writer {
    /// Returns a writer of documents as a server stores them, without an XML declaration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the documents are written as a server stores them or as a client submits them.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.settings.stage = stage;
        self
    }

    /// Sets which violations are reported instead of refused. The default is
    /// [`Tolerance::STRICT`]. What is written is well-formed with namespaces under any tolerance, and
    /// a value that was read is read again as the same value under the tolerance that it was read
    /// and written under.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.settings.tolerance = tolerance;
        self
    }

    /// Adds a correction: violations of its rules are mended in what is written, and reported.
    ///
    /// ```
    /// use atom_fsm::{Correction, Rule, Stage, Writer, atom::{Content, Entry}};
    ///
    /// let entry = Entry::new().with_content(Content::text("a"));
    /// let writer = Writer::new().stage(Stage::Submitted).correction(Correction::MissingTitles);
    /// let mut out = Vec::new();
    /// let diagnostics = writer.write(&entry, &mut out)?;
    /// assert_eq!(diagnostics.as_slice()[0].correction(), Some(Correction::MissingTitles));
    /// assert!(String::from_utf8_lossy(&out).contains("<title/>"));
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    pub fn correction(mut self, correction: Correction) -> Self {
        self.settings.corrections = self.settings.corrections.with(correction);
        self
    }

    /// Sets whether documents begin with an XML declaration.
    pub fn declaration(mut self, declaration: Declaration) -> Self {
        self.declaration = declaration;
        self
    }

    /// Declares a prefix on the root of a feed that is written entry by entry ([`Writer::feed`]), so that
    /// entries which use it can be passed on without an addition. It has no effect if the prefix is
    /// empty or declared already, and none on other documents. A prefix that cannot be declared is
    /// refused when the feed begins: [`Rule::Name`](crate::Rule::Name),
    /// [`Rule::PrefixReserved`](crate::Rule::PrefixReserved).
    pub fn namespace(mut self, prefix: &str, namespace: &str) -> Self {
        if !prefix.is_empty() {
            self.namespaces.push((prefix.to_owned(), namespace.to_owned()));
        }
        self
    }

    /// Sets how many diagnostics are kept, [`Limits::diagnostics`], and among how many entries
    /// [`feed`](Self::feed) reports one that repeats another, [`Limits::revision_octets`]. The other limits
    /// have no effect on a writer.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Appends a document to `out`, and reports each violation that was tolerated or mended, and all
    /// advice. On an error, `out` is left as it was.
    ///
    /// # Errors
    /// When the document violates a rule that is not tolerated. The error names the rule and the path.
    pub fn write<'a>(&self, root: &impl Root<'a>, out: &mut Vec<u8>) -> Result<Diagnostics, Error> {
        let mut writer = XmlWriter::new(out, self.settings);
        self.begin(&mut writer);
        let written = root.write_root(&mut writer);
        writer.finish(written)
    }

    /// Writes what is before the root.
    pub(crate) fn begin(&self, writer: &mut XmlWriter<'_>) {
        if self.declaration == Declaration::Written {
            writer.declaration();
        }
    }

    /// Writes a document to a new vector of octets, without its diagnostics.
    ///
    /// # Errors
    /// Those of [`write`](Self::write).
    pub fn to_vec<'a>(&self, root: &impl Root<'a>) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.write(root, &mut out)?;
        Ok(out)
    }

    /// Writes a document to a new string, without its diagnostics.
    ///
    /// # Errors
    /// Those of [`write`](Self::write).
    pub fn to_string<'a>(&self, root: &impl Root<'a>) -> Result<String, Error> {
        let out = self.to_vec(root)?;
        // What is written is text throughout: this copies nothing.
        Ok(String::from_utf8(out)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Checks a document without writing it. Every violation is reported with its path, advice
    /// included, up to [`Limits::diagnostics`].
    ///
    /// # Errors
    /// When the document contains what no document may contain, such as a control character.
    pub fn check<'a>(&self, root: &impl Root<'a>) -> Result<Diagnostics, Error> {
        let settings = Settings {
            tolerance: Tolerance::ALL,
            corrections: Corrections::default(),
            ..self.settings
        };
        let mut out = Vec::new();
        let mut writer = XmlWriter::new(&mut out, settings);
        let written = root.write_root(&mut writer);
        writer.finish(written)
    }
}
