//! What a failed request failed with, so that it can be said.

use crate::error::Error;
use http::StatusCode;
use reqwest::Url;

impl Error {
    /// The failure of a request for a URI.
    pub(crate) fn of_request(uri: &str, source: reqwest::Error) -> Self {
        let uri = uri.to_owned();
        if let Some(to) = refused_redirect(&source) {
            return Self::Redirect { advice: advice(&uri, &to), uri, to };
        }
        // The URI is that of this error.
        let source = source.without_url();
        match () {
            () if source.is_connect() => Self::Unreachable { uri, source },
            () if source.is_timeout() => Self::Stalled { uri, source },
            () => Self::Request { uri, source },
        }
    }

    /// An answer with a status that the protocol does not expect.
    pub(crate) fn of_status(uri: &str, status: StatusCode) -> Self {
        let uri = uri.to_owned();
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Forbidden { uri, status },
            _ => Self::Status { uri, status },
        }
    }
}

/// The URI that a redirect leads to and that is not allowed.
fn refused_redirect(error: &reqwest::Error) -> Option<String> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(Error::OtherOrigin { uri } | Error::NoTls { uri }) = error.downcast_ref() {
            return Some(uri.clone());
        }
        cause = error.source();
    }
    None
}

fn advice(uri: &str, to: &str) -> &'static str {
    let (uri, to) = (Url::parse(uri).ok(), Url::parse(to).ok());
    let is_same_host = uri.as_ref().and_then(Url::host_str) == to.as_ref().and_then(Url::host_str);
    match to.is_some_and(|to| to.scheme() == "https") {
        true if cfg!(not(feature = "tls")) => {
            "this program was built without the feature tls, which https needs"
        }
        true if is_same_host => "begin with the https URI (--from)",
        _ => {
            "if that is the publisher, begin there (--from); if it is another server that is trusted, \
             allow it (--allow-origin)"
        }
    }
}
