//! Serves a resource with mementos over HTTP, by this project's TimeGate, for clients that share no
//! code with it: `tests/independent/timegate.py` asks. It prints its origin, and the mementos.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the client reads where the server listens")]

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tokio::net::TcpListener;
use version_links::{
    Error, Memento, MementoDatetime, Relation, Selection, TimeGate, TimeGateStyle, TimeMapWriter,
};

/// The times of the mementos, in the 14 digits of their URIs. Two are of the same day.
const MEMENTOS: [&str; 6] = [
    "19991231235959",
    "20000620180259",
    "20000620180300",
    "20091027204954",
    "20150101000000",
    "20240229120000",
];

/// Where the server listens.
type Origin = State<Arc<str>>;

/// The pages, by their paths. The original resource and its TimeGate are apart here, and the same at
/// `/own`, which redirects, and at `/content`, which answers by the memento itself.
fn router(origin: Arc<str>) -> Router {
    Router::new()
        .route("/original", get(original))
        .route("/timegate", get(timegate))
        .route("/own", get(own))
        .route("/content", get(content))
        .route("/none", get(none))
        .route("/timemap", get(timemap))
        .route("/memento/{digits}", get(memento))
        .with_state(origin)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    println!("{origin} {}", MEMENTOS.join(" "));
    axum::serve(listener, router(origin.into())).await.context("serving")
}

fn mementos(origin: &str) -> impl Iterator<Item = Memento<'static>> {
    MEMENTOS.iter().filter_map(move |digits| {
        let datetime = MementoDatetime::from_digits(digits)?;
        Some(Memento::new(format!("{origin}/memento/{digits}"), datetime))
    })
}

/// Makes a response with the TimeGate of a resource.
fn with_gate(
    origin: &str,
    [original, timegate]: [&str; 2],
    respond: impl FnOnce(TimeGate<'_>) -> Result<Response, Error>,
) -> Response {
    let (original, timegate) = (format!("{origin}{original}"), format!("{origin}{timegate}"));
    let timemap = format!("{origin}/timemap");
    let response = respond(TimeGate::new(&original, &timegate).timemap(&timemap));
    let failed = |error: Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    response.unwrap_or_else(|error| failed(error).into_response())
}

async fn original(State(origin): Origin) -> Response {
    with_gate(&origin, ["/original", "/timegate"], |gate| {
        Ok((gate.original()?, "the present state").into_response())
    })
}

async fn timegate(State(origin): Origin, request: HeaderMap) -> Response {
    with_gate(&origin, ["/original", "/timegate"], |gate| {
        Ok(gate.answer(&request, mementos(&origin))?.into_parts().0.into_response())
    })
}

async fn own(State(origin): Origin, request: HeaderMap) -> Response {
    with_gate(&origin, ["/own"; 2], |gate| {
        Ok(gate.answer(&request, mementos(&origin))?.into_parts().0.into_response())
    })
}

async fn content(State(origin): Origin, request: HeaderMap) -> Response {
    with_gate(&origin, ["/content"; 2], |gate| {
        let gate = gate.style(TimeGateStyle::Content);
        Ok((gate.answer(&request, mementos(&origin))?.into_parts().0, "a state").into_response())
    })
}

async fn none(State(origin): Origin, request: HeaderMap) -> Response {
    with_gate(&origin, ["/none"; 2], |gate| {
        Ok(gate.answer(&request, [])?.into_parts().0.into_response())
    })
}

async fn memento(State(origin): Origin, Path(digits): Path<String>) -> Response {
    with_gate(&origin, ["/original", "/timegate"], |gate| {
        let datetime = MementoDatetime::from_digits(&digits);
        let selection = Selection::nearest(mementos(&origin), datetime);
        match selection.filter(|it| Some(it.chosen().datetime()) == datetime) {
            Some(selection) => {
                let body = format!("the state of {}", selection.chosen().datetime());
                Ok((gate.memento(&selection)?, body).into_response())
            }
            None => Ok(StatusCode::NOT_FOUND.into_response()),
        }
    })
}

async fn timemap(State(origin): Origin) -> Response {
    let write = || -> Result<String, Error> {
        let (mut writer, mut out) = (TimeMapWriter::new(), String::new());
        writer.original(&mut out, &format!("{origin}/original"))?;
        writer.timegate(&mut out, &format!("{origin}/timegate"))?;
        let selection = Selection::nearest(mementos(&origin), None);
        let covered = selection.map(|it| it.first().datetime()..=it.last().datetime());
        writer.myself(&mut out, &format!("{origin}/timemap"), covered)?;
        for (index, memento) in mementos(&origin).enumerate() {
            let first = (index == 0).then_some(Relation::FIRST);
            let last = (index + 1 == MEMENTOS.len()).then_some(Relation::LAST);
            let further = first.into_iter().chain(last);
            let uri = memento.uri().unwrap_or_default();
            writer.memento(&mut out, uri, memento.datetime(), further)?;
        }
        Ok(out)
    };
    let media_type = [(CONTENT_TYPE, HeaderValue::from_static("application/link-format"))];
    match write() {
        Ok(body) => (media_type, body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
