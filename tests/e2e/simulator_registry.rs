//! ECR in the simulator: pages, filters, what an image tells of itself, scans, tags that may not move.

use aws_sdk_ecr::error::ProvideErrorMetadata;
use aws_sdk_ecr::types::{
    DescribeImagesFilter, FindingSeverity, ImageDetail, ImageIdentifier, ImageStatusFilter,
    ImageTagMutability, TagStatus,
};
use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

const MANIFEST_TYPE: &str = "application/vnd.docker.distribution.manifest.v2+json";
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";

fn world(repositories: &Value) -> World {
    let world = World::new();
    world.arrange("registry", &json!({ "repositories": repositories }));
    world
}

fn ecr(world: &World) -> aws_sdk_ecr::Client {
    Clients::of(world).ecr
}

fn images(world: &World, repository: &str) -> Vec<ImageDetail> {
    let request = ecr(world).describe_images().repository_name(repository);
    let answer = world.block_on(request.send()).expect("describe the images");
    answer.image_details.unwrap_or_default()
}

fn tagged(tag: &str) -> ImageIdentifier {
    ImageIdentifier::builder().image_tag(tag).build()
}

fn manifest(layers: &[i64]) -> String {
    let layers: Vec<Value> = layers.iter().map(|size| json!({"size": size})).collect();
    json!({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "layers": layers}).to_string()
}

#[test]
fn repositories_come_on_pages_of_a_hundred_or_as_asked() {
    let world = world(&json!([{"name": "team/app-{}", "copies": 250}]));
    let mut sizes = Vec::new();
    let mut token = None;
    loop {
        let request = ecr(&world).describe_repositories().set_next_token(token);
        let page = world.block_on(request.send()).expect("a page");
        sizes.push(page.repositories().len());
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [100, 100, 50]);

    let all = ecr(&world).describe_repositories().max_results(1000);
    let page = world.block_on(all.send()).expect("all on one page");
    assert_eq!((page.repositories().len(), page.next_token()), (250, None));
    for request in [
        ecr(&world).describe_repositories().max_results(1001),
        ecr(&world)
            .describe_repositories()
            .max_results(10)
            .repository_names("team/app-1"),
        ecr(&world).describe_repositories().next_token("made-up"),
    ] {
        let refused = world.block_on(request.send()).expect_err("refused");
        assert_eq!(refused.code(), Some("InvalidParameterException"));
    }
}

#[test]
fn a_repository_deleted_meanwhile_leaves_the_pages_whole() {
    let world = world(&json!([{"name": "team/app-{}", "copies": 5}]));
    let page = |token| {
        let request = ecr(&world).describe_repositories().max_results(2);
        world
            .block_on(request.set_next_token(token).send())
            .expect("a page")
    };
    let first = page(None);
    world.arrange("registry", &json!({"remove": ["team/app-1", "team/app-3"]}));
    let names: Vec<_> = page(first.next_token)
        .repositories
        .into_iter()
        .flatten()
        .filter_map(|repository| repository.repository_name)
        .collect();
    assert_eq!(names, ["team/app-4", "team/app-5"]);
    let gone = ecr(&world).describe_images().repository_name("team/app-3");
    let refused = world.block_on(gone.send()).expect_err("it is gone");
    assert_eq!(refused.code(), Some("RepositoryNotFoundException"));
}

#[test]
fn images_made_when_looked_at_are_the_same_at_every_look() {
    let generate = json!({"images": 1500, "size": 1000, "untagged_every": 10});
    let world = world(&json!([{"name": "big", "generate": generate}]));
    let all = || {
        let pages = ecr(&world)
            .describe_images()
            .repository_name("big")
            .max_results(1000)
            .into_paginator()
            .items()
            .send();
        let found: Result<Vec<ImageDetail>, _> = world.block_on(pages.collect());
        found.expect("all images")
    };
    let found = all();
    assert_eq!(found.len(), 1500);
    assert_eq!(found, all());
    let size: i64 = found
        .iter()
        .filter_map(ImageDetail::image_size_in_bytes)
        .sum();
    assert_eq!(size, 1500 * 1000 + 1499 * 1500 / 2);
    let untagged = found.iter().filter(|image| image.image_tags().is_empty());
    assert_eq!(untagged.count(), 150);
}

#[test]
fn an_image_tells_what_was_arranged_and_nothing_else() {
    let world = world(&json!([{"name": "app", "images": [
        {"tags": ["full"], "size": 7, "pushed_at": 1_790_000_000, "last_pull": "2026-11-01T00:00:00Z", "findings": {"CRITICAL": 2}},
        {"tags": ["bare"], "pushed_at": null, "media_type": null, "artifact_type": null, "status": null},
        {"tags": ["later"], "findings": {"HIGH": 1}, "findings_in_summary": false},
    ]}]));
    let found = images(&world, "app");
    let [full, bare, later] = found.as_slice() else {
        panic!("three images, not {found:?}");
    };
    assert_eq!(full.image_size_in_bytes(), Some(7));
    let pushed = full.image_pushed_at().expect("a push time");
    assert_eq!(pushed.secs(), 1_790_000_000);
    assert!(full.last_recorded_pull_time().is_some());
    let summary = full.image_scan_findings_summary().expect("a summary");
    let counts = summary.finding_severity_counts().expect("counts");
    assert_eq!(counts.get(&FindingSeverity::Critical), Some(&2));

    let nothing = ImageDetail::builder()
        .registry_id(world.account())
        .repository_name("app")
        .set_image_digest(bare.image_digest.clone())
        .image_tags("bare")
        .build();
    assert_eq!(bare, &nothing);
    assert!(later.image_scan_findings_summary().is_none());
    let findings = |tag| {
        let request = ecr(&world).describe_image_scan_findings();
        let request = request.repository_name("app").image_id(tagged(tag));
        world.block_on(request.send()).map_err(Box::new)
    };
    let told = findings("later").expect("the findings");
    let counts = told
        .image_scan_findings()
        .and_then(|found| found.finding_severity_counts());
    assert_eq!(
        counts.and_then(|counts| counts.get(&FindingSeverity::High)),
        Some(&1)
    );
    let never = findings("bare").expect_err("never scanned");
    assert_eq!(never.code(), Some("ScanNotFoundException"));
    let unknown = findings("none").expect_err("no such image");
    assert_eq!(unknown.code(), Some("ImageNotFoundException"));
}

