//! The body of a request: a document in memory, or a media resource in a file.

use crate::server::limits::Limits;
use crate::server::refusal::Refusal;
use crate::server::site::Site;
use crate::store::StoreError;
use atom_fsm::interaction::Expected;
use axum::body::{Body, Bytes, to_bytes};
use http::StatusCode;
use http_body_util::{BodyExt as _, Limited};
use std::fs::File;
use std::io::{Read, Seek as _};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

/// A body that was received.
#[derive(Debug, Clone)]
pub(super) enum Received {
    Document(Bytes),
    Media(Upload),
}

/// A media resource in a file without a name, which is gone when this is.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    file: Arc<File>,
    size: u64,
}

impl Received {
    /// The octets of a document. Those of a media resource are not looked at.
    pub(super) fn document(&self) -> &[u8] {
        match self {
            Self::Document(octets) => octets,
            Self::Media(_) => b"",
        }
    }

    /// Nothing, for a request that has no body.
    pub(super) fn nothing() -> Self {
        Self::Document(Bytes::new())
    }
}

impl Upload {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The octets, from the first one on. One reader is used at a time.
    pub(super) fn octets(&self) -> Result<impl Read, StoreError> {
        (&*self.file).rewind()?;
        Ok(&*self.file)
    }
}

/// Receives a document.
pub(super) async fn document(
    limits: &Limits,
    expected: &Expected,
    body: Body,
) -> Result<Received, Refusal> {
    let most = most_octets(expected);
    let received = async { to_bytes(body, most).await.map_err(|error| unreadable(&error, most)) };
    within_time(limits, received).await.map(Received::Document)
}

/// Receives a media resource.
pub(super) async fn media(
    site: &Site,
    expected: &Expected,
    body: Body,
) -> Result<Received, Refusal> {
    let most = most_octets(expected);
    let folder = site.database.folder().to_owned();
    let received = async {
        let opened = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
        let opened = opened.map_err(|_| StoreError::Stopped)?.map_err(StoreError::from)?;
        let mut file = tokio::fs::File::from_std(opened);
        let (mut body, mut size) = (Limited::new(body, most), 0);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| unreadable(&*error, most))?;
            if let Ok(octets) = frame.into_data() {
                size += octets.len() as u64;
                file.write_all(&octets).await.map_err(StoreError::from)?;
            }
        }
        file.flush().await.map_err(StoreError::from)?;
        Ok(Upload { file: Arc::new(file.into_std().await), size })
    };
    within_time(&site.limits, received).await.map(Received::Media)
}

fn most_octets(expected: &Expected) -> usize {
    usize::try_from(expected.most_octets()).unwrap_or(usize::MAX)
}

async fn within_time<T>(
    limits: &Limits,
    received: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    tokio::time::timeout(limits.body_time, received).await.unwrap_or_else(|_| {
        let detail = "the body did not come to its end in time";
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, detail))
    })
}

fn unreadable(error: &(dyn std::error::Error + 'static), most: usize) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            let detail = format!("more than {most} octets in the body");
            return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
        }
        cause = error.source();
    }
    Refusal::new(StatusCode::BAD_REQUEST, "the body cannot be received")
}
