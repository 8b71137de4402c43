//! What Python's own libraries make of a text of ours.

use std::io::Write;
use std::process::{Command, Stdio};

use super::python::python_environment;

/// What a program in the simulator's Python says of a text.
///
/// # Panics
/// If it cannot be run, or fails.
#[track_caller]
pub fn told_by_python(program: &str, text: &str) -> String {
    let python = python_environment().expect("the simulator's Python");
    let mut reader = Command::new(python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start Python");
    let mut pipe = reader.stdin.take().expect("a pipe");
    pipe.write_all(text.as_bytes()).expect("tell the text");
    drop(pipe);
    let output = reader.wait_with_output().expect("wait for Python");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{text}");
    String::from_utf8(output.stdout).expect("it says text")
}
