//! Looking again after a plan was applied: what was applied must now be what is found.

use std::time::Duration;

use crate::aws::Aws;
use crate::context::Context;
use crate::error::{Exit, Refusal};
use crate::output::plan::put_plan;
use crate::plan::Plan;
use crate::terminal::Page;

/// CloudTrail and IAM show a change late at times (both document eventual consistency): looks are repeated.
const SECOND_LOOKS: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Looks until there is nothing left to do, and says then what comes next.
///
/// # Errors
/// Those of looking; a refusal where something is still to be done.
pub(super) async fn verify(
    look: impl AsyncFn() -> anyhow::Result<Plan>,
    put_next: impl FnOnce(&mut Page),
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<Exit> {
    let mut plan = look().await?;
    for wait in SECOND_LOOKS {
        if !plan.changes_something() {
            break;
        }
        aws.progress.waiting("AWS to show what was applied");
        tokio::time::sleep(wait).await;
        plan = look().await?;
    }
    if plan.changes_something() {
        context.output.say(|page| put_plan(page, &plan));
        return Err(Refusal::new(
            "what was applied is not what is found now: somebody else may be changing it, or AWS shows an older state",
            "run the same command again in a minute",
        )
        .into());
    }
    context.output.say(put_next);
    Ok(Exit::Done)
}
