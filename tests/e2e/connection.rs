//! How AWS is reached: retry settings, certificates and endpoints, and what is said when they do not work.

use std::fs;
use std::net::TcpListener;

use crate::credentials::configure;
use crate::support::command::Invocation;
use crate::support::world::World;

#[test]
fn bad_retry_settings_are_an_error_message() {
    let world = World::new();
    for (variable, value) in [
        ("AWS_RETRY_MODE", "legacy"),
        ("AWS_RETRY_MODE", "often"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "x"),
    ] {
        world
            .command()
            .env(variable, value)
            .args(["status"])
            .run()
            .exits(2)
            .says(&format!("{variable} is `{value}`"))
            .says("hint: use");
    }
    for (key, value) in [
        ("retry_mode", "legacy"),
        ("retry_mode", "often"),
        ("max_attempts", "0"),
        ("max_attempts", "x"),
    ] {
        configure(&world, &format!("[default]\n{key} = {value}\n"));
        world
            .ecrmon(["status"])
            .exits(2)
            .says(&format!("the profile's `{key}` is `{value}`"));
    }
    assert!(world.calls().is_empty());
}

#[test]
fn good_retry_settings_are_taken() {
    let world = World::new();
    for mode in ["standard", "adaptive", "STANDARD", ""] {
        world
            .command()
            .env("AWS_RETRY_MODE", mode)
            .env("AWS_MAX_ATTEMPTS", "2")
            .args(["trail", "list"])
            .run()
            .exits(0);
    }
}

#[test]
fn a_ca_bundle_that_cannot_be_used_exits_with_2() {
    let world = World::new();
    let bundle = world.home().join("bundle.pem");
    let path = bundle.display().to_string();
    let status = || {
        world
            .command()
            .env("AWS_CA_BUNDLE", &path)
            .args(["status"])
            .run()
    };
    status()
        .exits(2)
        .says("cannot use the CA bundle")
        .says("AWS_CA_BUNDLE");
    for content in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        fs::write(&bundle, content).expect("write the bundle");
        status()
            .exits(2)
            .says("cannot use the CA bundle")
            .does_not_say("panicked");
    }
    assert!(world.calls().is_empty());
}

/// With an endpoint for each of these services instead of one for all.
fn with_endpoints<'world>(world: &'world World, services: &[&str]) -> Invocation<'world> {
    let endpoint = world.endpoint_url();
    services.iter().fold(
        world.command().env_remove("AWS_ENDPOINT_URL"),
        |command, service| command.env(&format!("AWS_ENDPOINT_URL_{service}"), &endpoint),
    )
}

#[test]
fn endpoints_may_be_given_by_service_alone() {
    let world = World::new();
    let services = [
        "CLOUDTRAIL",
        "CLOUDWATCH",
        "CLOUDWATCH_LOGS",
        "IAM",
        "S3",
        "STS",
    ];
    with_endpoints(&world, &services)
        .args(["setup", "--yes"])
        .run()
        .exits(0);
}

#[test]
fn an_endpoint_may_be_given_by_service_in_the_profile() {
    let world = World::new();
    let endpoint = world.endpoint_url();
    configure(
        &world,
        &format!(
            "[default]\nservices = local\n[services local]\ns3 =\n  endpoint_url = {endpoint}\n"
        ),
    );
    let services = ["CLOUDTRAIL", "CLOUDWATCH", "CLOUDWATCH_LOGS", "IAM", "STS"];
    with_endpoints(&world, &services)
        .args(["setup", "--yes"])
        .run()
        .exits(0);
}

#[test]
fn the_endpoint_flag_beats_the_variables() {
    let world = World::new();
    let nowhere = closed_port();
    world
        .command()
        .env("AWS_ENDPOINT_URL", &nowhere)
        .env("AWS_ENDPOINT_URL_STS", &nowhere)
        .env("AWS_ENDPOINT_URL_CLOUDTRAIL", &nowhere)
        .args(["trail", "list", "--endpoint-url", &world.endpoint_url()])
        .run()
        .exits(0);
}

#[test]
fn an_endpoint_that_nobody_answers_at_exits_with_1_and_a_hint() {
    let world = World::new();
    world
        .ecrmon([
            "status",
            "--max-attempts",
            "1",
            "--endpoint-url",
            &closed_port(),
        ])
        .exits(1)
        .says("could not reach AWS")
        .says("hint: check the network");
}

#[test]
fn an_endpoint_that_is_no_address_exits_with_2() {
    let world = World::new();
    for address in ["nonsense", "", "ftp://example.com"] {
        world
            .ecrmon(["status", "--max-attempts", "1", "--endpoint-url", address])
            .exits(2)
            .says("error:");
    }
}

/// An address of this machine where nothing listens any more.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind a port");
    format!("http://{}", listener.local_addr().expect("read the port"))
}
