//! What a call did, where its name says more than the action that it is part of.

/// Each reads on after `not` as well, for calls that failed.
const DONE: &[(&str, &str)] = &[
    ("DeleteRepositoryPolicy", "removed"),
    ("DeleteRegistryPolicy", "removed"),
    ("PutLifecyclePolicy", "set"),
    ("DeleteLifecyclePolicy", "removed"),
    ("StartLifecyclePolicyPreview", "sent to a preview"),
    ("DryRunEvent", "previewed"),
    ("PutRegistryScanningConfiguration", "set for the registry"),
    ("StartImageScan", "started"),
    ("ImageActivationEvent", "activated"),
    ("PutReplicationConfiguration", "set"),
    ("ReplicateImage", "replicated"),
    ("StartReplicationBackfill", "started to backfill"),
    ("StopReplicationBackfill", "stopped backfilling"),
    ("CreatePullThroughCacheRule", "created"),
    ("UpdatePullThroughCacheRule", "changed"),
    ("DeletePullThroughCacheRule", "removed"),
    ("ValidatePullThroughCacheRule", "validated"),
    ("BatchImportUpstreamImage", "imported"),
    ("CreateRepositoryCreationTemplate", "created"),
    ("UpdateRepositoryCreationTemplate", "changed"),
    ("DeleteRepositoryCreationTemplate", "removed"),
    ("PutSigningConfiguration", "set"),
    ("DeleteSigningConfiguration", "removed"),
    ("PutAccountSetting", "set for the account"),
    (
        "RegisterPullTimeUpdateExclusion",
        "excluded from pull times",
    ),
    (
        "DeregisterPullTimeUpdateExclusion",
        "included in pull times again",
    ),
    ("PutRepositoryCatalogData", "set in the catalog"),
    ("PutRegistryCatalogData", "set for the registry's catalog"),
    ("TagResource", "set"),
    ("UntagResource", "removed"),
];

/// `removed`, or `not removed`, by AWS's name of the call; `None` where the action says it all.
pub(super) fn done(event_name: &str, failed: bool) -> Option<String> {
    let (_, words) = DONE.iter().find(|(name, _)| *name == event_name)?;
    Some(if failed {
        format!("not {words}")
    } else {
        (*words).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Action;

    #[test]
    fn only_calls_that_ecrmon_knows_have_words() {
        for (name, _) in DONE {
            assert_ne!(Action::of(name), Action::Other, "{name}");
        }
    }
}
