//! Other ways to the same answer, for those tools that are installed: the number of ECR's events.

use std::path::Path;
use std::process::{Command, Stdio};

/// Needs as much memory as a file, and reads one after the other.
const PYTHON: &str = "
import glob, gzip, json, sys
count = 0
for name in glob.glob(sys.argv[1] + '/**/*.json.gz', recursive=True):
    with gzip.open(name) as file:
        records = json.load(file)['Records']
    count += sum(record['eventSource'] == 'ecr.amazonaws.com' for record in records)
print(count)
";

const DUCKDB: &str = "
import duckdb, sys
duckdb.sql('SET enable_progress_bar = false')
records = \"read_json('%s/**/*.json.gz', columns={Records: 'JSON[]'}, maximum_object_size=100000000)\" % sys.argv[1]
print(duckdb.sql(f\"SELECT count(*) FROM (SELECT unnest(Records) AS record FROM {records}) \"
                 \"WHERE record->>'eventSource' = 'ecr.amazonaws.com'\").fetchall()[0][0])
";

const JQ: &str = "
find \"$1\" -name '*.json.gz' -print0 | xargs -0 gzip -dc |
    jq -c '.Records[] | select(.eventSource == \"ecr.amazonaws.com\") | .eventID'
";

/// The commands of those that are installed.
pub fn installed(archive: &Path) -> Vec<(String, Command)> {
    let ways = [
        ("DuckDB", "python3", DUCKDB, "-c"),
        ("gzip and jq", "sh", JQ, "-c"),
        ("Python, gzip and json", "python3", PYTHON, "-c"),
    ];
    let there = ways.into_iter().filter(|(name, ..)| is_installed(name));
    there
        .map(|(name, program, script, flag)| {
            let mut command = Command::new(program);
            command.args([flag, script]);
            if program == "sh" {
                command.arg("sh");
            }
            command.arg(archive);
            (name.to_owned(), command)
        })
        .collect()
}

fn is_installed(name: &str) -> bool {
    let (program, arguments) = match name {
        "DuckDB" => ("python3", ["-c", "import duckdb"]),
        "gzip and jq" => ("jq", ["-n", "1"]),
        _ => ("python3", ["-c", "import json"]),
    };
    let tried = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
