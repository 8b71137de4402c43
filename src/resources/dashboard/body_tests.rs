//! Bodies for every partition and every choice of widgets, held against a schema of what CloudWatch documents.

use std::collections::BTreeSet;

use jsonschema::Validator;

use super::*;
use crate::metrics::dimensions::Metric;
use crate::resources::dashboard::Dashboard;
use crate::resources::dashboard::look::Showing;
use crate::resources::dashboard::repositories::{MOST, Repositories};
use crate::resources::log_group_arn::LogGroupArn;

const SCHEMA: &str = include_str!("../../../tests/e2e/dashboard_schema.json");
/// A region of every partition.
const REGIONS: [(&str, &str); 8] = [
    ("aws", "eu-west-1"),
    ("aws-cn", "cn-north-1"),
    ("aws-us-gov", "us-gov-west-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"),
    ("aws-eusc", "eusc-de-east-1"),
];

fn schema() -> Validator {
    let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn named(count: usize) -> Repositories {
    let name = |number| format!("{number:0>256}");
    Repositories::Named {
        glob: "0*".to_owned(),
        names: (0..count).map(name).collect(),
    }
}

fn usage() -> Vec<Metric> {
    let metric = |name: &str, resource: &str, kind: &str| Metric {
        namespace: "AWS/Usage".to_owned(),
        name: name.to_owned(),
        dimensions: [
            ("Class", "None"),
            ("Resource", resource),
            ("Service", "ECR"),
            ("Type", kind),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
    };
    let calls = ["BatchGetImage", "PutImage"].map(|call| metric("CallCount", call, "API"));
    let count = metric("ResourceCount", "RepositoryCount", "RESOURCE");
    calls.into_iter().chain([count]).collect()
}

/// Every choice of groups of widgets, by the bits of a number.
fn content(choice: u32, repositories: Repositories, partition: &str, region: &str) -> Content {
    let has = |bit: u32| choice & (1 << bit) != 0;
    let alarm = |number| format!("arn:{partition}:cloudwatch:{region}:123456789012:alarm:{number}");
    Content {
        stack: "ecr-monitor-trail".to_owned(),
        region: region.to_owned(),
        log_group: has(0).then(|| LogGroupArn {
            region: region.to_owned(),
            account: "123456789012".to_owned(),
            name: "/aws/cloudtrail/ecr-logs".to_owned(),
        }),
        shown: Shown {
            repositories,
            usage: if has(1) { usage() } else { Vec::new() },
            sizes: has(2),
            findings: has(3),
            alarms: if has(4) {
                (0..100).map(alarm).collect()
            } else {
                Vec::new()
            },
        },
    }
}

const CHOICES: std::ops::Range<u32> = 0..32;

fn every_content() -> Vec<Content> {
    let everything = CHOICES.end - 1;
    let choices = CHOICES.flat_map(|choice| {
        [Repositories::All, named(1)].map(|all| content(choice, all, "aws", "eu-west-1"))
    });
    let sizes = [60, MOST].map(|count| content(everything, named(count), "aws", "eu-west-1"));
    let partitions = REGIONS
        .map(|(partition, region)| content(everything, Repositories::All, partition, region));
    choices.chain(sizes).chain(partitions).collect()
}

#[test]
fn whatever_is_chosen_the_body_is_as_cloudwatch_documents_it() {
    let schema = schema();
    for content in every_content() {
        let body = content.body();
        let problems: Vec<String> = schema
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn whatever_is_chosen_the_limits_of_a_dashboard_are_kept() {
    for content in every_content() {
        let body = content.body();
        let mut metrics = 0;
        for widget in body["widgets"].as_array().expect("widgets") {
            let rows = widget["properties"]["metrics"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            metrics += rows.len();
            let searches: Vec<&str> = rows
                .iter()
                .filter_map(|row| row[0]["expression"].as_str())
                .filter(|expression| expression.contains("SEARCH"))
                .collect();
            assert!(searches.len() <= 100, "{widget}");
            assert!(
                searches.iter().all(|search| search.len() <= 1024),
                "{searches:?}"
            );
            let ids: Vec<_> = rows
                .iter()
                .filter_map(|row| row.as_array()?.last()?["id"].as_str())
                .collect();
            let unique: BTreeSet<_> = ids.iter().collect();
            assert_eq!(ids.len(), unique.len(), "{ids:?}");
        }
        assert!(metrics <= 2500, "{metrics} metrics");
    }
}

#[test]
fn no_widget_stands_on_another_and_none_stands_out() {
    for content in every_content() {
        let body = content.body();
        let mut taken = BTreeSet::new();
        for widget in body["widgets"].as_array().expect("widgets") {
            let number = |field: &str| widget[field].as_u64().expect("a number");
            for x in number("x")..number("x") + number("width") {
                for y in number("y")..number("y") + number("height") {
                    assert!(
                        x < 24 && taken.insert((x, y)),
                        "{}",
                        widget["properties"]["title"]
                    );
                }
            }
        }
    }
}

#[test]
fn what_was_chosen_is_read_back_from_the_body() {
    for content in every_content() {
        let dashboard = Dashboard {
            name: "D".to_owned(),
            body: content.body(),
        };
        let recorded = dashboard.recorded(&content.stack, &content.region);
        let Showing { shown, logs, .. } = recorded.expect("it is as it was made");
        assert_eq!(shown, content.shown);
        assert_eq!(logs, content.log_group.is_some());
    }
}

#[test]
fn the_selector_is_in_the_widgets_that_follow_it_and_in_no_other() {
    for content in every_content() {
        let body = content.body();
        let pattern = body["variables"][0]["pattern"].as_str();
        let widgets = body["widgets"].as_array().expect("widgets");
        let follow = widgets
            .iter()
            .filter(|widget| widget.to_string().contains(selector::CHOSEN));
        for widget in follow.clone() {
            let title = widget["properties"]["title"].as_str().expect("a title");
            assert!(title.ends_with(selector::CHOSEN), "{title}");
        }
        let expected = match &content.shown.repositories {
            Repositories::Named { names, .. } if names.len() == 1 => 0,
            _ => 2 + if content.shown.sizes { 2 } else { 0 } + usize::from(content.shown.findings),
        };
        assert_eq!(follow.count(), expected);
        assert_eq!(pattern, (expected > 0).then_some(selector::CHOSEN));
    }
}

#[test]
fn a_glob_narrows_the_lists_of_events_by_a_regular_expression() {
    let narrowed = Repositories::Named {
        glob: "team-{a,b}/*".to_owned(),
        names: vec!["team-a/api".to_owned()],
    };
    let body = content(1, narrowed, "aws", "eu-west-1").body();
    let queries = body["widgets"].as_array().expect("widgets").iter();
    let queries: Vec<&str> = queries
        .filter_map(|widget| widget["properties"]["query"].as_str())
        .collect();
    assert_eq!(queries.len(), logs::COUNT);
    for query in queries {
        assert!(
            query.contains(r"like /^team\-(?:b|a)\/.*$/")
                || query.contains(r"like /^team\-(?:a|b)\/.*$/"),
            "{query}"
        );
    }
}
