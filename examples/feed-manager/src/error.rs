//! The errors of this library.

use atom_fsm::interaction::Refusal;
use http::StatusCode;
use std::fmt::Write as _;

/// An error of the client or of the server.
///
/// Its text does not repeat the text of its source. A program prints both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or socket failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// An answer does not fit the request, or its document is refused.
    #[error("the answer of {uri} is refused")]
    Answer {
        /// The URI that was requested.
        uri: String,
        /// The reason.
        source: atom_fsm::Error,
    },
    /// A request or its document cannot be written.
    #[error("a request cannot be written")]
    Request(#[from] atom_fsm::Error),
    /// A server refused a request, or failed.
    #[error("{uri} was answered with {}", refusal_text(refusal))]
    Refused {
        /// The URI that was requested.
        uri: String,
        /// The answer with its head and its body.
        refusal: Box<Refusal>,
    },
    /// A server redirects a request that changes something. This client does not repeat it elsewhere.
    #[error("{uri} was answered with {status}, a redirection to {}", target.as_deref().unwrap_or("nowhere"))]
    Redirected {
        /// The URI that was requested.
        uri: String,
        /// The status of the answer.
        status: StatusCode,
        /// Where the server redirects to.
        target: Option<String>,
    },
    /// A server will perhaps do later what was asked for.
    #[error("{uri} was answered with 202 Accepted: it is not done yet")]
    Accepted {
        /// The URI that was requested.
        uri: String,
        /// Where the progress can be seen.
        status_uri: Option<String>,
    },
    /// A redirection leads from https to http.
    #[error("{uri} redirects to {target}, which is not encrypted")]
    Downgrade {
        /// The URI that was requested.
        uri: String,
        /// Where it redirects to.
        target: String,
    },
    /// There are more redirections than the limit allows.
    #[error("{uri} leads to more redirections than the limit `redirects`, {limit}")]
    Redirects {
        /// The URI that was requested first.
        uri: String,
        /// The limit.
        limit: usize,
    },
    /// A text is no URI that can be requested.
    #[error("{uri} is no http or https URI")]
    Uri {
        /// The text.
        uri: String,
    },
    /// A content coding that this client does not know.
    #[error("{uri} was answered in the content coding {coding}, which is not known")]
    Coding {
        /// The URI that was requested.
        uri: String,
        /// The coding.
        coding: String,
    },
    /// Something that the protocol requires is missing.
    #[error("{uri} has no {what}")]
    Missing {
        /// The URI that was requested.
        uri: String,
        /// What is missing.
        what: &'static str,
    },
    /// Nothing guards an edit against overwriting a change of somebody else.
    #[error(
        "{uri} has no strong entity tag and no date, so that an edit could overwrite another one"
    )]
    Unguarded {
        /// The URI of what was to be edited.
        uri: String,
    },
    /// A document is larger than this client reads.
    #[error("{uri} has more octets than the limit `octets`, {limit}")]
    TooLarge {
        /// The URI of the document.
        uri: String,
        /// The limit in octets.
        limit: u64,
    },
    /// A bundle has more pages or entries than this client reads, or its pages form a loop.
    #[error("{uri} was not read to its end: {why}")]
    Pages {
        /// The URI of the bundle.
        uri: String,
        /// The reason.
        why: &'static str,
    },
}

impl Error {
    /// The status of the answer, if the server refused the request.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.refusal().map(Refusal::status)
    }

    /// The refusal, with its head and its body, if the server refused the request.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// The status, and what the problem document says: the detail, the rule, and its place in what was
/// sent. When to ask again.
fn refusal_text(refusal: &Refusal) -> String {
    let mut text = refusal.status().to_string();
    let problem = refusal.problem();
    if let Some(detail) = problem.as_ref().and_then(|it| it.detail().or(it.title())) {
        let _ = write!(text, ": {detail}");
    }
    if let Some(problem) = &problem {
        let mut places = Vec::new();
        if let Some(rule) = problem.rule_name() {
            places.push(match problem.section() {
                Some(section) => format!("rule {rule}, {section}"),
                None => format!("rule {rule}"),
            });
        }
        places.extend(problem.path().map(|path| format!("at {path}")));
        places.extend(problem.line().map(|line| match problem.column() {
            Some(column) => format!("line {line}, column {column}"),
            None => format!("line {line}"),
        }));
        if !places.is_empty() {
            let _ = write!(text, " ({})", places.join(", "));
        }
    }
    if let Some(after) = refusal.retry_after() {
        let seconds = after.seconds_from(chrono::Utc::now());
        let _ = write!(text, "; it can be asked again after {seconds} s");
    }
    text
}
