//! `ecrmon metrics export`: a text that the official parsers of both formats read alike, in a file, and served.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::support::calls::names;
use crate::support::client::signal;
use crate::support::fault::Fault;
use crate::support::python::python_environment;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// Reads a text in both formats, finds the same in it, and tells its samples.
const READER: &str = "\
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as older_text
text = sys.stdin.read()
families = list(open_metrics(text))
def samples(families):
    return [[one.name, one.labels, one.value] for family in families for one in family.samples]
assert samples(families) == samples(older_text(text)), 'the formats differ'
# Other types are refused by the readers of the older format, and so are times.
assert {family.type for family in families} == {'gauge'}
assert all(one.timestamp is None for family in families for one in family.samples)
print(json.dumps(samples(families)))
";

/// The samples of a text: name, labels and value.
#[track_caller]
fn samples(text: &str) -> Vec<Value> {
    let python = python_environment().expect("a Python with prometheus_client");
    let mut reader = Command::new(python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start Python");
    let mut pipe = reader.stdin.take().expect("a pipe");
    pipe.write_all(text.as_bytes()).expect("tell the text");
    drop(pipe);
    let output = reader.wait_with_output().expect("wait for Python");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{text}");
    serde_json::from_slice(&output.stdout).expect("samples are JSON")
}

/// Name, repository, a further label, value.
type Sample<'s> = (&'s str, &'s str, &'s str, u64);

#[track_caller]
fn holds(samples: &[Value], world: &World, (name, repository, further, value): Sample<'_>) {
    let mut labels = json!({"account": world.account(), "region": world.region()});
    if !repository.is_empty() {
        labels["repository"] = json!(repository);
    }
    if let Some((name, value)) = further.split_once('=') {
        labels[name] = json!(value);
    }
    let wanted = json!([name, labels, value]);
    assert!(samples.contains(&wanted), "no {wanted} in {samples:#?}");
}

fn count(samples: &[Value], name: &str) -> usize {
    samples.iter().filter(|sample| sample[0] == name).count()
}

fn world() -> World {
    let world = World::new();
    let registry = json!([
        {"name": "team/api", "lifecycle_policy": "{}", "tag_mutability": "IMMUTABLE", "images": [
            {"tags": ["v2"], "size": 2_000, "pushed_at": 1_700_000_000, "last_pull": 1_700_000_100, "findings": {"HIGH": 5}},
            {"size": 500, "pushed_at": 1_600_000_000},
        ]},
        {"name": "team/unknown", "images": [{"tags": ["v1"], "size": null, "pushed_at": null}]},
    ]);
    world.arrange("registry", &json!({ "repositories": registry }));
    world
}

fn export(world: &World, arguments: &str) -> Transcript {
    world.ecrmon(format!("metrics export {arguments}").split_whitespace())
}

#[test]
fn both_parsers_read_the_registry() {
    let world = world();
    let transcript = export(&world, "");
    let text = &transcript.exits(0).stdout;
    assert!(text.ends_with("\n# EOF\n"), "{text}");
    let samples = samples(text);
    for sample in [
        (
            "ecrmon_info",
            "",
            concat!("version=", env!("CARGO_PKG_VERSION")),
            1,
        ),
        ("ecrmon_read_complete", "", "", 1),
        ("ecr_repositories", "", "", 2),
        ("ecr_repository_images", "team/api", "", 2),
        ("ecr_repository_untagged_images", "team/api", "", 1),
        ("ecr_repository_size_bytes", "team/api", "", 2_500),
        (
            "ecr_repository_last_push_timestamp_seconds",
            "team/api",
            "",
            1_700_000_000,
        ),
        (
            "ecr_repository_last_pull_timestamp_seconds",
            "team/api",
            "",
            1_700_000_100,
        ),
        ("ecr_repository_findings", "team/api", "severity=HIGH", 5),
        (
            "ecr_repository_findings",
            "team/api",
            "severity=CRITICAL",
            0,
        ),
        ("ecr_repository_images", "team/unknown", "", 1),
    ] {
        holds(&samples, &world, sample);
    }
    // What is unknown has no sample.
    for name in [
        "ecr_repository_size_bytes",
        "ecr_repository_last_push_timestamp_seconds",
        "ecr_repository_last_pull_timestamp_seconds",
    ] {
        assert_eq!(count(&samples, name), 1, "{name}");
    }
    assert_eq!(count(&samples, "ecr_repository_findings"), 7);
    assert_eq!(count(&samples, "ecr_repository_pulls"), 0);
    assert!(!names(&world.calls()).contains(&"cloudwatch:GetMetricData".to_owned()));
}

