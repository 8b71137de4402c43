//! The life of one call between a client and the simulator: faults before, the simulator's answer, faults after, and
//! the record of it all. `proxy` brings the calls here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HeaderValue, TRANSFER_ENCODING,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::answer;
use super::calls::Call;
use super::client::Client;
use super::fault::{Arrival, Faults, Step};
use super::refusal::Place;
use super::wire::{self, Operation};

/// How long a signal gets to reach the client before the call goes on.
const SIGNALLING: Duration = Duration::from_millis(50);

const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

pub type Body = Full<Bytes>;

/// A whole answer, or an event stream that goes on as long as its client listens.
pub type Answer = Either<Full<Bytes>, Incoming>;

/// No answer: the connection is closed instead.
#[derive(Debug)]
pub struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection was dropped")
    }
}

impl std::error::Error for Lost {}

pub struct Exchange {
    simulator_port: u16,
    place: Place,
    client: Client,
    faults: Mutex<Faults>,
    calls: Mutex<Vec<Call>>,
    /// One entry for each write to a bucket's configuration that is under way.
    written_buckets: Mutex<Vec<String>>,
    under_way: AtomicUsize,
    http: hyper_util::client::legacy::Client<HttpConnector, Body>,
}

impl Exchange {
    pub fn new(simulator_port: u16, place: Place, client: Client) -> Self {
        // The simulator's server may close an idle connection at any moment; on loopback a new one costs nothing.
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build_http();
        Self {
            simulator_port,
            place,
            client,
            faults: Mutex::default(),
            calls: Mutex::default(),
            written_buckets: Mutex::default(),
            under_way: AtomicUsize::new(0),
            http,
        }
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        held(&self.faults)
    }

    pub fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        held(&self.calls)
    }

    pub fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) > 0
    }

    /// A call through the front door: it meets faults and is recorded.
    pub async fn watched(&self, parts: Parts, body: Bytes) -> Result<Response<Answer>, Lost> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let started = Instant::now();
        let operation = wire::identify(&parts, &body);
        let steps = self.meet(&operation);
        let answer = self
            .carry_out(&operation, &steps, &parts, body.clone())
            .await;
        held(&self.calls).push(Call {
            service: operation.service.clone(),
            operation: operation.name.clone(),
            body: body.to_vec(),
            status: answer.as_ref().ok().map(|answer| answer.status().as_u16()),
            started,
            ended: Instant::now(),
            mutating: operation.is_mutating(),
            attempt: wire::attempt(&parts.headers),
        });
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        answer
    }

    fn meet(&self, operation: &Operation) -> Vec<Step> {
        let bucket = operation.written_bucket();
        let bucket_is_busy = bucket
            .is_some_and(|bucket| held(&self.written_buckets).iter().any(|one| one == bucket));
        self.faults().meet(&Arrival {
            operation,
            bucket_is_busy,
        })
    }

    async fn carry_out(
        &self,
        operation: &Operation,
        steps: &[Step],
        parts: &Parts,
        body: Bytes,
    ) -> Result<Response<Answer>, Lost> {
        if let Some(Step::Refuse(refusal)) = steps.last() {
            self.before(steps).await;
            let error = refusal.stated(operation, &body, &self.place);
            let answer = answer::encode(&error, operation.protocol, &parts.method);
            return Ok(answer.map(Either::Left));
        }
        // Not for a refused call, which keeps no bucket busy.
        let _writing = Writing::start(&self.written_buckets, operation.written_bucket());
        self.before(steps).await;
        if matches!(steps.last(), Some(Step::LoseRequest)) {
            return Err(Lost);
        }
        let answer = self.forward(parts, body).await?;
        if operation.is_mutating() && self.faults().was_last_change() {
            self.signal(Client::kill).await;
            return Err(Lost);
        }
        after(steps, answer).await
    }

    async fn before(&self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Run(action) => {
                    let action = action.clone();
                    // On a thread that may block: the action may well run a runtime of its own.
                    tokio::task::spawn_blocking(move || action())
                        .await
                        .expect("the action on a call panicked");
                }
                Step::Wait(delay) => tokio::time::sleep(*delay).await,
                Step::Interrupt => self.signal(Client::interrupt).await,
                Step::Refuse(_) | Step::LoseRequest | Step::LoseAnswer | Step::Rewrite(_) => {}
            }
        }
    }

    async fn signal(&self, send: fn(&Client)) {
        let client = self.client.clone();
        tokio::task::spawn_blocking(move || send(&client))
            .await
            .expect("signalling the client panicked");
        tokio::time::sleep(SIGNALLING).await;
    }

    /// The simulator's own answer.
    pub async fn forward(&self, parts: &Parts, body: Bytes) -> Result<Response<Answer>, Lost> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("http://127.0.0.1:{}{path}", self.simulator_port);
        let mut request = Request::builder()
            .method(&parts.method)
            .uri(uri)
            .body(Full::from(body))
            .expect("a legal request");
        request.headers_mut().clone_from(&parts.headers);
        for name in [CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING] {
            request.headers_mut().remove(name);
        }
        let account = HeaderValue::from_str(&self.place.account).expect("an account is digits");
        request.headers_mut().insert("x-moto-account-id", account);
        let (head, body) = self
            .http
            .request(request)
            .await
            .map_err(|_| Lost)?
            .into_parts();
        let body = if head
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == EVENT_STREAM)
        {
            Either::Right(body)
        } else {
            let whole = body.collect().await.map_err(|_| Lost)?.to_bytes();
            Either::Left(Full::from(whole))
        };
        Ok(relayed(head, body, &parts.method))
    }
}

/// The answer with the headers that concern the other connection removed.
fn relayed(
    mut head: hyper::http::response::Parts,
    body: Answer,
    method: &Method,
) -> Response<Answer> {
    head.headers.remove(CONNECTION);
    head.headers.remove(TRANSFER_ENCODING);
    // To HEAD it states the size of the object, which the empty body does not tell.
    if method != Method::HEAD {
        head.headers.remove(CONTENT_LENGTH);
    }
    Response::from_parts(head, body)
}

async fn after(steps: &[Step], mut answer: Response<Answer>) -> Result<Response<Answer>, Lost> {
    for step in steps {
        match step {
            Step::LoseAnswer => return Err(Lost),
            Step::Rewrite(rewrite) => {
                let (head, body) = answer.into_parts();
                let body = body.collect().await.map_err(|_| Lost)?.to_bytes();
                let body = Full::from(rewrite(body.to_vec()));
                answer = Response::from_parts(head, Either::Left(body));
            }
            Step::Run(_)
            | Step::Wait(_)
            | Step::Interrupt
            | Step::Refuse(_)
            | Step::LoseRequest => {}
        }
    }
    Ok(answer)
}

/// Marks a bucket as being written while it lives.
struct Writing<'exchange> {
    buckets: &'exchange Mutex<Vec<String>>,
    bucket: Option<&'exchange str>,
}

impl<'exchange> Writing<'exchange> {
    fn start(buckets: &'exchange Mutex<Vec<String>>, bucket: Option<&'exchange str>) -> Self {
        held(buckets).extend(bucket.map(str::to_owned));
        Self { buckets, bucket }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut buckets = held(self.buckets);
        if let Some(position) = buckets
            .iter()
            .position(|one| Some(one.as_str()) == self.bucket)
        {
            buckets.swap_remove(position);
        }
    }
}

/// A test that panics while it holds a lock must not hide its own message behind ours.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
