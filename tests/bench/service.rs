//! A service of AWS that answers from memory, for benchmarks that measure the client: nothing of it is slower than it
//! says. What it answers is the benchmark's.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

use crate::measure;

/// What is asked.
pub struct Asked {
    /// Such as `DescribeImages`; empty where the protocol has it in the body.
    #[allow(dead_code, reason = "some benchmarks ask one thing only")]
    pub operation: String,
    pub body: Bytes,
}

impl Asked {
    /// The body, null unless it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// JSON names the operation in a header, CBOR at the end of the path, and the rest in the body.
    fn of(head: &Parts, body: Bytes) -> Self {
        let target = head.headers.get("x-amz-target");
        let target = target.and_then(|target| target.to_str().ok());
        let name = target.unwrap_or(head.uri.path());
        let name = name.rsplit(['.', '/']).next();
        Self {
            operation: name.unwrap_or_default().to_owned(),
            body,
        }
    }
}

/// What is answered, in the protocol of the question: a status, a body, and how long that takes.
pub struct Answer {
    pub status: u16,
    pub body: Bytes,
    pub takes: Duration,
}

impl Answer {
    /// As a service with JSON refuses a call too many.
    #[allow(dead_code, reason = "not every benchmark throttles")]
    pub fn throttled(takes: Duration) -> Self {
        let refusal = json!({"__type": "ThrottlingException", "message": "Rate exceeded"});
        Self {
            status: 400,
            body: refusal.to_string().into(),
            takes,
        }
    }
}

/// A bucket of tokens, as AWS throttles: it holds those of a second, each call takes one, and so many come back in a
/// second.
#[allow(dead_code, reason = "not every benchmark throttles")]
pub struct Calls {
    a_second: f64,
    tokens: f64,
    at: Instant,
    pub answered: usize,
    pub throttled: usize,
}

#[allow(dead_code, reason = "not every benchmark throttles")]
impl Calls {
    pub fn new(a_second: f64) -> Self {
        Self {
            a_second,
            tokens: a_second,
            at: Instant::now(),
            answered: 0,
            throttled: 0,
        }
    }

    /// Whether the service takes one more now.
    pub fn allow(&mut self) -> bool {
        let now = Instant::now();
        let since = now.duration_since(self.at).as_secs_f64();
        self.tokens = self.a_second.min(self.tokens + since * self.a_second);
        self.at = now;
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        self.answered += usize::from(allowed);
        self.throttled += usize::from(!allowed);
        allowed
    }
}

type Answering = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// Starts the service for as long as this process lives, and answers its URL.
pub fn start(answering: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> String {
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
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let asked = Asked::of(&head, body);
    let answer = answering(&asked);
    tokio::time::sleep(answer.takes).await;
    let mut response = Response::builder().status(answer.status);
    // An answer is of the question's type, and names its protocol where the question does.
    for name in ["content-type", "smithy-protocol"] {
        if let Some(value) = head.headers.get(name) {
            response = response.header(name, value);
        }
    }
    Ok(response
        .body(Full::new(answer.body))
        .expect("status and headers are legal"))
}

/// What the program may take beside its start and one answer until its first row.
const FIRST_ROW: Duration = Duration::from_millis(50);

/// From the start of the process to its first row, where an answer takes so long; judged in a release build only.
pub fn first_row(url: &str, question: &mut Command, takes: Duration) -> bool {
    let start = first_output(&mut ecrmon(url, &["--version"]));
    let row = first_output(question);
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

/// From the start of the process to its first byte on stdout: the fastest of five tries, since other processes only
/// ever make it slower.
fn first_output(command: &mut Command) -> Duration {
    (0..5)
        .map(|_| one_first_output(command))
        .min()
        .unwrap_or_default()
}

fn one_first_output(command: &mut Command) -> Duration {
    let began = Instant::now();
    let mut process = measure::started(command);
    let mut output = process.stdout.take().expect("it has a pipe");
    let read = output.read_exact(&mut [0]);
    let took = began.elapsed();
    // It may have ended by itself.
    let _ = process.kill();
    process.wait().expect("wait for the program");
    read.expect("it says something");
    took
}
