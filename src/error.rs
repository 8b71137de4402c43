//! How a command can end, and the failures that are ours to word. What they mean together is in `explain`.

/// How a command ends; the table of the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// It failed, access was denied, or a question was answered with no.
    Failure = 1,
    /// Bad flags or environment, or a choice that must be made.
    Usage = 2,
    /// Something is not as wanted (`--check`), or monitoring is unhealthy (`status`).
    Drift = 3,
    /// Credentials are missing, expired or rejected.
    Credentials = 4,
    /// A result was printed, but something that should be in it could not be read.
    Incomplete = 5,
    /// Ctrl-C.
    Interrupted = 130,
}

/// What tells most of a command comes last.
const BY_WEIGHT: [Exit; 7] = [
    Exit::Done,
    Exit::Incomplete,
    Exit::Drift,
    Exit::Failure,
    Exit::Usage,
    Exit::Credentials,
    Exit::Interrupted,
];

impl Exit {
    /// How a command ends of which several parts ended, each in its way.
    pub(crate) fn worst(exits: impl Iterator<Item = Self>) -> Option<Self> {
        exits.max_by_key(|exit| BY_WEIGHT.iter().position(|known| known == exit))
    }
}

/// The command line, the environment or a choice is not usable as it is.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Usage {
    message: String,
    pub hint: String,
}

impl Usage {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// Something in the account stands in the way, or the person said no.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    message: String,
    pub hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    pub(crate) fn declined() -> Self {
        Self {
            message: "nothing was changed: the question was not answered with yes".to_owned(),
            hint: None,
        }
    }
}
