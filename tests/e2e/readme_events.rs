//! The hour that the README asks about, ending at 12:31 by the README's clock.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::readme_registry;
use crate::support::world::World;

const HIDDEN: &str = "AWS Internal";

/// When things happened, as minutes and seconds after 12 o'clock.
const TIMES: [(i64, i64); 6] = [(4, 9), (4, 11), (6, 40), (9, 2), (9, 55), (22, 17)];

/// The README's clock shows 12:31:00 when the account's hour is made up.
pub struct Clock(Timestamp);

impl Clock {
    pub fn new() -> Self {
        Self(Timestamp::now())
    }

    /// A zone in which it is between 12 and 13 o'clock, so that an hour and what it shows lie within one day.
    pub fn zone(&self) -> String {
        let hour = self.0.to_zoned(TimeZone::UTC).hour();
        format!("README{}", hour - 12)
    }

    fn at(&self, (minute, second): (i64, i64)) -> Timestamp {
        self.0 - SignedDuration::from_secs(31 * 60 - minute * 60 - second)
    }

    /// A transcript in which the README's clock is what tells the time.
    pub fn reset(&self, transcript: &str) -> String {
        let zone = TimeZone::posix(&self.zone()).expect("a zone");
        let mut transcript = TIMES
            .iter()
            .fold(transcript.to_owned(), |text, (minute, second)| {
                let shown = self.at((*minute, *second)).to_zoned(zone.clone());
                let shown = shown.strftime("%H:%M:%S").to_string();
                text.replace(&shown, &format!("12:{minute:02}:{second:02}"))
            });
        if let Some(at) = transcript.find("Complete from ") {
            transcript.replace_range(at + 14..at + 28, "11:31 to 12:26");
        }
        readme_registry::reset(&transcript, self.0)
    }
}

/// Puts the hour into the account's history, and the registry beside it.
pub fn make_up(world: &World, clock: &Clock) {
    readme_registry::make_up(world, clock.0);
    let [layer, put, pull, delete, denied, policy] = TIMES.map(|time| clock.at(time));
    let mut events = vec![
        call(layer, "InitiateLayerUpload", &ci(), HIDDEN, &api()),
        call(layer, "UploadLayerPart", &ci(), HIDDEN, &api()),
        pushed(call(put, "PutImage", &ci(), HIDDEN, &api())),
        call(
            delete,
            "BatchDeleteImage",
            &user("anna"),
            "203.0.113.12",
            &images(14),
        ),
        refused(call(
            denied,
            "BatchGetImage",
            &stranger(),
            HIDDEN,
            &ledger(),
        )),
        call(
            policy,
            "SetRepositoryPolicy",
            &user("bob"),
            "203.0.113.40",
            &opened(),
        ),
    ];
    events.extend((0..3).map(|_| call(pull, "BatchGetImage", &node(), HIDDEN, &tagged())));
    for event in &mut events {
        event["awsRegion"] = json!(world.region());
    }
    world.arrange("events", &json!({ "events": events }));
}

fn call(time: Timestamp, name: &str, who: &Value, from: &str, asked: &Value) -> Value {
    json!({
        "eventTime": format!("{time:.0}"),
        "eventName": name,
        "eventSource": "ecr.amazonaws.com",
        "sourceIPAddress": from,
        "userIdentity": who,
        "requestParameters": asked,
    })
}

fn pushed(mut call: Value) -> Value {
    let digest = format!("sha256:{}", "98c8a1f04be21d37".repeat(4));
    call["responseElements"] =
        json!({"image": {"imageId": {"imageTag": "v1.4.2", "imageDigest": digest}}});
    call
}

fn refused(mut call: Value) -> Value {
    call["errorCode"] = json!("AccessDenied");
    call
}

fn api() -> Value {
    json!({"repositoryName": "team-a/api"})
}

fn tagged() -> Value {
    json!({"repositoryName": "team-a/api", "imageIds": [{"imageTag": "v1.4.2"}]})
}

fn images(number: usize) -> Value {
    let ids: Vec<Value> = (0..number)
        .map(|at| json!({"imageTag": format!("v0.9.{at}")}))
        .collect();
    json!({"repositoryName": "team-a/api", "imageIds": ids})
}

fn ledger() -> Value {
    json!({"repositoryName": "payments/ledger", "imageIds": [{"imageTag": "latest"}]})
}

fn opened() -> Value {
    let everyone = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]});
    json!({"repositoryName": "team-b/tools", "policyText": everyone.to_string()})
}

fn user(name: &str) -> Value {
    json!({"type": "IAMUser", "userName": name})
}

fn ci() -> Value {
    session("ci", "build-812")
}

fn node() -> Value {
    session("eks-node", "i-0ab12cd34ef567890")
}

fn session(role: &str, name: &str) -> Value {
    json!({
        "type": "AssumedRole",
        "arn": format!("arn:aws:sts::123456789012:assumed-role/{role}/{name}"),
        "sessionContext": {"sessionIssuer": {"userName": role}},
    })
}

fn stranger() -> Value {
    json!({"type": "AWSAccount", "accountId": "999988887777"})
}
