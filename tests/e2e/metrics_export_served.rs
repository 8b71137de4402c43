//! `ecrmon metrics export --listen`: scrapes share a reading, and no client does harm.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Stdio};
use std::thread;

use crate::metrics_export::{count, export, samples, world};
use crate::support::calls::names;
use crate::support::client::signal;
use crate::support::fault::Fault;
use crate::support::world::World;

/// A server under way, and what it has said so far.
struct Server {
    process: Child,
    port: u16,
    said: String,
}

impl Server {
    fn start(world: &World, address: &str) -> Self {
        let command = world
            .command()
            .args(["metrics", "export", "--listen", address]);
        let mut process = command
            .prepared()
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start the server");
        let mut lines = BufReader::new(process.stderr.take().expect("stderr"));
        let mut said = String::new();
        while !said.contains("listening on") {
            assert!(lines.read_line(&mut said).expect("it says") > 0, "{said}");
        }
        process.stderr = Some(lines.into_inner());
        let (_, address) = said.split_once("listening on http://").expect("an address");
        let (address, _) = address.split_once("/metrics").expect("a path");
        let (_, port) = address.rsplit_once(':').expect("a port");
        Self {
            port: port.parse().expect("a port is a number"),
            process,
            said,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("connect")
    }

    /// The whole answer, head and body.
    fn answer(&self, method: &str, path: &str, headers: &str) -> String {
        let mut stream = self.connect();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).expect("ask");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn scrape(&self) -> String {
        self.answer("GET", "/metrics", "")
    }

    /// Ctrl-C; answers the exit code and all that it said.
    fn ends(mut self) -> (Option<i32>, String) {
        signal(self.process.id(), "INT");
        let stderr = self.process.stderr.take();
        stderr
            .expect("stderr")
            .read_to_string(&mut self.said)
            .expect("what it said");
        let status = self.process.wait().expect("it ends");
        (status.code(), self.said)
    }
}

fn readings(world: &World) -> usize {
    let calls = names(&world.calls());
    calls
        .iter()
        .filter(|call| *call == "ecr:DescribeRepositories")
        .count()
}

#[test]
fn scrapes_share_one_reading() {
    let world = world();
    let server = Server::start(&world, "127.0.0.1:0");
    assert_eq!(readings(&world), 0);
    let answers: Vec<String> = thread::scope(|scope| {
        let scrapes: Vec<_> = (0..20).map(|_| scope.spawn(|| server.scrape())).collect();
        let ended = scrapes.into_iter().map(thread::ScopedJoinHandle::join);
        ended.map(|scrape| scrape.expect("a scrape")).collect()
    });
    for answer in &answers {
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert_eq!(body, answers[0].split_once("\r\n\r\n").expect("a head").1);
    }
    let (_, body) = answers[0].split_once("\r\n\r\n").expect("a head");
    assert_eq!(count(&samples(body), "ecr_repository_images"), 2);
    server.scrape();
    assert_eq!(readings(&world), 1);
    assert_eq!(server.ends().0, Some(0));
}

#[test]
fn a_reader_gets_the_type_it_accepts_and_no_more_than_is_there() {
    let world = world();
    let server = Server::start(&world, "127.0.0.1:0");
    let open = "accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n";
    for (method, path, headers, answer) in [
        (
            "GET",
            "/metrics",
            open,
            "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
        (
            "GET",
            "/metrics",
            "",
            "content-type: text/plain; version=0.0.4; charset=utf-8",
        ),
        ("GET", "/metrics?x=1", "", "200 OK"),
        ("GET", "/", "", "see /metrics"),
        ("GET", "/etc/passwd", "", "404 Not Found"),
        (
            "POST",
            "/metrics",
            "content-length: 0\r\n",
            "allow: GET, HEAD",
        ),
        ("DELETE", "/", "", "405 Method Not Allowed"),
    ] {
        let answered = server.answer(method, path, headers);
        assert!(answered.contains(answer), "{method} {path}: {answered}");
    }
    let head = server.answer("HEAD", "/metrics", "");
    assert!(
        head.starts_with("HTTP/1.1 200 OK") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    server.ends();
}

#[test]
fn a_reading_that_fails_is_no_answer_of_old_values() {
    let world = world();
    world.inject(Fault::access_denied("DescribeRepositories"));
    let server = Server::start(&world, "127.0.0.1:0");
    for _ in 0..3 {
        let answer = server.scrape();
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("`ecr:DescribeRepositories`"), "{answer}");
    }
    assert_eq!(readings(&world), 1);
    let (code, said) = server.ends();
    assert_eq!(code, Some(0));
    assert_eq!(said.matches("access denied").count(), 1, "{said}");
}

#[test]
fn slow_and_rude_clients_do_no_harm() {
    let world = world();
    let server = Server::start(&world, "127.0.0.1:0");
    let slow: Vec<TcpStream> = (0..16)
        .map(|_| {
            let mut stream = server.connect();
            stream
                .write_all(b"GET /metrics HTTP/1.1\r\nHos")
                .expect("ask");
            stream
        })
        .collect();
    let long = format!("x: {}\r\n", "y".repeat(100_000));
    for rude in ["\0\r\n\r\n", &format!("GET / HTTP/1.1\r\n{long}\r\n")] {
        let mut stream = server.connect();
        // It may be told so before it has said all.
        let _ = stream.write_all(rude.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    assert!(server.scrape().starts_with("HTTP/1.1 200 OK"));
    drop(slow);
    assert_eq!(server.ends().0, Some(0));
}

#[test]
fn it_warns_where_others_can_reach_it_and_says_where_it_cannot_listen() {
    let world = world();
    let server = Server::start(&world, "0.0.0.0:0");
    let port = server.port;
    export(&world, &format!("--listen 127.0.0.1:{port}"))
        .exits(1)
        .says(&format!("cannot listen on 127.0.0.1:{port}"));
    let (_, said) = server.ends();
    assert!(said.contains("there is no password and no TLS"), "{said}");
    export(&world, "--listen localhost")
        .exits(2)
        .says("such as `127.0.0.1:9464`");
    export(&world, "--listen 127.0.0.1:0 --file x.prom").exits(2);
    export(&world, "--output json").exits(2);
}