#[test]
fn filters_choose_by_tag_and_by_status() {
    let world = world(&json!([{"name": "app", "images": [
        {"tags": ["a"]}, {"tags": []}, {"tags": ["old"], "status": "ARCHIVED"},
    ]}]));
    let count = |filter: DescribeImagesFilter| {
        let request = ecr(&world).describe_images().repository_name("app");
        let answer = world.block_on(request.filter(filter).send());
        answer.expect("describe the images").image_details().len()
    };
    let filter = DescribeImagesFilter::builder;
    assert_eq!(count(filter().build()), 2);
    assert_eq!(count(filter().tag_status(TagStatus::Untagged).build()), 1);
    assert_eq!(
        count(filter().image_status(ImageStatusFilter::Archived).build()),
        1
    );
    assert_eq!(
        count(filter().image_status(ImageStatusFilter::Any).build()),
        3
    );

    let listed = ecr(&world)
        .list_images()
        .repository_name("app")
        .max_results(1);
    let page = world.block_on(listed.send()).expect("a page");
    assert_eq!(page.image_ids().len(), 1);
    assert!(page.next_token().is_some());
}

#[test]
fn a_pushed_image_is_as_large_as_its_layers_and_a_list_as_its_largest_child() {
    let world = world(&json!([]));
    let ecr = ecr(&world);
    let create = ecr
        .create_repository()
        .repository_name("app")
        .image_tag_mutability(ImageTagMutability::Immutable);
    world
        .block_on(create.send())
        .expect("create the repository");
    let push = |manifest: &str, tag: &str| {
        let request = ecr.put_image().repository_name("app");
        let request = request.image_manifest(manifest).image_tag(tag);
        world.block_on(request.send()).map_err(Box::new)
    };
    let first = push(&manifest(&[5, 7]), "1").expect("push");
    let digest = first.image().and_then(|image| image.image_id());
    let digest = digest.and_then(|id| id.image_digest()).expect("a digest");
    let list =
        json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [{"digest": digest}]});
    push(&list.to_string(), "list").expect("push the list");
    let sizes: Vec<_> = images(&world, "app")
        .iter()
        .map(ImageDetail::image_size_in_bytes)
        .collect();
    assert_eq!(sizes, [Some(12), Some(12)]);

    let moved = push(&manifest(&[1]), "1").expect_err("the tag is taken");
    assert_eq!(moved.code(), Some("ImageTagAlreadyExistsException"));
    let delete = ecr.batch_delete_image().repository_name("app");
    let answer = world
        .block_on(delete.image_ids(tagged("1")).send())
        .expect("answered");
    let code = answer.failures()[0].failure_code().expect("a code");
    assert_eq!(code.as_str(), "ImageReferencedByManifestList");
}

#[test]
fn a_pull_moves_the_images_time() {
    let world = world(&json!([{"name": "app", "images": [{"tags": ["1"], "last_pull": 1}]}]));
    let pull = ecr(&world).batch_get_image().repository_name("app");
    let answer = world
        .block_on(pull.image_ids(tagged("1")).send())
        .expect("pull");
    assert_eq!(answer.images().len(), 1);
    let pulled = images(&world, "app")[0].last_recorded_pull_time;
    assert!(pulled.is_some_and(|time| time.secs() > 1));
}

#[test]
fn ecr_is_throttled_and_fails_on_request() {
    let world = world(&json!([{"name": "app"}]));
    world.arrange(
        "throttle",
        &json!({"operation": "ecr:DescribeImages", "per_second": 0}),
    );
    let request = ecr(&world).describe_images().repository_name("app");
    let refused = world.block_on(request.send()).expect_err("throttled");
    assert_eq!(refused.code(), Some("ThrottlingException"));

    // Faults meet those who come by the front door.
    world.inject(Fault::access_denied("ecr:GetLifecyclePolicy"));
    world.inject(Fault::server_error("ecr:ListImages", 500));
    let config = ecr(&world)
        .config()
        .to_builder()
        .endpoint_url(world.endpoint_url())
        .build();
    let front = aws_sdk_ecr::Client::from_conf(config);
    let denied = front.get_lifecycle_policy().repository_name("app");
    let denied = world.block_on(denied.send()).expect_err("denied");
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    let resource = format!("arn:aws:ecr:eu-west-1:{}:repository/app", world.account());
    assert!(
        denied
            .message()
            .is_some_and(|said| said.contains(&resource))
    );
    let failed = front.list_images().repository_name("app");
    let failed = world.block_on(failed.send()).expect_err("failed");
    assert_eq!(failed.code(), Some("ServerException"));
    let policy = ecr(&world).get_lifecycle_policy().repository_name("app");
    let none = world.block_on(policy.send()).expect_err("there is none");
    assert_eq!(none.code(), Some("LifecyclePolicyNotFoundException"));
}
