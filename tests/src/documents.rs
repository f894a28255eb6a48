//! The FSM draft's documents, and others that hold all there is in Atom and AtomPub.

use atom_fsm::{Document, Reader, Stage, namespace};

/// A document, and how it is to be read.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its section and name.
    pub name: &'static str,
    /// The text.
    pub source: String,
    /// The namespaces that the draft forgot to declare.
    pub supplied: &'static [(&'static str, &'static str)],
    /// Whose rules hold: the draft's entries have no author, which only a client may leave out.
    pub stage: Stage,
}

impl Case {
    /// The reader for the document.
    pub fn reader(&self) -> Reader {
        let reader = Reader::new().stage(self.stage);
        self.supplied
            .iter()
            .fold(reader, |reader, (prefix, namespace)| reader.namespace(prefix, namespace))
    }

    /// The document by default.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        self.reader().read(&self.source).unwrap().into_document()
    }
}

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../data/", $name)).to_owned()
    };
}

/// The bundle of section 2.2.2 as printed breaks off with `...`: that is left out, and the feed
/// closed.
#[must_use]
pub fn completed_bundle() -> String {
    let printed = data!("fsm/2.2.2-bundle.xml");
    format!("{}\n</feed>\n", printed.trim_end().trim_end_matches("..."))
}

/// The documents of draft-wilde-fsm-00.
#[must_use]
pub fn drafts() -> Vec<Case> {
    const ATOM: (&str, &str) = ("", namespace::ATOM);
    const FSM: (&str, &str) = ("fsm", namespace::FSM);
    const GEORSS: (&str, &str) = ("georss", namespace::GEORSS);
    let (stored, submitted) = (Stage::Stored, Stage::Submitted);
    let case = |name, source, supplied, stage| Case { name, source, supplied, stage };
    vec![
        case("2.1.1-service-entry", data!("fsm/2.1.1-service-entry.xml"), &[ATOM, FSM], submitted),
        case("2.2.2-bundle", completed_bundle(), &[GEORSS], stored),
        case("2.2.3-bundle-reference", data!("fsm/2.2.3-bundle-reference.xml"), &[ATOM], submitted),
        case("4.1.1-request", data!("fsm/4.1.1-request.body"), &[], submitted),
        case("4.1.1-response", data!("fsm/4.1.1-response.body"), &[FSM], submitted),
        case("4.2.1-request", data!("fsm/4.2.1-request.body"), &[], submitted),
        case("4.2.1-response", data!("fsm/4.2.1-response.body"), &[], stored),
    ]
}

/// Documents that hold all there is.
#[must_use]
pub fn of_everything() -> Vec<Case> {
    let case = |name, source| Case { name, source, supplied: &[], stage: Stage::Stored };
    vec![
        case("rfc4287-4.1.1-feed", data!("atom/4.1.1-feed-of-everything.xml")),
        case("rfc4287-4.1.2-entry", data!("atom/4.1.2-entry-alone.xml")),
        case("rfc5023-8.2-service", data!("atom/rfc5023-8.2-service.xml")),
        case("rfc5023-7-categories", data!("atom/rfc5023-7-categories.xml")),
        case("rfc5023-8.3.3-collection", data!("atom/rfc5023-8.3.3-collection.xml")),
        case("rfc6721-feed", data!("atom/rfc6721-feed.xml")),
        case("rfc6721-deleted-entry", data!("atom/rfc6721-deleted-entry.xml")),
        case("rfc5005-archive", data!("atom/rfc5005-archive.xml")),
        case("rfc4685-threading", data!("atom/rfc4685-threading.xml")),
        case("georss", data!("atom/georss.xml")),
        case("fsm-bundle", data!("fsm/bundle.xml")),
    ]
}
