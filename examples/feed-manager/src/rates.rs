//! A feed-based service that can be managed: unemployment rates by state, as in the examples of the
//! draft. A query filters them.

use atom_fsm::Writer;
use atom_fsm::atom::{Date, Entry, Feed, Link, Person, Text};
use axum::Router;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use tokio::net::TcpListener;

/// The path of the service.
pub const PATH: &str = "/unemployment2011";

/// States and their rates in percent.
const RATES: [(&str, &str); 4] = [("CA", "11.7"), ("NY", "8.3"), ("TX", "7.8"), ("WA", "9.3")];

/// Serves the service on a socket, as long as the future is polled.
///
/// # Errors
/// The errors of the socket.
pub async fn serve(listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, Router::new().route(PATH, get(rates))).await
}

async fn rates(RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let wanted: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .filter_map(|(name, value)| (name == "state").then_some(value))
        .collect();
    let date = || Date::new("2012-01-15T00:00:00Z");
    let mut feed = Feed::new()
        .with_id("tag:example.org,2012:unemployment2011")
        .with_title("Unemployment rates 2011")
        .with_updated(date())
        .with_author(Person::new("A bureau"));
    for (state, rate) in RATES {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == state) {
            feed.entries_mut().push(
                Entry::new()
                    .with_id(format!("tag:example.org,2012:unemployment2011:{state}"))
                    .with_title(Text::plain(state))
                    .with_updated(date())
                    .with_link(Link::new(format!("{PATH}?state={state}")))
                    .with_summary(format!("{rate} %")),
            );
        }
    }
    match Writer::new().to_vec(&feed) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/atom+xml")], body).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a feed cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
