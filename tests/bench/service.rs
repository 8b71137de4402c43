//! A service of AWS that answers from memory, for benchmarks that measure the client: nothing of it is slower than it
//! says. What it answers is the benchmark's.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::measure;

/// What is answered: a status, a body of JSON, and how long that takes.
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub takes: Duration,
}

type Answering = Arc<dyn Fn(&Value) -> Answer + Send + Sync>;

/// Starts the service for as long as this process lives, and answers its URL.
pub fn start(answering: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a loopback port");
    listener.set_nonblocking(true).expect("set up the listener");
    let port = listener.local_addr().expect("read the bound port").port();
    let answering: Answering = Arc::new(answering);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("build a runtime");
        runtime.block_on(accept(listener, answering));
    });
    format!("http://127.0.0.1:{port}")
}

/// The program under test with a question to that service, from an empty environment.
pub fn ecrmon(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecrmon"));
    command.args(arguments).env_clear().envs([
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ]);
    command
}

async fn accept(listener: TcpListener, answering: Answering) {
    let listener =
        tokio::net::TcpListener::from_std(listener).expect("hand the listener to the runtime");
    while let Ok((stream, _)) = listener.accept().await {
        // A page that waits for the last bytes of another helps nobody measure.
        let _ = stream.set_nodelay(true);
        let answering = Arc::clone(&answering);
        let service = service_fn(move |request| answer(Arc::clone(&answering), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // The client may leave when it has enough.
        tokio::spawn(async { drop(connection.await) });
    }
}

async fn answer(
    answering: Answering,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    let asked = serde_json::from_slice(&body).unwrap_or_default();
    let answer = answering(&asked);
    tokio::time::sleep(answer.takes).await;
    let response = Response::builder()
        .status(answer.status)
        .header("content-type", "application/x-amz-json-1.1");
    Ok(response
        .body(Full::from(answer.body))
        .expect("status and headers are legal"))
}

/// What the program may take beside its start and one answer until its first row.
const FIRST_ROW: Duration = Duration::from_millis(50);

/// From the start of the process to its first row, where an answer takes so long; judged in a release build only.
pub fn first_row(url: &str, question: &mut Command, takes: Duration) -> bool {
    let start = measure::first_output(&mut ecrmon(url, &["--version"]));
    let row = measure::first_output(question);
    let limit = start + takes + FIRST_ROW;
    println!(
        "first row, answers after {} ms: {} ms of {} ms ({} ms for `--version`)",
        takes.as_millis(),
        row.as_millis(),
        limit.as_millis(),
        start.as_millis(),
    );
    row <= limit || cfg!(debug_assertions)
}
