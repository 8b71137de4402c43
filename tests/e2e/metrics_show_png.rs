//! `ecrmon metrics show --png`: CloudWatch's own picture.

use std::fs;

use serde_json::{Value, json};

use crate::metric_series::{days, midnight};
use crate::metrics_show::{show, with, world_in_use};
use crate::support::fault::Fault;

#[test]
fn a_picture_goes_to_a_file_and_replaces_nothing_but_a_picture() {
    let world = world_in_use();
    let picture = world.home().join("pulls.png");
    let draw = |file: &str| world.ecrmon(show("pulls", &with(&days(8, 1), &["--png", file])));
    let transcript = draw("pulls.png");
    transcript
        .exits(0)
        .says("CloudWatch's picture is in `pulls.png`");
    assert_eq!(transcript.stdout, "");
    let drawn = fs::read(&picture).expect("the picture is there");
    assert!(drawn.starts_with(b"\x89PNG\r\n\x1a\n"));
    fs::write(&picture, &drawn[..20]).expect("spoil the picture");
    draw("pulls.png").exits(0);
    assert_eq!(
        fs::read(&picture).expect("the picture is there again"),
        drawn
    );

    fs::write(world.home().join("notes.txt"), "notes").expect("write a file");
    world.forget_calls();
    draw("notes.txt")
        .exits(2)
        .says("`notes.txt` is there and is no PNG");
    draw(".").exits(2).says("is no PNG");
    assert!(world.calls().is_empty());
    draw("missing/pulls.png")
        .exits(1)
        .says("cannot write `missing/pulls.png`");
}

#[test]
fn a_picture_goes_through_a_pipe_and_never_to_a_terminal() {
    let world = world_in_use();
    let flags = with(&days(8, 1), &["--png", "-"]);
    let output = world
        .command()
        .args(show("pulls", &flags))
        .prepared()
        .output()
        .expect("ecrmon runs");
    assert!(output.status.success() && output.stdout.starts_with(b"\x89PNG\r\n\x1a\n"));
    let screen = world.terminal(show("pulls", &flags)).finish();
    screen.exits(2).prints("a terminal cannot show a PNG");
}

#[test]
fn a_picture_shows_the_same_series_and_the_same_time() {
    let world = world_in_use();
    let flags = with(&days(8, 1), &["--png", "a.png", "--top", "2"]);
    world.ecrmon(show("pulls", &flags)).exits(0);
    let asked = world
        .calls()
        .into_iter()
        .find(|call| call.operation == "GetMetricWidgetImage")
        .expect("a picture was asked for");
    let text = asked.text();
    let widget = &text[text.find('{').expect("JSON begins")..=text.rfind('}').expect("JSON ends")];
    let widget: Value = serde_json::from_str(widget).expect("the widget is JSON");
    assert_eq!(widget["start"], midnight(8).to_string());
    assert_eq!(widget["end"], midnight(1).to_string());
    assert_eq!(widget["period"], 10_800);
    let hidden = json!(["AWS/ECR", "RepositoryPullCount", "RepositoryName", "team-a/api", {"id": "m0", "visible": false, "stat": "Sum"}]);
    assert_eq!(widget["metrics"][0], hidden);
    assert_eq!(
        widget["metrics"][1],
        json!([{"expression": "FILL(m0, 0)", "label": "team-a/api", "id": "e0"}])
    );
    assert_eq!(widget["metrics"].as_array().map(Vec::len), Some(4));
    world.inject(Fault::access_denied("GetMetricWidgetImage"));
    world
        .ecrmon(show("pulls", &flags))
        .exits(1)
        .says("allow `cloudwatch:GetMetricWidgetImage`");
}
