//! `ecrmon` at a terminal, where it asks questions: await its words, type answers, press Ctrl-C.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rexpect::process::WaitStatus;
use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};

use super::transcript::Transcript;
use super::world::World;

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Terminal<'world> {
    world: &'world World,
    session: PtySession,
    process: u32,
    screen: String,
    transcript: Transcript,
}

impl<'world> Terminal<'world> {
    pub fn open(
        world: &'world World,
        command: &Command,
        columns: u16,
        transcript: Transcript,
    ) -> Self {
        let note = world.home().join("process");
        let shell = at_terminal(command, columns, &note);
        let milliseconds = u64::try_from(PATIENCE.as_millis()).ok();
        let options = Options::new()
            .timeout_ms(milliseconds)
            .strip_ansi_escape_codes(true);
        let (session, process) = world.client().start(|| {
            let session = spawn_with_options(shell, options).expect("open a terminal");
            let process = noted(&note);
            ((session, process), process)
        });
        Self {
            world,
            session,
            process,
            screen: String::new(),
            transcript,
        }
    }

    /// Waits until the screen shows `text` after what was awaited before.
    #[track_caller]
    pub fn awaits(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(&as_characters(text)) {
            Ok(before) => self.screen.extend([as_text(&before).as_str(), text]),
            Err(error) => panic!(
                "no {text:?} on the screen: {error}\nafter:\n{}",
                self.screen
            ),
        }
        self
    }

    /// Types a line and presses enter. The terminal does not echo it.
    pub fn types(&mut self, line: &str) -> &mut Self {
        self.session.send_line(line).expect("type a line");
        self
    }

    /// `'c'` for Ctrl-C, `'d'` for the end of input.
    pub fn presses_control(&mut self, letter: char) -> &mut Self {
        self.session
            .send_control(letter)
            .expect("press a control key");
        self
    }

    /// Waits for the end; the transcript's stdout is the whole screen.
    #[track_caller]
    pub fn finish(mut self) -> Transcript {
        match self.session.exp_eof() {
            Ok(rest) => self.screen.push_str(&as_text(&rest)),
            Err(error) => panic!("it did not end: {error}\nafter:\n{}", self.screen),
        }
        let status = self
            .session
            .process()
            .wait()
            .expect("wait for the program at the terminal");
        self.world.client().ended(self.process);
        self.world.settle();
        let (code, signal) = match status {
            WaitStatus::Exited(_, code) => (Some(code), None),
            WaitStatus::Signaled(_, signal, _) => (None, Some(signal as i32)),
            other => panic!("the program at the terminal is {other:?}"),
        };
        self.transcript
            .of_screen(self.screen.replace("\r\n", "\n"), code, signal)
    }
}

/// A shell that sets the terminal's size, notes its process id and becomes the command.
fn at_terminal(command: &Command, columns: u16, note: &Path) -> Command {
    const SCRIPT: &str = r#"stty columns "$1" rows 24; echo "$$" > "$2.part"; mv "$2.part" "$2"; shift 2; exec "$@""#;
    let mut shell = Command::new("sh");
    shell
        .args(["-c", SCRIPT, "sh", &columns.to_string()])
        .arg(note);
    shell.arg(command.get_program()).args(command.get_args());
    shell.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell.env("TERM", "xterm-256color");
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    shell
}

/// Takes the process id from the note; the pty library keeps it to itself.
fn noted(note: &PathBuf) -> u32 {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Ok(text) = fs::read_to_string(note) {
            fs::remove_file(note).expect("remove the note");
            return text.trim().parse().expect("the note is a process id");
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("the terminal's shell did not start");
}

/// The pty library reads each byte as a character; so must what it looks for be written.
fn as_characters(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn as_text(characters: &str) -> String {
    let bytes: Vec<u8> = characters
        .chars()
        .filter_map(|character| u8::try_from(character).ok())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
