//! What keeps failing while something is followed: waits that grow, and words for the person when it begins and ends.

use std::time::Duration;

use crate::aws::CallError;
use crate::terminal::Progress;

/// The first wait; each later one is twice as long, up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LAST_WAIT: Duration = Duration::from_mins(1);

#[derive(Debug, Default)]
pub(super) struct Trouble {
    failures: u32,
    /// What was said last of it.
    said: Option<String>,
}

impl Trouble {
    pub(super) fn is_there(&self) -> bool {
        self.failures > 0
    }

    /// Before the next try.
    pub(super) fn wait(&self) -> Duration {
        let doubled = |failures| FIRST_WAIT * 2_u32.saturating_pow(failures);
        self.failures
            .checked_sub(1)
            .map_or(Duration::ZERO, |more| doubled(more.min(6)).min(LAST_WAIT))
    }

    pub(super) fn grows(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Says what failed, unless that was said last, and answers how long to wait.
    pub(super) fn is_met(&mut self, error: &anyhow::Error, progress: &Progress) -> Duration {
        self.grows();
        let text = format!("{error:#}");
        if self.said.as_ref() != Some(&text) {
            progress.warning(&format!("following goes on, but {text}\n{}", advice(error)));
            self.said = Some(text);
        }
        self.wait()
    }

    /// Says that it goes on, if it was said that it does not.
    pub(super) fn is_over(&mut self, progress: &Progress) {
        if std::mem::take(self).said.is_some() {
            progress.note("AWS answers again: what happened meanwhile is shown now");
        }
    }
}

fn advice(error: &anyhow::Error) -> String {
    let credentials = error
        .downcast_ref::<CallError>()
        .is_some_and(CallError::is_about_credentials);
    if credentials {
        "renew the credentials, for example by `aws sso login`: they are looked for at every try, at least once a minute".to_owned()
    } else {
        "it is tried again, at least once a minute".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_minute_and_begin_anew() {
        let mut trouble = Trouble::default();
        assert_eq!(trouble.wait(), Duration::ZERO);
        let waits: Vec<u64> = (0..9)
            .map(|_| {
                trouble.grows();
                trouble.wait().as_secs()
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        trouble.is_over(&Progress::default());
        assert_eq!(trouble.wait(), Duration::ZERO);
    }
}
