//! The responses that refuse a request.

use crate::store::StoreError;
use atom_fsm::interaction::Problem;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

/// A response. Its body is in memory.
pub(super) type Answer = Response<Vec<u8>>;

/// A response that refuses a request.
#[derive(Debug)]
pub(super) struct Refusal(Box<Answer>);

impl Refusal {
    /// Refuses with a sentence for people.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem::of_status(status).with_detail(detail).into_response().into()
    }

    /// Refuses with the status alone.
    pub(super) fn bare(status: StatusCode) -> Self {
        Problem::of_status(status).into_response().into()
    }

    /// Says nothing more than that there is nothing: the same for what does not exist, and for what the
    /// one who asks may not know.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here")
    }

    /// Asks for credentials. A page's own script is not asked for a password by the browser.
    pub(super) fn unauthorized(detail: &str, is_script: bool) -> Self {
        let mut response = Self::new(StatusCode::UNAUTHORIZED, detail).into_response();
        let bearer = HeaderValue::from_static("Bearer realm=\"feed-manager\"");
        response.headers_mut().append(WWW_AUTHENTICATE, bearer);
        if !is_script {
            let basic = HeaderValue::from_static("Basic realm=\"feed-manager\", charset=\"UTF-8\"");
            response.headers_mut().append(WWW_AUTHENTICATE, basic);
        }
        response.into()
    }

    /// Refuses a change by somebody who may read.
    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "only its owner may change this")
    }

    /// Refuses what comes too often, or at a bad time.
    pub(super) fn later(status: StatusCode, detail: &str, seconds: u64) -> Self {
        Self::new(status, detail).with(RETRY_AFTER, &seconds.to_string())
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    pub(super) fn into_response(self) -> Answer {
        *self.0
    }
}

impl From<Answer> for Refusal {
    fn from(response: Answer) -> Self {
        Self(Box::new(response))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { what, limit } => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                format!("this would be more than {limit} {what}, which is the limit"),
            ),
            StoreError::Missing => Self::not_found(),
            StoreError::Changed | StoreError::Taken => Self::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "others change the same resource at the same time",
                1,
            ),
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "the storage failed");
                Self::bare(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What was stored cannot be written or read, which is not the fault of the client.
impl From<atom_fsm::Error> for Refusal {
    fn from(error: atom_fsm::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "what is stored cannot be used");
        Self::bare(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
