//! One run of the real `ecrmon` in a world: its arguments, its environment, and waiting for its end.
//! Runs at a terminal go on in `terminal`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::client::signal;
use super::terminal::Terminal;
use super::transcript::Transcript;
use super::world::World;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ecrmon");
/// A run that takes longer hangs; it is killed, so that its transcript shows where.
const LIMIT: Duration = Duration::from_mins(2);

#[must_use = "a command does nothing until it is run"]
pub struct Invocation<'world> {
    world: &'world World,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    input: Option<String>,
}

impl<'world> Invocation<'world> {
    pub fn new(world: &'world World, environment: BTreeMap<String, String>) -> Self {
        Self {
            world,
            arguments: Vec::new(),
            environment,
            input: None,
        }
    }

    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.arguments.extend(
            arguments
                .into_iter()
                .map(|argument| argument.as_ref().to_owned()),
        );
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn env_remove(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// What comes through a pipe on stdin, which is closed otherwise.
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    pub fn run(self) -> Transcript {
        self.start().finish()
    }

    pub fn start(self) -> Running<'world> {
        let mut command = self.prepared();
        command.stdin(if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = self.world.client().start(|| {
            let process = command
                .spawn()
                .unwrap_or_else(|error| panic!("start {PROGRAM}: {error}"));
            let id = process.id();
            (process, id)
        });
        if let (Some(mut pipe), Some(text)) = (process.stdin.take(), &self.input) {
            // A command that reads nothing may close the pipe first, as a shell would not mind either.
            let _ = pipe.write_all(text.as_bytes());
        }
        let transcript = Transcript::new(&self.arguments, self.world.particulars());
        Running {
            world: self.world,
            process,
            transcript,
        }
    }

    /// At a terminal of 80 columns.
    pub fn terminal(self) -> Terminal<'world> {
        self.terminal_of(80)
    }

    pub fn terminal_of(self, columns: u16) -> Terminal<'world> {
        let transcript = Transcript::new(&self.arguments, self.world.particulars());
        Terminal::open(self.world, &self.prepared(), columns, transcript)
    }

    /// The command with its arguments and environment, for runs of another kind.
    pub fn prepared(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.world.home());
        command
    }
}

/// A run that is under way. Much output (more than a pipe holds) waits for `finish`.
#[must_use = "a run is to be finished"]
pub struct Running<'world> {
    world: &'world World,
    process: Child,
    transcript: Transcript,
}

impl Running<'_> {
    /// Waits for the end, and for the calls that a killed client has left behind.
    pub fn finish(self) -> Transcript {
        let id = self.process.id();
        let (done, watched) = mpsc::channel::<()>();
        let watchdog = thread::spawn(move || {
            if watched.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                signal(id, "KILL");
            }
        });
        let output = self.process.wait_with_output().expect("wait for ecrmon");
        drop(done);
        watchdog.join().expect("the watchdog ends");
        self.world.client().ended(id);
        self.world.settle();
        self.transcript
            .of_streams(&output.stdout, &output.stderr, output.status)
    }
}
