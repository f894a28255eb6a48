//! The reader of documents, with its settings.

use crate::decoding::{self, Decoded};
use crate::encoding;
use crate::error::Error;
use crate::limits::Limits;
use crate::opening;
use crate::reading::Reading;
use crate::reporting::{Diagnostics, Tolerance};
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::{Comments, Repair, Settings, Stage};
use crate::xml::{Token, XmlReader};

/// Reads documents under a tolerance, limits and a [`Stage`].
///
/// ```
/// use atom_fsm::{Reader, Rule, Stage, Tolerance, atom::Entry, namespace};
///
/// // A fragment without its namespaces, as drafts print them.
/// let source = "<entry><title>A</title><link href='http://example.org/'/><fsm:query>q=1</fsm:query></entry>";
/// let reader = Reader::new()
///     .stage(Stage::Submitted)
///     .namespace("", namespace::ATOM)
///     .namespace("fsm", namespace::FSM);
/// let reading = reader.read::<Entry<'_>>(source)?;
/// assert_eq!(reading.document().title().unwrap().value(), "A");
/// assert!(reading.diagnostics().iter().all(|one| one.rule() == Rule::NamespaceSupplied));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Reader {
    pub(crate) settings: Settings,
    pub(crate) namespaces: Vec<(String, String)>,
}

