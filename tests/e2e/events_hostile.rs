//! What others write into a registry's events never acts on the terminal or the spreadsheet of who reads them, and
//! records that cannot be read are told of.

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, happen, world_delivering};
use crate::events_story::{call, hour, user, with, world};
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// A title for the window, a cleared screen, a colour in C1, a bell, texts turned round, a deletion, a faked line.
const HOSTILE: &str =
    "x\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{7}\u{202e}\u{61c}\u{2067}\u{7f}\nFAKED";
/// Unicode's property Bidi_Control.
const TURNING: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

fn ask(world: &World, more: &[&str]) -> Transcript {
    world
        .command()
        .args(["events", "--source", "history"])
        .args(hour())
        .args(more)
        .run()
}

fn hostile_world() -> World {
    let world = World::new();
    let who = |mut identity: Value| {
        identity["userName"] = json!(HOSTILE);
        identity
    };
    let request = json!({"repositoryName": HOSTILE, "imageTag": HOSTILE});
    let hostile = json!({"eventID": HOSTILE, "userAgent": HOSTILE, "vpcEndpointId": HOSTILE, "sourceIPAddress": HOSTILE,
        "errorCode": HOSTILE, "errorMessage": HOSTILE, "requestID": HOSTILE});
    let push = with(
        call(&world, 1, "PutImage", &who(user(&world, "x")), &request),
        hostile.clone(),
    );
    let unknown = with(
        call(&world, 2, HOSTILE, &who(user(&world, "x")), &request),
        with(hostile, json!({"eventID": "other"})),
    );
    happen(&world, &[push, unknown]);
    world
}

/// Of control characters, a result has line breaks and (coloured) our own colours.
#[track_caller]
fn is_harmless(transcript: &Transcript) {
    for stream in [&transcript.stdout, &transcript.stderr] {
        let plain = anstream::adapter::strip_str(stream).to_string();
        let is_harmful =
            |letter: char| (letter.is_control() && letter != '\n') || TURNING.contains(&letter);
        assert!(!plain.contains(is_harmful), "{plain:?}");
        for sequence in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{9b}", "\u{7f}"] {
            assert!(!stream.contains(sequence), "{sequence:?} in {stream:?}");
        }
        assert!(
            !stream
                .lines()
                .any(|line| line.trim_start().starts_with("FAKED")),
            "{stream}"
        );
    }
}

#[test]
fn what_a_terminal_would_obey_reaches_it_in_no_format() {
    let world = hostile_world();
    for view in [
        &[][..],
        &["--raw"],
        &["--wide"],
        &[
            "--raw",
            "--fields",
            "principal,tag,repository,error_message,user_agent",
        ],
    ] {
        for format in ["text", "json", "ndjson", "csv"] {
            let more = [&["--color", "always", "--output", format], view].concat();
            let transcript = ask(&world, &more);
            transcript.exits(0).prints("owned");
            is_harmless(&transcript);
        }
    }
}

#[test]
fn data_keeps_what_text_must_leave_out() {
    let world = hostile_world();
    let document = ask(&world, &["--raw", "--output", "json"]).json();
    for field in ["tag", "repository", "user_agent", "error_message"] {
        assert_eq!(document["events"][0][field], HOSTILE, "{field}");
    }
}

#[test]
fn cells_that_a_spreadsheet_would_compute_are_marked_as_text() {
    let world = World::new();
    let formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r\n=1+1"];
    let push = |(second, tag): (i64, &&str)| {
        let event = call(
            &world,
            second,
            "PutImage",
            &user(&world, "x"),
            &json!({"imageTag": tag}),
        );
        with(
            event,
            json!({"eventID": format!("e{second}"), "userAgent": tag}),
        )
    };
    happen(&world, &(0..).zip(&formulas).map(push).collect::<Vec<_>>());
    let text = ask(
        &world,
        &[
            "--raw",
            "--oldest-first",
            "--output",
            "csv",
            "--fields",
            "tag,user_agent",
        ],
    )
    .stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), formulas.len());
    for cell in rows.iter().flat_map(|row| row.iter()) {
        assert!(cell.starts_with('\''), "{cell:?} in\n{text}");
    }
}

/// Asks for the hour while one record of what AWS answers is torn.
fn ask_while_torn(operation: &str, source: &[&str]) -> (Transcript, usize) {
    let world = world();
    world.inject(Fault::rewrite_answer(operation, |body| {
        let text = String::from_utf8(body).expect("JSON is UTF-8");
        text.replace(r#"\"eventName\":\"SetRepositoryPolicy\""#, "torn")
            .into_bytes()
    }));
    let question = world
        .command()
        .args(["events", "--raw", "--output", "json"])
        .args(source);
    let transcript = question.args(hour()).run();
    transcript
        .exits(5)
        .says("not read: 1 record that cannot be parsed");
    assert_eq!(transcript.json()["unreadable_records"], 1);
    let shown = transcript.json()["events"].as_array().map_or(0, Vec::len);
    (transcript, shown)
}

#[test]
fn a_record_that_cannot_be_parsed_is_counted_and_the_rest_is_shown() {
    let (_, shown) = ask_while_torn("FilterLogEvents", &["--log-group", LOG_GROUP]);
    assert_eq!(shown, 13);
}

#[test]
fn of_a_record_that_cannot_be_parsed_the_event_history_tells_what_it_lists() {
    let (transcript, shown) = ask_while_torn("LookupEvents", &["--source", "history"]);
    assert_eq!(shown, 14);
    let document = transcript.json();
    let events = document["events"].as_array().expect("a list");
    let torn = events
        .iter()
        .find(|event| event["event_id"] == "e14")
        .expect("it is listed");
    assert_eq!(torn["event_name"], "SetRepositoryPolicy");
    assert_eq!(torn["principal"], "anna");
    assert_eq!(torn["repository"], Value::Null);
}

#[test]
fn a_record_with_nothing_as_documented_is_shown_with_what_it_has() {
    let world = world_delivering("at once");
    let odd = json!({"eventID": "odd", "eventName": "PutImage", "eventSource": "ecr.amazonaws.com", "eventTime": crate::events_story::at(9),
        "awsRegion": world.region(), "userIdentity": [], "requestParameters": "r", "responseElements": [], "resources": null,
        "sourceIPAddress": {"a": 1}, "readOnly": false});
    happen(&world, &[odd]);
    for source in [
        &["--source", "history"][..],
        &["--log-group", LOG_GROUP],
        &["--source", "archive"],
    ] {
        let question = ["events"].iter().chain(source).copied().map(str::to_owned);
        let transcript = world.ecrmon(question.chain(hour()));
        transcript
            .exits(0)
            .prints("push")
            .prints("unknown")
            .prints("not recorded");
    }
}
