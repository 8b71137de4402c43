//! Trails that exist: which are used as they are, which are not and why, and the choice that is then the person's.

use serde_json::json;

use crate::dashboards::{body, widget};
use crate::stack::{DELETE_ALL, TRAIL};
use crate::support::clients::Clients;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::trails::{
    changes_of_trails, covering, delivering, make_log_group, organization, silent, trail, trail_arn,
};

/// Refuses to decide for the person, and changes nothing.
#[track_caller]
fn must_choose(world: &World) -> Transcript {
    let before = world.state();
    let transcript = world.ecrmon(["setup", "--yes"]);
    transcript
        .exits(2)
        .says("--attach")
        .says("--new-trail")
        .says("second copy");
    assert_eq!(world.state(), before);
    assert_eq!(world.mutating_calls().len(), 0);
    transcript
}

#[test]
fn a_trail_that_covers_ecr_is_adopted_and_never_touched() {
    let world = World::new();
    covering(&world, "audit");
    let before = world.state();
    let setup = world.ecrmon(["setup", "--yes"]);
    setup
        .exits(0)
        .says("already records ECR, reads and writes: left untouched")
        .says("where `audit` delivers");
    assert_eq!(trail(&world, "audit"), before["trails"][0]);
    let log_widget = widget(&body(&world), "Recent pushes");
    assert!(
        log_widget["query"]
            .as_str()
            .is_some_and(|query| query.contains("SOURCE '/audit'")),
        "{log_widget}"
    );

    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do");
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
    assert_eq!(changes_of_trails(&world), Vec::<String>::new());
}

#[test]
fn a_trail_made_with_the_aws_sdk_is_adopted_as_well() {
    let world = World::new();
    world
        .ecrmon(["setup", "--yes", "--no-dashboard", "--trail", "theirs"])
        .exits(0);
    let cloudtrail = Clients::of(&world).cloudtrail;
    let tag = aws_sdk_cloudtrail::types::Tag::builder()
        .key("ecrmon:stack")
        .build()
        .expect("a tag");
    world
        .block_on(
            cloudtrail
                .remove_tags()
                .resource_id(trail_arn(&world, "theirs"))
                .tags_list(tag)
                .send(),
        )
        .expect("untag");
    let before = world.state();
    world
        .ecrmon(["setup", "--yes", "--no-dashboard"])
        .exits(0)
        .prints("Nothing to do");
    assert_eq!(world.state(), before);
}

#[test]
fn a_log_group_in_another_region_is_used_where_it_is() {
    let world = World::new();
    world.add_trail(&delivering(&world, "audit", "us-east-1", world.account()));
    make_log_group(&world, "us-east-1", "/audit");
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .says("where `audit` delivers in us-east-1");
    let body = body(&world);
    assert_eq!(widget(&body, "Recent pushes")["region"], "us-east-1");
    assert_eq!(
        widget(&body, "Pulls per repository")["region"],
        world.region()
    );
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do");
}

#[test]
fn a_log_group_of_another_account_is_no_use() {
    let world = World::new();
    world.add_trail(&delivering(&world, "audit", world.region(), "999988887777"));
    must_choose(&world)
        .says("delivers to a log group of account 999988887777")
        .does_not_say("--attach audit");
}

#[test]
fn an_organisation_trail_whose_selectors_are_hidden_is_not_trusted() {
    let world = World::new();
    world.add_trail(&organization(&world, "org"));
    must_choose(&world)
        .says("unknown: cannot tell: `cloudtrail:GetEventSelectors` is not allowed")
        .says("an organisation trail, cannot be changed from here");
}