impl Reader {
    /// Returns a reader with the default tolerance and limits, for documents as a server stores
    /// them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which violations are reported instead of refused. The default is [`Tolerance::DRAFTS`].
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.settings.tolerance = tolerance;
        self
    }

    /// Sets how large a document may be. A document that exceeds a limit is refused.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets whether the documents are read as a server stores them or as a client submits them.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.settings.stage = stage;
        self
    }

    /// Sets whether the comments and processing instructions between the children of an element of
    /// Atom or AtomPub are kept. The default is [`Comments::Kept`]: each stands before the child that it
    /// stood before, or behind the last, and is counted by
    /// [`Limits::elements`](crate::Limits#structfield.elements).
    ///
    /// Those in XHTML and in elements of other vocabularies are always kept, as
    /// [`Node`](crate::xml::Node)s. Those outside the root, and those in an element that contains only
    /// text, such as an id, are always left out.
    ///
    /// ```
    /// use atom_fsm::{Comments, Reader, Stage, Writer, atom::Entry};
    ///
    /// let source = "<entry xmlns=\"http://www.w3.org/2005/Atom\"><!-- a --><title>A</title>\
    ///     <?b c?><content>d</content><!-- e --></entry>";
    /// let reader = Reader::new().stage(Stage::Submitted);
    /// let writer = Writer::new().stage(Stage::Submitted);
    ///
    /// let kept = reader.read::<Entry<'_>>(source)?.into_document();
    /// assert_eq!(writer.to_string(&kept)?, source);
    ///
    /// let without = reader.comments(Comments::Omitted).read::<Entry<'_>>(source)?.into_document();
    /// assert_eq!(without.comments().count(), 0);
    /// assert_eq!(without, kept, "comments do not count where values are compared");
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    pub fn comments(mut self, comments: Comments) -> Self {
        self.settings.comments = comments;
        self
    }

    /// Supplies the namespace of a prefix for fragments that do not declare it. The empty prefix
    /// stands for the default namespace. The first use of the prefix is reported
    /// ([`Rule::NamespaceSupplied`]).
    pub fn namespace(mut self, prefix: &str, namespace: &str) -> Self {
        self.namespaces.push((prefix.to_owned(), namespace.to_owned()));
        self
    }

    /// Repairs what is not well-formed, as feed readers must. Each repair is reported as
    /// [`Advice`](crate::Level::Advice) with its position, and [`Reading::is_repaired`] says that there
    /// was any.
    ///
    /// | the document contains | what is read | reported as |
    /// |---|---|---|
    /// | white space or the remains of a byte order mark before the declaration | nothing | [`Rule::RepairedStart`] |
    /// | a document type declaration | nothing: no entity is expanded and nothing is fetched | [`Rule::RepairedDoctype`] |
    /// | a character that XML forbids, in text, a value, a comment or an instruction | U+FFFD | [`Rule::RepairedCharacter`] |
    /// | an ampersand that begins no reference | the ampersand | [`Rule::RepairedAmpersand`] |
    /// | an entity of HTML, such as `&nbsp;` | its characters | [`Rule::RepairedHtmlEntity`] |
    /// | any other entity that is not declared | the reference as text | [`Rule::RepairedEntity`] |
    /// | a prefix that is not declared | an unbound name: [`Name::is_unbound`](crate::xml::Name::is_unbound) | [`Rule::RepairedPrefix`] |
    /// | an attribute such as `href` in Atom's own namespace | the attribute without a namespace | [`Rule::RepairedAttribute`] |
    /// | anything behind the root | nothing | [`Rule::RepairedEnd`] |
    ///
    /// Truncation is never repaired: the error is [`Rule::Incomplete`], and
    /// [`Error::partial`] is the part that was read. Any other violation stays an error.
    ///
    /// Another program may read a repaired document differently. What a page shows of it must be
    /// escaped again, or pass through a sanitiser, as anything that somebody else published. Here
    /// `sanitise` is that of a crate such as ammonia, `ammonia::clean`:
    ///
    /// ```
    /// use atom_fsm::atom::{Entry, Text, TextType};
    /// use atom_fsm::{Error, Reader, Rule};
    ///
    /// /// The summary of an entry, as HTML that can be put into a page.
    /// fn to_html(summary: &Text<'_>, sanitise: impl Fn(&str) -> String) -> String {
    ///     match (summary.type_(), summary.div()) {
    ///         (TextType::Html, _) => sanitise(&summary.value()),
    ///         (TextType::Xhtml, Some(div)) => sanitise(&div.to_string()),
    ///         _ => summary.value().replace('&', "&amp;").replace('<', "&lt;"),
    ///     }
    /// }
    ///
    /// let source = "\n<?xml version='1.0'?><entry xmlns='http://www.w3.org/2005/Atom'>
    ///     <summary>caf&eacute; & <media:thumbnail/></summary></entry>";
    /// assert!(Entry::parse(source).is_err());
    /// let reading = Reader::new().repair().read::<Entry<'_>>(source)?;
    /// assert!(reading.is_repaired());
    /// let first = &reading.diagnostics().as_slice()[0];
    /// assert_eq!(first.rule(), Rule::RepairedStart);
    /// let summary = reading.document().summary().unwrap();
    /// assert_eq!(to_html(summary, |html| html.to_owned()), "café &amp; ");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn repair(mut self) -> Self {
        self.settings.repair = Repair::On;
        self
    }

    /// Decodes a document from any encoding to UTF-8, so that it can be read. A byte order mark
    /// decides, otherwise `charset`, the parameter of the media type that the document came with,
    /// otherwise the XML declaration, and otherwise it is UTF-8 (RFC 7303 section 3). UTF-8 is
    /// borrowed.
    ///
    /// Other encodings than UTF-8 and UTF-16 need the feature `encodings`. Their names and meanings
    /// are those of the WHATWG's encoding standard, where `ISO-8859-1`, for example, means
    /// windows-1252.
    ///
    /// ```
    /// use atom_fsm::{Reader, atom::Feed};
    ///
    /// let octets: Vec<u8> = "\u{FEFF}<feed xmlns='http://www.w3.org/2005/Atom'><title>é</title></feed>"
    ///     .encode_utf16()
    ///     .flat_map(u16::to_be_bytes)
    ///     .collect();
    /// let reader = Reader::new();
    /// let text = reader.decode(&octets, None)?;
    /// let reading = reader.read::<Feed<'_>>(&text)?;
    /// assert_eq!(reading.document().title().unwrap().value(), "é");
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Rule::Encoding`] when the encoding is not known, when octets are wrong in it, or when a declaration
    /// that can be read as ASCII names UTF-16. A reader that [repairs](Self::repair) replaces wrong octets by
    /// U+FFFD, and [`Decoded::is_repaired`] says so; in what is named US-ASCII it takes them for UTF-8 or
    /// windows-1252, and UTF-16 that is none for UTF-8.
    /// [`Limit::Octets`](crate::Limit::Octets) when there are more octets than
    /// [`Limits::octets`] allows.
    pub fn decode<'a>(
        &self,
        octets: &'a [u8],
        charset: Option<&str>,
    ) -> Result<Decoded<'a>, Error> {
        let repairs = self.settings.repair == Repair::On;
        decoding::decode(octets, charset, repairs, &self.settings.limits)
    }

    /// Reads a document in UTF-8, and reports the violations that were tolerated.
    ///
    /// # Errors
    /// When the document is not well-formed, when its root is not a `T`, when it violates a rule
    /// that is not tolerated, or when it exceeds a limit.
    pub fn read<'a, T: Root<'a>>(
        &self,
        source: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Reading<T>, Error> {
        let Attempt { root, diagnostics, is_repaired, error } = self.attempt::<T>(source.as_ref());
        match (error, root) {
            (None, Some(root)) => {
                let reading = Reading::new(root, diagnostics);
                Ok(if is_repaired { reading.repaired() } else { reading })
            }
            // A root that was read is there.
            (None, None) => Err(XmlReader::of_nothing(self.settings).at_end(Rule::Incomplete)),
            (Some(error), Some(root)) if keeps_part(&error, self.settings) => {
                let part = Reading::new(root.own(), diagnostics);
                Err(error.with_partial(if is_repaired { part.repaired() } else { part }))
            }
            (Some(error), _) => Err(error),
        }
    }

    /// Reads a document as far as it can be read.
    pub(crate) fn attempt<'a, T: Root<'a>>(&self, octets: &'a [u8]) -> Attempt<T> {
        let (text, end) = encoding::text(octets);
        let reader = encoding::refuse_wide(octets, self.settings)
            .and_then(|()| XmlReader::new(text, self.settings, &self.namespaces));
        let mut reader = match reader {
            Ok(reader) => reader,
            Err(error) => {
                let diagnostics = Diagnostics::default();
                return Attempt { root: None, diagnostics, is_repaired: false, error: Some(error) };
            }
        };
        let mut root = None;
        let outcome = Self::read_document::<T>(&mut reader, text, &mut root);
        let error = end.outcome(outcome, &mut reader).err();
        let is_repaired = reader.is_repaired();
        Attempt { root, diagnostics: reader.into_diagnostics(), is_repaired, error }
    }

    fn read_document<'a, T: Root<'a>>(
        reader: &mut XmlReader<'a>,
        text: &str,
        root: &mut Option<T>,
    ) -> Result<(), Error> {
        opening::read_start::<T>(reader, text)?;
        T::read_root(reader, root)?;
        while reader.next()? != Token::Eof {}
        Ok(())
    }
}

/// What became of a document.
#[derive(Debug)]
pub(crate) struct Attempt<T> {
    /// The part that was read.
    pub(crate) root: Option<T>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) is_repaired: bool,
    /// Why the rest was not read.
    pub(crate) error: Option<Error>,
}

/// Whether an error holds the part that was read: truncation is not repaired.
fn keeps_part(error: &Error, settings: Settings) -> bool {
    settings.repair == Repair::On && error.rule() == Some(Rule::Incomplete)
}
