//! A page of metrics, and its route.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The values of labels, by their names.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// Metrics that are being collected.
pub(crate) struct Page(Registry);

impl Page {
    /// A page of metrics whose names begin with this.
    pub(crate) fn new(prefix: &str) -> Self {
        Self(Registry::with_prefix(prefix))
    }

    /// Adds a value that may go up and down. The help is a sentence without its full stop, which the
    /// library adds.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        let gauge = Gauge::<f64, AtomicU64>::default();
        gauge.set(value);
        self.0.register(name, help, gauge);
    }

    /// Adds a value that only goes up. The library adds `_total` to its name.
    pub(crate) fn counter(&mut self, name: &str, help: &str, value: u64) {
        let counter = Counter::<u64>::default();
        counter.inc_by(value);
        self.0.register(name, help, counter);
    }

    /// Adds values that only go up, one for each of these labels.
    pub(crate) fn counters(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (Labels, u64)>,
    ) {
        let family = Family::<Labels, Counter>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).inc_by(value);
        }
        self.0.register(name, help, family);
    }

    /// The text of the page.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = encode(&mut text, &self.0);
        text
    }
}

/// A route at which such a page is served, and nothing else.
pub(crate) fn route<F, Made>(make: F) -> Router
where
    F: Fn() -> Made + Clone + Send + Sync + 'static,
    Made: Future<Output = Result<String, crate::Error>> + Send + 'static,
{
    let page = get(move || {
        let made = make();
        async move { Ok::<_, crate::Error>(([(header::CONTENT_TYPE, CONTENT_TYPE)], made.await?)) }
    });
    Router::new().route("/metrics", page).fallback(absent)
}

async fn absent() -> Response {
    let problem = r#"{"title":"Not Found","status":404,"detail":"The metrics are at /metrics."}"#;
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::NOT_FOUND, content_type, problem).into_response()
}
