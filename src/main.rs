//! The `ecrmon` binary: hands its arguments to the library and returns what that answers.

fn main() -> std::process::ExitCode {
    ecrmon::run(std::env::args_os())
}
