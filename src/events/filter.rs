//! Which events are asked for. Every source applies the whole filter to what it found; what a source can have its
//! server look for besides, it reads from here.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::action::Action;
use super::event::{Event, Image};

/// What a person asks for. Within a list one match suffices; all lists must match. An empty list asks for nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub repositories: Patterns,
    pub actions: BTreeSet<Action>,
    /// AWS's names of calls.
    pub events: Patterns,
    pub principals: Patterns,
    /// Tags or digests.
    pub images: Patterns,
    /// Addresses, or the names of services that called.
    pub addresses: Patterns,
    /// Accounts that own the repository.
    pub owners: BTreeSet<String>,
    pub errors: bool,
    /// `Some(true)` asks for reads alone, `Some(false)` for writes alone.
    pub read_only: Option<bool>,
    pub event_id: Option<String>,
    /// Where the calls were made. An event that does not say is not held against it.
    pub regions: BTreeSet<String>,
    /// Whose events, in an archive of several accounts. An event that does not say is not held against it.
    pub accounts: BTreeSet<String>,
}

/// Texts with the wildcards `*`, `?`, `[…]` and `{a,b}`. `*` matches `/` too.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    texts: Vec<String>,
    globs: GlobSet,
}

impl Patterns {
    pub(crate) fn new<'g>(
        globs: impl IntoIterator<Item = &'g Glob>,
    ) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        let mut texts = Vec::new();
        for glob in globs {
            set.add(glob.clone());
            texts.push(glob.glob().to_owned());
        }
        Ok(Self {
            texts,
            globs: set.build()?,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The patterns as they were given.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The texts, if none of them has a wildcard.
    pub(crate) fn literals(&self) -> Option<&[String]> {
        let has_wildcard = |text: &String| text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        (!self.texts.iter().any(has_wildcard)).then_some(&self.texts)
    }

    pub(crate) fn admit(&self, text: Option<&str>) -> bool {
        self.is_empty() || text.is_some_and(|text| self.globs.is_match(text))
    }
}

impl Filter {
    pub(crate) fn matches(&self, event: &Event) -> bool {
        self.asks_for_call(event)
            && self.asks_for_who_and_where(event)
            && self.asks_for_image(event)
    }

    fn asks_for_call(&self, event: &Event) -> bool {
        let id_fits = self.event_id.is_none() || self.event_id.as_deref() == event.event_id();
        let action_fits = self.actions.is_empty() || self.actions.contains(&event.action);
        let outcome_fits = !self.errors || event.error_code().is_some();
        let kind_fits = self.read_only.is_none() || self.read_only == event.read_only;
        id_fits && action_fits && outcome_fits && kind_fits && self.events.admit(event.event_name())
    }

    fn asks_for_who_and_where(&self, event: &Event) -> bool {
        let address = event.source_ip().or(event.via());
        let is_among = |wanted: &BTreeSet<String>, text: Option<&str>| {
            wanted.is_empty() || text.is_none_or(|text| wanted.contains(text))
        };
        is_among(&self.regions, event.region())
            && is_among(&self.accounts, event.account())
            && self.principals.admit(event.principal())
            && self.addresses.admit(address)
    }

    fn asks_for_image(&self, event: &Event) -> bool {
        let owner_fits = || {
            let owner = event.owner();
            self.owners.is_empty() || owner.is_some_and(|owner| self.owners.contains(owner))
        };
        self.repositories.admit(event.repository())
            && owner_fits()
            && (self.images.is_empty() || event.images.iter().any(|image| self.names(image)))
    }

    fn names(&self, image: &Image) -> bool {
        let matches =
            |text: Option<&str>| text.is_some_and(|text| self.images.globs.is_match(text));
        matches(image.tag.as_deref()) || matches(image.digest.as_deref())
    }

    /// The calls that can match, by AWS's names, where they can be listed and the patterns have no wildcards.
    /// It may hold names that the rest of the filter does not want; a call that it does not hold cannot match.
    pub(crate) fn event_names(&self) -> Option<BTreeSet<&str>> {
        let of_actions = self.names_of_actions();
        let named = self
            .events
            .literals()
            .filter(|names| !names.is_empty())
            .map(|names| names.iter().map(String::as_str).collect::<BTreeSet<_>>());
        match (of_actions, named) {
            (Some(actions), Some(named)) => Some(actions.intersection(&named).copied().collect()),
            (actions, named) => actions.or(named),
        }
    }

    fn names_of_actions(&self) -> Option<BTreeSet<&str>> {
        if self.actions.is_empty() {
            return None;
        }
        let calls: Option<Vec<_>> = self.actions.iter().map(|action| action.calls()).collect();
        Some(calls?.into_iter().flatten().collect())
    }
}