#[test]
fn a_trail_of_writes_alone_is_reported_as_missing_pulls() {
    let world = World::new();
    let mut writes = delivering(&world, "writes", world.region(), world.account());
    writes["selectors"] = json!({"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]});
    world.add_trail(&writes);
    must_choose(&world).says("records writes only: pulls are missing");
}

#[test]
fn a_trail_that_fails_to_deliver_is_not_adopted() {
    for (field, words) in [
        (
            "LatestDeliveryError",
            "delivery to its bucket fails: AccessDenied",
        ),
        (
            "LatestCloudWatchLogsDeliveryError",
            "delivery to its log group fails: AccessDenied",
        ),
    ] {
        let world = World::new();
        covering(&world, "audit");
        world.set_trail_status(world.region(), "audit", &json!({ field: "AccessDenied" }));
        must_choose(&world).says(words);
    }
}

#[test]
fn a_stopped_trail_takes_no_copy_so_ours_is_made_without_a_choice() {
    let world = World::new();
    covering(&world, "audit");
    world.set_trail_status(world.region(), "audit", &json!({"IsLogging": false}));
    let before = trail(&world, "audit");
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .says("logging is off")
        .does_not_say("second copy");
    assert_eq!(trail(&world, "audit"), before);
    assert_eq!(trail(&world, TRAIL)["logging"], true);
}

#[test]
fn without_a_terminal_the_choice_is_not_made_for_anyone() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    must_choose(&world).says("`--attach audit` to give that trail our log group");
    for arguments in [
        &["setup"][..],
        &["setup", "--dry-run"],
        &["setup", "--check"],
        &["trail", "ensure", "--yes"],
    ] {
        world
            .ecrmon(arguments)
            .exits(2)
            .says("--attach audit")
            .says("--new-trail");
    }
    assert_eq!(world.mutating_calls().len(), 0);
}

#[test]
fn the_second_copy_that_was_asked_for_is_priced_in_the_plan() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    let before = trail(&world, "audit");
    let setup = world.ecrmon(["setup", "--yes", "--new-trail"]);
    setup
        .exits(0)
        .says("second copy of management events")
        .says("$2.00 per 100,000 events")
        .says("`audit` takes the free one");
    assert_eq!(trail(&world, "audit"), before);
    assert_eq!(trail(&world, TRAIL)["logging"], true);
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do: all 5 resources are as wanted.");
}

#[test]
fn at_a_terminal_a_number_attaches_after_the_plan_is_confirmed() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    let mut terminal = world.terminal(["setup"]);
    terminal
        .awaits("1  give `audit` our log group and role")
        .awaits("Which?")
        .types("1");
    terminal.awaits("Apply?").types("y");
    terminal.finish().exits(0);
    assert!(trail(&world, "audit")["description"]["CloudWatchLogsLogGroupArn"].is_string());
}

#[test]
fn at_a_terminal_n_makes_a_trail_of_our_own() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    let mut terminal = world.terminal(["setup"]);
    terminal
        .awaits("n  make a trail of our own")
        .awaits("Which?")
        .types("n");
    terminal
        .awaits("second copy of management events")
        .awaits("Apply?")
        .types("y");
    terminal.finish().exits(0);
    assert_eq!(trail(&world, TRAIL)["logging"], true);
}

#[test]
fn at_a_terminal_any_other_answer_changes_nothing() {
    for answer in ["", "0", "2", "audit", "y"] {
        let world = World::new();
        world.add_trail(&silent(&world, "audit"));
        let mut terminal = world.terminal(["setup"]);
        terminal.awaits("Which?").types(answer);
        terminal.finish().exits(1).prints("nothing was changed");
        assert_eq!(world.mutating_calls().len(), 0, "after {answer:?}");
    }
}

#[test]
fn our_trail_of_all_regions_is_adopted_in_a_second_region() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    let before = trail(&world, TRAIL);
    world
        .ecrmon(["setup", "--yes", "--region", "us-east-1"])
        .exits(2)
        .says("belongs to stack")
        .says("--dashboard NAME");
    let second = world.ecrmon([
        "setup",
        "--yes",
        "--region",
        "us-east-1",
        "--dashboard",
        "ECR-us-east-1",
    ]);
    second
        .exits(0)
        .says("left untouched")
        .says("delivers in eu-west-1");
    world
        .ecrmon([
            "status",
            "--region",
            "us-east-1",
            "--dashboard",
            "ECR-us-east-1",
        ])
        .exits(0);
    world
        .ecrmon(["status", "--region", "us-east-1"])
        .exits(2)
        .says("--no-dashboard");
    world
        .ecrmon(["status", "--region", "us-east-1", "--no-dashboard"])
        .exits(0)
        .does_not_print("dashboard");
    assert_eq!(trail(&world, TRAIL), before);
    assert_eq!(world.state()["trails"].as_array().map(Vec::len), Some(1));
}
