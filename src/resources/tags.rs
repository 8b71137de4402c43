//! Tags as the resources share them: whose a thing is, and the tags it should have.

use crate::settings::{STACK_TAG, Tags};

/// The thing was made by this stack.
pub(crate) fn are_of_stack(tags: &Tags, stack: &str) -> bool {
    tags.get(STACK_TAG).is_some_and(|owner| owner == stack)
}

/// Found tags with ours added: sets are merged, never replaced.
pub(crate) fn merged(found: Option<&Tags>, ours: &Tags) -> Tags {
    found
        .into_iter()
        .flatten()
        .chain(ours)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// As [`merged`], and recorded choices that are no longer made are dropped.
pub(crate) fn merged_with_record(found: Option<&Tags>, ours: &Tags, record: &Tags) -> Tags {
    let stale = |key: &String| {
        key.starts_with("ecrmon:") && !ours.contains_key(key) && !record.contains_key(key)
    };
    let mut tags = merged(found, ours);
    tags.retain(|key, _| !stale(key));
    tags.extend(record.clone());
    tags
}

/// What must be set to get from `found` to `wanted`.
pub(crate) fn added(found: &Tags, wanted: &Tags) -> Tags {
    wanted
        .iter()
        .filter(|(key, value)| found.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The keys that must go.
pub(crate) fn removed(found: &Tags, wanted: &Tags) -> Vec<String> {
    found
        .keys()
        .filter(|key| !wanted.contains_key(*key))
        .cloned()
        .collect()
}
