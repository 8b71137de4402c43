//! Who a command acts as, and where: keys, profiles and regions, and what is said when they do not work.

use std::fs;

use crate::support::calls::names;
use crate::support::command::Invocation;
use crate::support::fault::Fault;
use crate::support::world::{ACCESS_KEY, SECRET_KEY, World};

/// Writes `~/.aws/config`.
pub fn configure(world: &World, text: &str) {
    let directory = world.home().join(".aws");
    fs::create_dir_all(&directory).expect("make the directory");
    fs::write(directory.join("config"), text).expect("write the configuration");
}

fn keys(access_key: &str) -> String {
    format!("aws_access_key_id = {access_key}\naws_secret_access_key = {SECRET_KEY}\n")
}

fn without_keys(world: &World) -> Invocation<'_> {
    world
        .command()
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
}

#[test]
fn no_credentials_exit_with_4_and_say_how_to_get_some() {
    let world = World::new();
    without_keys(&world)
        .args(["status"])
        .run()
        .exits(4)
        .says("error: no usable AWS credentials")
        .says("hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    assert!(world.calls().is_empty());
}

#[test]
fn keys_that_aws_rejects_exit_with_4() {
    for (key, hint) in [
        ("EXPIREDKEY00000000", "hint: the credentials have expired"),
        ("INVALIDKEY00000000", "hint: AWS does not accept these keys"),
    ] {
        let world = World::new();
        world
            .command()
            .env("AWS_ACCESS_KEY_ID", key)
            .args(["setup", "--yes"])
            .run()
            .exits(4)
            .says("error:")
            .says(hint);
        assert_eq!(names(&world.calls()), ["sts:GetCallerIdentity"], "{key}");
    }
}

#[test]
fn credentials_that_end_during_the_command_exit_with_4() {
    let world = World::new();
    world.inject(Fault::expired_token("DescribeTrails"));
    world
        .ecrmon(["setup", "--yes"])
        .exits(4)
        .says("hint: the credentials have expired: renew them");
}

#[test]
fn a_read_that_asks_nobody_who_it_is_knows_the_way_out_too() {
    let world = World::new();
    world
        .command()
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .args(["events", "--source", "history"])
        .run()
        .exits(4)
        .says("hint: set AWS_ACCESS_KEY_ID");
    world
        .command()
        .env("AWS_ACCESS_KEY_ID", "INVALIDKEY00000000")
        .args(["events", "--source", "history"])
        .run()
        .exits(4)
        .says("hint: AWS does not accept these keys");
}

#[test]
fn no_region_exits_with_2_before_any_call() {
    let world = World::new();
    world
        .command()
        .env_remove("AWS_REGION")
        .args(["status"])
        .run()
        .exits(2)
        .says("error: no region is set")
        .says("--region");
    assert!(world.calls().is_empty());
}

#[test]
fn the_region_may_come_from_the_profile() {
    let world = World::new();
    configure(&world, "[default]\nregion = eu-west-1\n");
    world
        .command()
        .env_remove("AWS_REGION")
        .args(["trail", "list"])
        .run()
        .exits(0)
        .says("region eu-west-1");
}

#[test]
fn an_unknown_profile_exits_with_2() {
    let world = World::new();
    configure(&world, "[profile known]\nregion = eu-west-1\n");
    world
        .ecrmon(["status", "--profile", "prod"])
        .exits(2)
        .says("there is no profile `prod`")
        .says("hint:");
    world
        .command()
        .env("AWS_PROFILE", "prod")
        .args(["status"])
        .run()
        .exits(2)
        .says("there is no profile `prod`");
    assert!(world.calls().is_empty());
}

#[test]
fn an_explicit_profile_beats_key_variables_and_the_profile_variable_does_not() {
    let world = World::new();
    configure(
        &world,
        &format!(
            "[profile good]\n{}[profile bad]\n{}",
            keys(ACCESS_KEY),
            keys("INVALIDKEY00000000")
        ),
    );
    let rejected = || {
        world
            .command()
            .env("AWS_ACCESS_KEY_ID", "INVALIDKEY00000000")
    };
    rejected()
        .args(["trail", "list", "--profile", "good"])
        .run()
        .exits(0)
        .says("profile good");
    rejected()
        .env("AWS_PROFILE", "good")
        .args(["trail", "list"])
        .run()
        .exits(4);
    world.ecrmon(["trail", "list", "--profile", "bad"]).exits(4);
    world
        .command()
        .env("AWS_PROFILE", "bad")
        .args(["trail", "list"])
        .run()
        .exits(0);
}

#[test]
fn another_account_than_demanded_exits_with_2_and_nothing_else_is_called() {
    let world = World::new();
    world
        .ecrmon(["setup", "--yes", "--account", "999988887777"])
        .exits(2)
        .says("belong to account 123456789012")
        .says("--profile");
    assert_eq!(names(&world.calls()), ["sts:GetCallerIdentity"]);
    world
        .ecrmon(["trail", "list", "--account", world.account()])
        .exits(0);
}

#[test]
fn a_profile_that_wants_an_mfa_code_is_told_what_the_aws_cli_can_do() {
    let world = World::new();
    let base = keys(ACCESS_KEY);
    configure(
        &world,
        &format!(
            "[profile base]\n{base}[profile admin]\nsource_profile = base\nrole_arn = arn:aws:iam::123456789012:role/admin\n\
             mfa_serial = arn:aws:iam::123456789012:mfa/anna\n"
        ),
    );
    world.inject(Fault::access_denied("AssumeRole"));
    world
        .ecrmon(["status", "--profile", "admin"])
        .exits(4)
        .says("needs an MFA code")
        .says("aws configure export-credentials --profile admin");
}

const SSO: &str = "[profile dev]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n\
                   sso_account_id = 123456789012\nsso_role_name = reader\n";
/// The name that the AWS CLI gives the token of this start URL: its SHA-1.
const SSO_TOKEN: &str = "e8be5486177c5b5392bd9aa76563515b29358e6e.json";

#[test]
fn an_sso_session_that_never_was_or_has_ended_is_renewed_with_the_aws_cli() {
    let world = World::new();
    configure(&world, SSO);
    let status = || world.ecrmon(["status", "--profile", "dev"]);
    status()
        .exits(4)
        .says("hint: `aws sso login --profile dev`");
    let cache = world.home().join(".aws/sso/cache");
    fs::create_dir_all(&cache).expect("make the token cache");
    let token =
        r#"{"accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z", "region": "eu-west-1"}"#;
    fs::write(cache.join(SSO_TOKEN), token).expect("write the token");
    status()
        .exits(4)
        .says("hint: `aws sso login --profile dev`");
}

#[test]
fn an_sso_session_by_name_is_renewed_in_the_same_way() {
    let world = World::new();
    configure(
        &world,
        "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = reader\n\
         [sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    world
        .ecrmon(["status", "--profile", "dev"])
        .exits(4)
        .says("hint: `aws sso login --profile dev`");
}

#[test]
fn a_process_may_provide_the_credentials() {
    let world = World::new();
    let answer = format!(
        r#"{{"Version": 1, "AccessKeyId": "{ACCESS_KEY}", "SecretAccessKey": "{SECRET_KEY}"}}"#
    );
    let file = world.home().join("answer.json");
    fs::write(&file, answer).expect("write the answer");
    configure(
        &world,
        &format!(
            "[profile tool]\ncredential_process = cat {}\n",
            file.display()
        ),
    );
    without_keys(&world)
        .args(["trail", "list", "--profile", "tool"])
        .run()
        .exits(0);
    configure(&world, "[profile tool]\ncredential_process = false\n");
    without_keys(&world)
        .args(["trail", "list", "--profile", "tool"])
        .run()
        .exits(4)
        .says("no usable AWS credentials");
}

#[test]
fn an_address_that_is_none_exits_with_2_before_any_call() {
    let world = World::new();
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDTRAIL"] {
        world
            .command()
            .env(variable, "nonsense")
            .args(["events"])
            .run()
            .exits(2)
            .says(&format!(
                "{variable} cannot be used: an address is http://HOST"
            ));
    }
    assert!(world.calls().is_empty());
}
