//! Two doors into the simulator for one world: the front door records every call and lets faults happen, the
//! backdoor does neither. Both say which account the call acts in. What happens to a call is told in `exchange`.

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::exchange::{Answer, Exchange, Lost};

/// How long a call may still be under way after its client has ended.
const SETTLING: Duration = Duration::from_secs(20);

pub struct Proxy {
    pub exchange: Arc<Exchange>,
    front_door: u16,
    backdoor: u16,
    stop: Option<oneshot::Sender<Infallible>>,
}

#[derive(Clone, Copy)]
enum Door {
    Front,
    Back,
}

impl Proxy {
    pub fn start(exchange: Exchange) -> Self {
        let exchange = Arc::new(exchange);
        let (front, front_door) = listener();
        let (back, backdoor) = listener();
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&exchange);
        thread::spawn(move || {
            let runtime = runtime();
            runtime.block_on(async {
                tokio::spawn(accept(front, Arc::clone(&served), Door::Front));
                tokio::spawn(accept(back, served, Door::Back));
                // Nothing is ever sent: the world's end drops the sender.
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        });
        Self {
            exchange,
            front_door,
            backdoor,
            stop: Some(stop),
        }
    }

    pub fn front_door_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.front_door)
    }

    pub fn backdoor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.backdoor)
    }

    /// Waits for the calls that a client has left behind, so that calls and state hold still.
    pub fn settle(&self) {
        let deadline = Instant::now() + SETTLING;
        while self.exchange.is_busy() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.take();
    }
}

/// A runtime for one thread, with sockets and clock.
pub fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("build a runtime")
}

/// Bound before the thread starts, so that the first client finds it open.
fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a loopback port");
    listener
        .set_nonblocking(true)
        .expect("make the listener fit for the runtime");
    let port = listener.local_addr().expect("read the bound port").port();
    (listener, port)
}

async fn accept(listener: TcpListener, exchange: Arc<Exchange>, door: Door) {
    let listener =
        tokio::net::TcpListener::from_std(listener).expect("hand the listener to the runtime");
    while let Ok((stream, _)) = listener.accept().await {
        let exchange = Arc::clone(&exchange);
        let service = service_fn(move |request| answer(Arc::clone(&exchange), door, request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A connection that breaks is what some faults are for.
        tokio::spawn(async { drop(connection.await) });
    }
}

async fn answer(
    exchange: Arc<Exchange>,
    door: Door,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Lost> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Lost)?.to_bytes();
    // In a task of its own: that the client goes away must not cut the call short, nor keep it from the record.
    let answering = tokio::spawn(async move {
        match door {
            Door::Front => exchange.watched(parts, body).await,
            Door::Back => exchange.forward(&parts, body).await,
        }
    });
    answering.await.map_err(|_| Lost)?
}
