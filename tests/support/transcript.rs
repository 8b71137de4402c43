//! What a person would have seen of one run of `ecrmon`: the command, its two streams and how it ended.
//! Values that belong to one world alone are replaced, so that a transcript can be a snapshot.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use serde_json::Value;

/// Replacements of what is particular to a world: text found, text shown.
pub type Particulars = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub struct Transcript {
    pub stdout: String,
    pub stderr: String,
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub signal: Option<i32>,
    command: String,
    particulars: Particulars,
}

impl Transcript {
    pub fn new(arguments: &[String], particulars: Particulars) -> Self {
        let command = arguments.iter().fold("ecrmon".to_owned(), |line, word| {
            format!("{line} {}", quoted(word))
        });
        Self {
            stdout: String::new(),
            stderr: String::new(),
            code: None,
            signal: None,
            command,
            particulars,
        }
    }

    #[must_use]
    pub fn of_streams(mut self, stdout: &[u8], stderr: &[u8], status: ExitStatus) -> Self {
        self.stdout = String::from_utf8_lossy(stdout).into_owned();
        self.stderr = String::from_utf8_lossy(stderr).into_owned();
        self.code = status.code();
        self.signal = status.signal();
        self
    }

    /// A terminal shows both streams as one; it is kept as stdout.
    #[must_use]
    pub fn of_screen(mut self, screen: String, code: Option<i32>, signal: Option<i32>) -> Self {
        self.stdout = screen;
        self.code = code;
        self.signal = signal;
        self
    }

    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "the exit code of:\n{self}");
        self
    }

    /// stderr holds `text`, as written or with this world's own values replaced.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.holds(&self.stderr, text),
            "not said: {text:?} in:\n{self}"
        );
        self
    }

    #[track_caller]
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(
            !self.holds(&self.stderr, text),
            "said: {text:?} in:\n{self}"
        );
        self
    }

    /// stdout holds `text`, as written or with this world's own values replaced.
    #[track_caller]
    pub fn prints(&self, text: &str) -> &Self {
        assert!(
            self.holds(&self.stdout, text),
            "not printed: {text:?} in:\n{self}"
        );
        self
    }

    #[track_caller]
    pub fn does_not_print(&self, text: &str) -> &Self {
        assert!(
            !self.holds(&self.stdout, text),
            "printed: {text:?} in:\n{self}"
        );
        self
    }

    /// The whole of stdout as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON ({error}):\n{self}"))
    }

    fn holds(&self, stream: &str, text: &str) -> bool {
        stream.contains(text) || self.replaced(stream).contains(text)
    }

    fn replaced(&self, text: &str) -> String {
        self.particulars
            .iter()
            .fold(text.to_owned(), |text, (found, shown)| {
                text.replace(found, shown)
            })
    }
}

/// `$ ecrmon …`, stdout, stderr, `[exit N]`
impl fmt::Display for Transcript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "$ {}", self.replaced(&self.command))?;
        for stream in [&self.stdout, &self.stderr] {
            let stream = self.replaced(stream);
            let newline = if stream.is_empty() || stream.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            write!(formatter, "{stream}{newline}")?;
        }
        match (self.code, self.signal) {
            (Some(code), _) => write!(formatter, "[exit {code}]"),
            (None, Some(signal)) => write!(formatter, "[ended by signal {signal}]"),
            (None, None) => write!(formatter, "[not ended]"),
        }
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}
