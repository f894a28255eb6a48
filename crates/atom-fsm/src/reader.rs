//! The reader of documents, with its settings.

use crate::error::Error;
use crate::foreign;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::reporting::Tolerance;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::{Repair, Settings, Stage};
use crate::xml::{Token, XmlReader, has_wide_characters};

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
    settings: Settings,
    namespaces: Vec<(String, String)>,
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

    /// Reads a document in UTF-8, and reports the violations that were tolerated.
    ///
    /// # Errors
    /// When the document is not well-formed, when its root is not a `T`, when it violates a rule
    /// that is not tolerated, or when it exceeds a limit.
    pub fn read<'a, T: Root<'a>>(
        &self,
        source: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Reading<T>, Error> {
        let octets = source.as_ref();
        if has_wide_characters(octets) {
            let reader = XmlReader::new("", self.settings, &[])?;
            return Err(reader.at_end_of(Rule::Encoding, ""));
        }
        let (text, end) = match std::str::from_utf8(octets) {
            Ok(text) => (text, End::Whole),
            Err(error) => {
                let (valid, _) = octets.split_at(error.valid_up_to());
                let valid = std::str::from_utf8(valid).unwrap_or_default();
                if self.settings.repair == Repair::Off {
                    let reader = XmlReader::new("", self.settings, &[])?;
                    return Err(reader.at_end_of(Rule::Encoding, valid));
                }
                // A character that is cut by the end of the input is cut, not wrong.
                let is_cut = error.error_len().is_none();
                (valid, if is_cut { End::Cut } else { End::BeforeOtherOctets })
            }
        };
        let mut reader = XmlReader::new(text, self.settings, &self.namespaces)?;
        let mut root = None;
        let outcome = Self::read_document::<T>(&mut reader, text, &mut root);
        let outcome = match (outcome, end) {
            (Ok(()), End::Cut | End::BeforeOtherOctets) => reader.leave_out_octets(),
            (Err(error), End::BeforeOtherOctets) if error.rule() == Some(Rule::Incomplete) => {
                return Err(reader.at_end_of(Rule::Encoding, text));
            }
            (outcome, _) => outcome,
        };
        let is_repaired = reader.is_repaired();
        match (outcome, root) {
            (Ok(()), Some(root)) => {
                let reading = Reading::new(root, reader.into_diagnostics());
                Ok(if is_repaired { reading.repaired() } else { reading })
            }
            // A root that was read is there.
            (Ok(()), None) => Err(reader.at_end_of(Rule::Incomplete, text)),
            (Err(error), Some(root)) if keeps_part(&error, self.settings) => {
                let part = Reading::new(root.own(), reader.into_diagnostics());
                Err(error.with_partial(if is_repaired { part.repaired() } else { part }))
            }
            (Err(error), _) => Err(error),
        }
    }

    fn read_document<'a, T: Root<'a>>(
        reader: &mut XmlReader<'a>,
        text: &str,
        root: &mut Option<T>,
    ) -> Result<(), Error> {
        if let Err(error) = reader.next_start() {
            return Err(named(error, reader, text));
        }
        if !T::is_root(reader) {
            let refusal = reader.refusal(Rule::RootElement, reader.tag());
            return Err(match foreign::sniff(text) {
                Some((root, _)) => refusal.with_foreign_root(root),
                None => refusal,
            });
        }
        T::read_root(reader, root)?;
        while reader.next()? != Token::Eof {}
        Ok(())
    }
}

/// How the input ends behind its part that is UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// Within a character.
    Cut,
    /// In octets that are not UTF-8, and what is behind them.
    BeforeOtherOctets,
}

/// Whether an error holds the part that was read: truncation is not repaired.
fn keeps_part(error: &Error, settings: Settings) -> bool {
    settings.repair == Repair::On && error.rule() == Some(Rule::Incomplete)
}

/// The error for a document that breaks before its root: what it is, if it is another format.
#[cold]
fn named(error: Error, reader: &XmlReader<'_>, text: &str) -> Error {
    if error.rule().is_none() {
        return error;
    }
    match foreign::sniff(text) {
        Some((root, tag)) if root.is_other_format() => {
            let tag = reader.within_source(text, tag);
            reader.refusal(Rule::RootElement, tag).with_foreign_root(root)
        }
        _ => error,
    }
}
