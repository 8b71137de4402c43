//! Which trail will watch: our own, one that does already, or one that is given our log group. Pure.

use jiff::Timestamp;

use crate::coverage::{Delivery, Records, TrailFacts};
use crate::error::Usage;
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::trail::records_text;

/// What the person said about trails that exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Wish {
    #[default]
    Nothing,
    /// `--attach NAME|ARN`
    Attach(String),
    /// `--new-trail`
    NewTrail,
}

/// What was seen, from where.
pub(crate) struct Seen<'a> {
    pub trails: &'a [TrailFacts],
    pub region: &'a str,
    pub account: &'a str,
    pub now: Timestamp,
    /// The ARN that our own trail has or would have.
    pub own_arn: &'a str,
    /// There is a trail under that ARN and it carries our tag.
    pub own_exists: bool,
    /// The trail that delivers to our log group through our role, though it is not ours.
    pub attached: Option<&'a TrailFacts>,
}

#[derive(Debug, Clone)]
pub(crate) enum Decision {
    /// Our own trail, existing or to be made.
    Own,
    /// A trail that covers already; left untouched.
    Adopt(TrailFacts, LogGroupArn),
    /// A trail of the person's that has, or is to be given, our log group and role.
    Attach(TrailFacts),
    /// A second copy of management events would be bought: the person must say so. Names what could be attached to.
    Choose { attachable: Vec<String> },
}

impl Seen<'_> {
    /// # Errors
    /// [`Usage`] where the wish cannot be granted, or our trail's name is taken.
    pub(crate) fn decide(&self, wish: &Wish) -> Result<Decision, Usage> {
        if let Wish::Attach(name) = wish {
            return self.attach(name);
        }
        if self.own_exists {
            return Ok(Decision::Own);
        }
        match (self.attached, wish) {
            (Some(attached), Wish::NewTrail) => return Err(attached_already(attached)),
            (Some(attached), _) => return Ok(Decision::Attach(attached.clone())),
            (None, Wish::NewTrail) => return self.own(),
            (None, _) => {}
        }
        let covering = self
            .trails
            .iter()
            .find_map(|trail| Some((trail, trail.covers(self.region, self.account, self.now)?)));
        if let Some((trail, log_group)) = covering {
            return Ok(Decision::Adopt(trail.clone(), log_group));
        }
        if self
            .trails
            .iter()
            .any(|trail| trail.takes_first_copy(self.region))
        {
            return Ok(Decision::Choose {
                attachable: self.attachable(),
            });
        }
        self.own()
    }

    fn own(&self) -> Result<Decision, Usage> {
        match self.trails.iter().find(|trail| trail.arn == self.own_arn) {
            Some(trail) => Err(Usage::new(
                format!(
                    "a trail named `{}` exists here, and ecrmon did not make it",
                    trail.name
                ),
                "give ours another name with `--trail NAME`",
            )),
            None => Ok(Decision::Own),
        }
    }

    fn attach(&self, name: &str) -> Result<Decision, Usage> {
        if self.own_exists {
            return Err(Usage::new(
                "`--attach` is for an account without a trail of ours, and there is one",
                "`ecrmon teardown` takes it away first",
            ));
        }
        let found = self
            .trails
            .iter()
            .find(|trail| trail.name == name || trail.arn == name);
        let trail = found.ok_or_else(|| {
            Usage::new(
                format!("there is no trail `{name}` to attach to"),
                "`ecrmon trail list` shows those that can be seen from here",
            )
        })?;
        match (
            self.attached,
            trail.not_attachable(self.region, self.account),
        ) {
            (Some(attached), _) if attached.arn != trail.arn => Err(attached_already(attached)),
            (None, Some(why)) => Err(Usage::new(
                format!(
                    "trail `{}` cannot be given our log group: {why}",
                    trail.name
                ),
                "`--new-trail` makes one of our own; `ecrmon trail list` shows the others",
            )),
            _ => Ok(Decision::Attach(trail.clone())),
        }
    }

    /// Trails that record all of ECR, deliver nowhere, and can be changed from here.
    fn attachable(&self) -> Vec<String> {
        let fits = |trail: &&TrailFacts| {
            trail.records(self.region) == Records::ReadsAndWrites
                && trail.is_logging() == Some(true)
                && trail.not_attachable(self.region, self.account).is_none()
        };
        self.trails
            .iter()
            .filter(fits)
            .map(|trail| trail.name.clone())
            .collect()
    }

    /// One line for each trail that does not do: what it records, and where it delivers.
    pub(crate) fn shortcomings(&self) -> Vec<(String, String)> {
        self.trails
            .iter()
            .filter(|trail| trail.arn != self.own_arn)
            .map(|trail| (trail.name.clone(), self.describe(trail)))
            .collect()
    }

    /// What a trail records of ECR in our region, in words.
    pub(crate) fn records(&self, trail: &TrailFacts) -> String {
        records_text(&trail.records(self.region))
    }

    /// What a trail records of ECR and where it delivers, in words.
    pub(crate) fn describe(&self, trail: &TrailFacts) -> String {
        let records = self.records(trail);
        let logging = match trail.is_logging() {
            Some(true) => "",
            Some(false) => "; logging is off",
            None => "; whether it is logging is hidden from us",
        };
        let delivers = match trail.delivery(self.account, self.now) {
            Delivery::LogGroup(log_group) if log_group.region == self.region => {
                format!("delivers to log group {}", log_group.name)
            }
            Delivery::LogGroup(log_group) => format!(
                "delivers to log group {} in {}",
                log_group.name, log_group.region
            ),
            Delivery::OtherAccount(log_group) => {
                format!("delivers to a log group of account {}", log_group.account)
            }
            Delivery::NoLogGroup => "delivers to no log group".to_owned(),
            Delivery::Failing(why) => why,
            Delivery::Unknown(why) => format!("where it delivers is not known: {why}"),
        };
        let changeable = match trail.not_attachable(self.region, self.account) {
            Some(why)
                if trail.log_group.is_none()
                    && !matches!(trail.records(self.region), Records::Nothing(_)) =>
            {
                format!(" ({why})")
            }
            _ => String::new(),
        };
        format!("records {records}; {delivers}{logging}{changeable}")
    }
}

/// Two trails that deliver to one log group would double every event.
fn attached_already(trail: &TrailFacts) -> Usage {
    Usage::new(
        format!(
            "trail `{}` delivers to this stack's log group already",
            trail.name
        ),
        "`ecrmon teardown` takes that away first",
    )
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
