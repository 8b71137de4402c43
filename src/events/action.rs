//! What people call the calls of ECR's API.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a call is part of. Calls that only look are `Read`; those that ecrmon does not know yet are `Other`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Action {
    Push,
    Pull,
    Delete,
    Expire,
    Storage,
    Login,
    CreateRepository,
    DeleteRepository,
    Policy,
    RegistryPolicy,
    Lifecycle,
    Scan,
    TagMutability,
    Replication,
    PullThroughCache,
    Template,
    Signing,
    Settings,
    Tags,
    Read,
    #[default]
    Other,
}

use Action::{
    CreateRepository, Delete, DeleteRepository, Expire, Lifecycle, Login, Other, Policy, Pull,
    PullThroughCache, Push, Read, RegistryPolicy, Replication, Scan, Settings, Signing, Storage,
    TagMutability, Tags, Template,
};

/// The calls of each action (ECR and ECR Public API references; CloudTrail's service events of ECR). Calls that only
/// look are not listed: they are known by their verb.
const CALLS: &[(&str, Action)] = &[
    ("BatchCheckLayerAvailability", Push),
    ("InitiateLayerUpload", Push),
    ("UploadLayerPart", Push),
    ("CompleteLayerUpload", Push),
    ("MountLayer", Push),
    ("PutImage", Push),
    ("BatchGetImage", Pull),
    ("GetDownloadUrlForLayer", Pull),
    (DELETION, Delete),
    ("PolicyExecutionEvent", Expire),
    ("UpdateImageStorageClass", Storage),
    ("ImageActivationEvent", Storage),
    ("GetAuthorizationToken", Login),
    ("CreateRepository", CreateRepository),
    ("DeleteRepository", DeleteRepository),
    ("SetRepositoryPolicy", Policy),
    ("DeleteRepositoryPolicy", Policy),
    ("PutRegistryPolicy", RegistryPolicy),
    ("DeleteRegistryPolicy", RegistryPolicy),
    ("PutLifecyclePolicy", Lifecycle),
    ("DeleteLifecyclePolicy", Lifecycle),
    ("StartLifecyclePolicyPreview", Lifecycle),
    ("DryRunEvent", Lifecycle),
    ("PutImageScanningConfiguration", Scan),
    ("PutRegistryScanningConfiguration", Scan),
    ("StartImageScan", Scan),
    ("PutImageTagMutability", TagMutability),
    ("PutReplicationConfiguration", Replication),
    ("ReplicateImage", Replication),
    ("StartReplicationBackfill", Replication),
    ("StopReplicationBackfill", Replication),
    ("CreatePullThroughCacheRule", PullThroughCache),
    ("UpdatePullThroughCacheRule", PullThroughCache),
    ("DeletePullThroughCacheRule", PullThroughCache),
    ("ValidatePullThroughCacheRule", PullThroughCache),
    ("BatchImportUpstreamImage", PullThroughCache),
    ("CreateRepositoryCreationTemplate", Template),
    ("UpdateRepositoryCreationTemplate", Template),
    ("DeleteRepositoryCreationTemplate", Template),
    ("PutSigningConfiguration", Signing),
    ("DeleteSigningConfiguration", Signing),
    ("PutAccountSetting", Settings),
    ("RegisterPullTimeUpdateExclusion", Settings),
    ("DeregisterPullTimeUpdateExclusion", Settings),
    ("PutRepositoryCatalogData", Settings),
    ("PutRegistryCatalogData", Settings),
    ("TagResource", Tags),
    ("UntagResource", Tags),
];

/// This call succeeds even where all fails that it was asked for: its answer tells what failed.
pub(super) const DELETION: &str = "BatchDeleteImage";

/// Verbs of calls that change nothing.
const LOOKS: [&str; 5] = ["Describe", "List", "Get", "BatchGet", "BatchCheck"];

impl Action {
    /// The action that a call, by AWS's name, is part of.
    pub(crate) fn of(event_name: &str) -> Self {
        let known = CALLS.iter().find(|(name, _)| *name == event_name);
        match known {
            Some((_, action)) => *action,
            None if looks(event_name) => Read,
            None => Other,
        }
    }

    /// Every action, in the order in which help names them.
    pub(crate) const ALL: &[Self] = &[
        Push,
        Pull,
        Delete,
        Expire,
        Storage,
        Login,
        CreateRepository,
        DeleteRepository,
        Policy,
        RegistryPolicy,
        Lifecycle,
        Scan,
        TagMutability,
        Replication,
        PullThroughCache,
        Template,
        Signing,
        Settings,
        Tags,
        Read,
        Other,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Push => "push",
            Pull => "pull",
            Delete => "delete",
            Expire => "expire",
            Storage => "storage",
            Login => "login",
            CreateRepository => "create-repository",
            DeleteRepository => "delete-repository",
            Policy => "policy",
            RegistryPolicy => "registry-policy",
            Lifecycle => "lifecycle",
            Scan => "scan",
            TagMutability => "tag-mutability",
            Replication => "replication",
            PullThroughCache => "pull-through-cache",
            Template => "template",
            Signing => "signing",
            Settings => "settings",
            Tags => "tags",
            Read => "read",
            Other => "other",
        }
    }

    /// The names of its calls; `None` where they cannot be listed, as new ones appear.
    pub(crate) fn calls(self) -> Option<impl Iterator<Item = &'static str>> {
        (!matches!(self, Read | Other)).then(|| {
            CALLS
                .iter()
                .filter(move |(_, action)| *action == self)
                .map(|(name, _)| *name)
        })
    }
}

/// Whether a call changes nothing, as its verb has it; for records that do not say (event versions before 1.05).
pub(crate) fn looks(event_name: &str) -> bool {
    LOOKS.iter().any(|verb| event_name.starts_with(verb))
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_word_of_its_own() {
        let mut words: Vec<_> = Action::ALL.iter().map(|action| action.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Action::ALL.len());
    }

    #[test]
    fn calls_that_nobody_knows_yet_are_told_apart_by_their_verb() {
        assert_eq!(Action::of("DescribeSomethingNew"), Read);
        assert_eq!(Action::of("PutSomethingNew"), Other);
    }
}