#[test]
fn pulls_are_read_where_they_are_asked_for() {
    let world = world();
    let pulls = json!({
        "namespace": "AWS/ECR", "name": "RepositoryPullCount", "dimensions": {"RepositoryName": "team/api"},
        "points": {"every": 3_600, "from": jiff::Timestamp::now().as_second() - 7_200, "value": 3},
    });
    world.arrange("metrics", &json!({"series": [pulls]}));
    let samples = samples(&export(&world, "--pulls 7d --repo team/*").exits(0).stdout);
    let pulled = samples
        .iter()
        .find(|one| one[0] == "ecr_repository_pulls" && one[1]["repository"] == "team/api");
    let pulled = pulled.expect("there are pulls");
    assert_eq!(pulled[1]["window"], "7d");
    assert!(pulled[2].as_f64() >= Some(6.0), "{pulled}");
    holds(
        &samples,
        &world,
        ("ecr_repository_pulls", "team/unknown", "window=7d", 0),
    );
}

#[test]
fn what_could_not_be_read_is_absent_and_said() {
    let world = world();
    world.inject(Fault::access_denied("DescribeImages"));
    let transcript = export(&world, "");
    transcript.exits(5).says("`ecr:DescribeImages`");
    let samples = samples(&transcript.stdout);
    holds(&samples, &world, ("ecrmon_read_complete", "", "", 0));
    assert_eq!(count(&samples, "ecr_repository_images"), 0);
    assert_eq!(count(&samples, "ecr_repository_info"), 2);
}

#[test]
fn hostile_names_stay_labels() {
    let world = world();
    let hostile = "a\"} evil{x=\"1\\line\nnext\u{1b}[31m\u{0} # {}";
    world.inject(Fault::rewrite_answer("DescribeRepositories", move |body| {
        let mut answer: Value = serde_json::from_slice(&body).expect("JSON");
        answer["repositories"][0]["repositoryName"] = json!(hostile);
        answer.to_string().into_bytes()
    }));
    // There is no such repository to be described.
    let transcript = export(&world, "");
    transcript.exits(5);
    assert!(!transcript.stdout.contains(['\u{1b}', '\u{0}']));
    let samples = samples(&transcript.stdout);
    let names: Vec<&str> = samples
        .iter()
        .filter_map(|sample| sample[1]["repository"].as_str())
        .filter(|name| name.contains("evil"))
        .collect();
    // What a terminal would obey is spelled out.
    let read = "a\"} evil{x=\"1\\line\\u{a}next\\u{1b}[31m\\u{0} # {}";
    assert_eq!(names, [read]);
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let world = world();
    let file = world.home().join("ecr.prom");
    let path = file.display().to_string();
    for _ in 0..2 {
        let transcript = world.ecrmon(["metrics", "export", "--file", &path]);
        transcript.exits(0).says("wrote `HOME/ecr.prom`");
        assert_eq!(transcript.stdout, "");
    }
    let written = std::fs::read_to_string(&file).expect("there is a file");
    assert_eq!(count(&samples(&written), "ecr_repository_images"), 2);

    world.inject(Fault::access_denied("DescribeRepositories"));
    world
        .ecrmon(["metrics", "export", "--file", &path])
        .exits(1);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), written);
    let left: Vec<String> = std::fs::read_dir(world.home())
        .expect("a home")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains("prom"))
        .collect();
    assert_eq!(left, ["ecr.prom"]);
    world.clear_faults();
    world
        .ecrmon(["metrics", "export", "--file", "no/such/folder/ecr.prom"])
        .exits(1)
        .says("cannot write the file `no/such/folder/ecr.prom`");
}

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
