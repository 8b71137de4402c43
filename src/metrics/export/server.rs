//! A small HTTP server for Prometheus: `/metrics`, a word at `/`, and nothing else. No client can do it harm: what it
//! sends, how long it takes and how many of them there are is limited.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::cache::Cache;

/// Connections at a time; more of them wait in the system's queue.
const CONNECTIONS: usize = 32;
/// A request's head must have come by then.
const HEAD: Duration = Duration::from_secs(10);
/// The most headers of a request, and the most bytes of them.
const HEADERS: usize = 64;
const HEAD_BYTES: usize = 16 * 1024;
/// Everything about one connection must be over by then. Prometheus gives up on a scrape far sooner.
const WHOLE: Duration = Duration::from_mins(5);
/// Before a connection is accepted again after the system could not, such as for want of files.
const REST: Duration = Duration::from_secs(1);

const OPEN_METRICS: &str = "application/openmetrics-text";
const OPEN_METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN_TYPE: &str = "text/plain; charset=utf-8";

/// Answers whoever connects. Goes on until it is dropped.
pub(crate) async fn serve(listener: TcpListener, cache: Arc<Cache>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    // The semaphore is never closed.
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(attend(stream, cache.clone(), place))),
            Err(_) => sleep(REST).await,
        }
    }
}

async fn attend(stream: TcpStream, cache: Arc<Cache>, _place: OwnedSemaphorePermit) {
    let answering = service_fn(|request| answer(request, &cache));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES)
        // One request each, so that nobody holds a place for nothing.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answering);
    // A client that broke off, or was too slow, is nobody's concern.
    let _ = timeout(WHOLE, connection).await;
}

async fn answer(
    request: Request<Incoming>,
    cache: &Cache,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    Ok(match request.uri().path() {
        "/" | "/metrics" if !is_read => {
            let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, "this is only read\n");
            let allowed = hyper::header::HeaderValue::from_static("GET, HEAD");
            refused.headers_mut().insert(ALLOW, allowed);
            refused
        }
        "/" => response(StatusCode::OK, "ecrmon metrics export: see /metrics\n"),
        "/metrics" => metrics(request.headers(), cache).await,
        _ => response(StatusCode::NOT_FOUND, "there is only /metrics\n"),
    })
}

/// The values, or honestly none: old ones would look like new ones to whoever does not compare times.
async fn metrics(headers: &HeaderMap, cache: &Cache) -> Response<Full<Bytes>> {
    match cache.current().await {
        Ok(text) => typed(StatusCode::OK, text, kind(headers)),
        Err(why) => response(StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}

fn response(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    typed(status, text.into(), PLAIN_TYPE)
}

fn typed(status: StatusCode, text: Bytes, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text));
    *response.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The text is both; it is called OpenMetrics for those who accept that.
fn kind(headers: &HeaderMap) -> &'static str {
    let accepted = headers.get_all(ACCEPT).iter();
    let mut ranges = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    if ranges.any(accepts_open_metrics) {
        OPEN_METRICS_TYPE
    } else {
        PROMETHEUS_TYPE
    }
}

/// `application/openmetrics-text;version=1.0.0;q=0.5`; a weight of 0 means that it is not accepted (RFC 9110, 12.4.2).
fn accepts_open_metrics(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let is_it = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(OPEN_METRICS));
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    is_it && weight.and_then(|weight| weight.parse().ok()) != Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_called_what_the_reader_accepts() {
        for (accept, kind) in [
            // Prometheus 2.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OPEN_METRICS_TYPE,
            ),
            ("application/openmetrics-text", OPEN_METRICS_TYPE),
            (
                "application/openmetrics-text; q=0, text/plain",
                PROMETHEUS_TYPE,
            ),
            ("text/plain", PROMETHEUS_TYPE),
            ("*/*", PROMETHEUS_TYPE),
            ("", PROMETHEUS_TYPE),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("a header"));
            assert_eq!(super::kind(&headers), kind, "{accept}");
        }
        assert_eq!(super::kind(&HeaderMap::new()), PROMETHEUS_TYPE);
    }
}
