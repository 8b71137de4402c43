//! Questions to the person at the terminal. Anything but a clear answer is no.

use super::Output;
use crate::terminal::Tone;

impl Output {
    /// Asks and answers what was typed, without spaces around it. The end of input is an empty answer.
    pub(crate) async fn ask(&self, question: &str) -> String {
        self.tell(|page| {
            page.put(Tone::Strong, question).plain(" ");
        });
        let read = || {
            let mut answer = String::new();
            std::io::stdin()
                .read_line(&mut answer)
                .map(|_| answer)
                .unwrap_or_default()
        };
        let answer = tokio::task::spawn_blocking(read).await.unwrap_or_default();
        answer.trim().to_owned()
    }

    pub(crate) async fn confirms(&self, question: &str) -> bool {
        is_yes(&self.ask(&format!("{question} [y/N]")).await)
    }
}

pub(crate) fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}
