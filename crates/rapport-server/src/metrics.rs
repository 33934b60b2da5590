//! Figures for a scraper, in the OpenMetrics text that Prometheus reads.
//!
//! A label is the pattern of a path, a method, a status or a queue: never a name, a number or an id of anybody.

use crate::office::Office;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use rapport_model::{Error, Millis, Result};
use std::sync::atomic::Ordering;
use std::time::Duration;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the histogram, seconds: from a lookup to what somebody gives up on.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    method: &'static str,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    database: &'static str,
}

type Durations = Family<Route, Histogram, fn() -> Histogram>;

pub struct Metrics {
    registry: Registry,
    requests: Family<Ended, Counter>,
    durations: Durations,
    running: Gauge,
    busy: Counter,
    open_orgs: Gauge,
    waiting: Family<Queue, Gauge>,
    statements: Counter,
    webhooks_waiting: Gauge,
    webhooks_tried: Family<Outcome, Counter>,
    analytics_read: Family<Place, Counter>,
}

impl Metrics {
    /// Starts at nought; `now` is when the server began.
    pub fn new(now: Millis) -> Metrics {
        let metrics = Metrics {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            running: Gauge::default(),
            busy: Counter::default(),
            open_orgs: Gauge::default(),
            waiting: Family::default(),
            statements: Counter::default(),
            webhooks_waiting: Gauge::default(),
            webhooks_tried: Family::default(),
            analytics_read: Family::default(),
        };
        metrics.registered(now)
    }

    fn registered(mut self, now: Millis) -> Metrics {
        let started: Gauge = Gauge::default();
        started.set(now.0.div_euclid(1000));
        self.registry.register_with_unit("process_start_time", "When the server began, since 1970", Unit::Seconds, started);
        let ours = self.registry.sub_registry_with_prefix("rapport");
        ours.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        ours.register("requests", "Requests answered", self.requests.clone());
        ours.register_with_unit("request_duration", "From headers to answer", Unit::Seconds, self.durations.clone());
        ours.register("requests_running", "Requests being worked on", self.running.clone());
        ours.register("busy", "Requests refused because too much waited for the database", self.busy.clone());
        ours.register("orgs_open", "Organisations whose file is open", self.open_orgs.clone());
        ours.register("database_waiting", "Jobs that wait for the database, of all open organisations", self.waiting.clone());
        ours.register("database_statements", "Statements that were run, in all databases", self.statements.clone());
        ours.register("webhooks_waiting", "Deliveries of webhooks that wait, retries among them", self.webhooks_waiting.clone());
        ours.register("webhook_attempts", "Attempts to deliver, by what came of them", self.webhooks_tried.clone());
        ours.register(
            "analytics_reads",
            "Analytics that were computed, by the database that was read",
            self.analytics_read.clone(),
        );
        self
    }

    pub fn webhooks_waiting(&self, count: i64) {
        self.webhooks_waiting.set(count);
    }

    pub fn webhook_tried(&self, outcome: &'static str) {
        self.webhooks_tried.get_or_create(&Outcome { outcome }).inc();
    }

    /// `database` is `primary` or `replica`.
    pub fn analytics_read(&self, database: &'static str) {
        self.analytics_read.get_or_create(&Place { database }).inc();
    }

    /// A request that has begun; it counts as running until the guard is dropped, answered or given up.
    pub fn begin(&self) -> Running {
        self.running.inc();
        Running(self.running.clone())
    }

    /// A request that was answered.
    pub fn ended(&self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        let (method, path) = (known(method), path.to_owned());
        self.durations.get_or_create(&Route { method, path: path.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Ended { method, path, status: status.as_u16() }).inc();
    }

    pub fn busy(&self) {
        self.busy.inc();
    }

    fn text(&self, office: &Office) -> Result<String> {
        let (orgs, writing, reading) = office.orgs.load();
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.open_orgs.set(gauge(orgs));
        for (queue, count) in [("write", writing), ("read", reading)] {
            self.waiting.get_or_create(&Queue { queue }).set(gauge(count));
        }
        self.statements.inner().store(rapport_store::statements(), Ordering::Relaxed);
        let mut out = String::new();
        text::encode(&mut out, &self.registry).map_err(Error::internal)?;
        Ok(out)
    }
}

/// See [`Metrics::begin`].
pub struct Running(Gauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Anybody may make a method up; only these get a label of their own.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The figures as they stand.
pub fn answer(office: &Office) -> Result<Response> {
    Ok(([(CONTENT_TYPE, TEXT)], office.metrics.text(office)?).into_response())
}
