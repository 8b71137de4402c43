//! `setup` in every kind of region and under odd names: what it derives from them fits AWS's rules.

use serde_json::Value;

use crate::stack::{DELETE_ALL, changes_nothing, set_up};
use crate::support::world::World;

#[test]
fn only_us_east_1_creates_its_bucket_without_a_location() {
    for (region, says_where) in [("us-east-1", false), ("eu-west-1", true)] {
        let world = World::in_region(region);
        set_up(&world, &[]);
        let creation = world
            .calls()
            .into_iter()
            .find(|call| call.operation == "CreateBucket")
            .expect("a bucket is made");
        assert_eq!(
            creation.text().contains("LocationConstraint"),
            says_where,
            "{region}: {}",
            creation.text()
        );
        changes_nothing(&world, &[]);
    }
}

#[test]
fn arns_are_of_the_partition_of_the_region() {
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
        let world = World::in_region(region);
        set_up(&world, &[]);
        let state = world.state();
        let text = state["buckets"].to_string() + &state["roles"].to_string();
        assert!(
            text.contains(&format!("arn:{partition}:s3:::")) && !text.contains("arn:aws:"),
            "{text}"
        );
        changes_nothing(&world, &[]);
        world.ecrmon(DELETE_ALL).exits(0);
    }
}

#[test]
fn names_derived_from_a_long_or_odd_trail_name_fit() {
    for trail in [
        "My.Trail_Name",
        "a.b",
        &format!("Long{}", "-trail".repeat(20)),
    ] {
        let world = World::new();
        set_up(&world, &["--trail", trail]);
        let state = world.state();
        let bucket = only_key(&state["buckets"]);
        assert!(
            bucket.len() <= 63 && bucket.ends_with(&format!("-{}-eu-west-1", world.account())),
            "{bucket}"
        );
        assert!(only_key(&state["roles"]).len() <= 64, "{state:#}");
        changes_nothing(&world, &["--trail", trail]);
    }
}

#[test]
fn two_trails_whose_names_differ_in_punctuation_alone_share_no_bucket_and_no_role() {
    let world = World::new();
    set_up(&world, &["--trail", "my.trail", "--no-dashboard"]);
    set_up(
        &world,
        &["--trail", "My-Trail", "--no-dashboard", "--new-trail"],
    );
    let state = world.state();
    let count = |kind: &str| state[kind].as_object().map(serde_json::Map::len);
    assert_eq!((count("buckets"), count("roles")), (Some(2), Some(2)));
    changes_nothing(&world, &["--trail", "my.trail"]);
    changes_nothing(&world, &["--trail", "My-Trail"]);
}

fn only_key(kind: &Value) -> &str {
    let mut keys = kind.as_object().expect("an object").keys();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        panic!("not one: {kind:#}")
    };
    key
}
