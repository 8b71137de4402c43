//! Whose a dashboard is, and what may therefore be done to it.

use super::content::Content;
use super::marker::Marker;
use super::resource::Dashboard;
use crate::error::Usage;
use crate::plan::{Resource, Step};

/// Whose a dashboard is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Made by this stack and not changed since.
    Us,
    /// Made by this stack, then edited by a person.
    Edited,
    /// Made by ecrmon for another stack or region.
    OtherStack(Marker),
    /// No marker.
    Somebody,
}

impl Dashboard {
    pub(crate) fn owner(&self, stack: &str, region: &str) -> Owner {
        match Marker::of(&self.body) {
            None => Owner::Somebody,
            Some(marker) if marker.stack != stack || marker.region != region => {
                Owner::OtherStack(marker)
            }
            Some(marker) if marker.is_intact(&self.body) => Owner::Us,
            Some(_) => Owner::Edited,
        }
    }

    /// The step towards the dashboard as it should be, with what there is to say about that. What a person made or
    /// edited is kept unless `overwrite`.
    ///
    /// # Errors
    /// [`Usage`] for a dashboard of another stack or region.
    pub(crate) fn step(
        name: &str,
        content: &Content,
        notes: Vec<String>,
        found: Option<Self>,
        overwrite: bool,
    ) -> Result<Step, Usage> {
        let kept = |why: &str| {
            let advice = format!(
                "`--overwrite` replaces it, `--dashboard NAME` makes another beside it (now kept: {why})"
            );
            Ok(Step::keep(Self::KIND, name, why).advised(vec![advice]))
        };
        let owner = found
            .as_ref()
            .map(|found| found.owner(&content.stack, &content.region));
        match owner {
            Some(Owner::OtherStack(marker)) => return Err(belongs_elsewhere(name, &marker)),
            Some(Owner::Edited) if !overwrite => {
                return kept("edited by hand since ecrmon made it");
            }
            Some(Owner::Somebody) if !overwrite => return kept("not made by ecrmon"),
            _ => {}
        }
        let wanted = Self {
            name: name.to_owned(),
            body: content.body(),
        };
        let widgets = wanted.widgets().len();
        Ok(Step::ensure(wanted, found)
            .noted(format!("{widgets} widgets"))
            .advised(notes))
    }
}

pub(super) fn belongs_elsewhere(name: &str, marker: &Marker) -> Usage {
    Usage::new(
        format!(
            "dashboard `{name}` belongs to stack `{}` in {} (dashboards are global)",
            marker.stack, marker.region
        ),
        format!(
            "name another with `--dashboard NAME`, leave it out of a setup with `--no-dashboard`, or mean that stack: `--trail {} --region {}`",
            marker.stack, marker.region
        ),
    )
}
