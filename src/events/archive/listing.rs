//! Which files to read, in which order: day by day, so that an archive of years takes no more memory than a day's
//! names, and reading begins before all is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::task::spawn_blocking;

use super::bucket::Bucket;
use super::folder::{Files, Folder};
use super::name::is_of_records;
use super::object::{Location, Object, Wanted, day};
use super::place::Place;
use super::tree::Tree;
use crate::aws::Aws;
use crate::events::Order;

/// What is at the places of an archive.
pub(super) struct Listing {
    wanted: Arc<Wanted>,
    order: Order,
    trees: Vec<Tree>,
    folders: BTreeMap<Date, Vec<PathBuf>>,
    /// Files that lie in no folder of a day, by the day of their delivery; `None` where their name does not tell.
    loose: BTreeMap<Option<Date>, Vec<Object>>,
    unread: Vec<String>,
    /// Of the files that were seen by now, those before the time asked for included.
    oldest: Option<Timestamp>,
}

/// Listings of one day side by side.
const LISTINGS: usize = 16;

impl Listing {
    /// Looks what there is to list.
    ///
    /// # Errors
    /// Where a place cannot be listed, or a bucket is named and there are no credentials.
    pub(super) async fn survey(
        places: &[Place],
        aws: Option<&Aws>,
        wanted: Wanted,
        order: Order,
    ) -> anyhow::Result<Self> {
        let mut listing = Self {
            wanted: Arc::new(wanted),
            order,
            trees: Vec::new(),
            folders: BTreeMap::new(),
            loose: BTreeMap::new(),
            unread: Vec::new(),
            oldest: None,
        };
        for place in places {
            match (place, aws) {
                (Place::Local(path), _) => listing.add_folder(path.clone()).await?,
                (Place::Bucket { name, prefix }, Some(aws)) => {
                    listing.add_bucket(name, prefix, aws).await?;
                }
                (Place::Bucket { .. }, None) => {
                    anyhow::bail!("cannot read a bucket without credentials");
                }
            }
        }
        Ok(listing)
    }

    async fn add_folder(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let wanted = self.wanted.clone();
        let found = spawn_blocking(move || Folder::survey(&path, &wanted)).await??;
        for (day, folders) in found.days {
            self.folders.entry(day).or_default().extend(folders);
        }
        self.unread.extend(found.files.unread);
        self.oldest = older(self.oldest, found.files.oldest);
        found
            .files
            .objects
            .into_iter()
            .for_each(|object| self.add(object));
        Ok(())
    }

    async fn add_bucket(&mut self, name: &str, prefix: &str, aws: &Aws) -> anyhow::Result<()> {
        let bucket = Bucket::open(name, aws).await?;
        if is_of_records(prefix) {
            let location = Location::Key(bucket, prefix.to_owned());
            self.add(Object {
                location,
                time: None,
            });
        } else {
            self.trees
                .extend(Tree::find(&bucket, prefix, &self.wanted).await?);
        }
        Ok(())
    }

    fn add(&mut self, object: Object) {
        let day = object.time.map(day);
        self.loose.entry(day).or_default().push(object);
    }

    /// What was passed over before anything was listed.
    pub(super) fn unread(&self) -> &[String] {
        &self.unread
    }

    /// The steps in which to list: first what has no day, then the days that can hold something, in order.
    pub(super) fn steps(&self) -> Vec<Option<Date>> {
        let (first, last) = self.wanted.days();
        let in_trees = (!self.trees.is_empty()).then(|| first.series(jiff::Span::new().days(1)));
        let in_trees = in_trees
            .into_iter()
            .flatten()
            .take_while(|day| *day <= last);
        let in_folders = self
            .folders
            .keys()
            .copied()
            .filter(|day| first <= *day && *day <= last);
        let loose = self.loose.keys().flatten().copied();
        let days: BTreeSet<Date> = in_trees.chain(in_folders).chain(loose).collect();
        let days: Box<dyn Iterator<Item = Date>> = match self.order {
            Order::NewestFirst => Box::new(days.into_iter().rev()),
            Order::OldestFirst => Box::new(days.into_iter()),
        };
        std::iter::once(None).chain(days.map(Some)).collect()
    }

    /// The minute of the oldest file of the accounts and regions asked for, whatever the time asked for.
    ///
    /// # Errors
    /// Where a bucket may not be listed.
    pub(super) async fn oldest(&self) -> anyhow::Result<Option<Timestamp>> {
        let (folders, wanted) = (self.folders.clone(), self.wanted.clone());
        let in_folders = spawn_blocking(move || {
            let mut days = folders.iter();
            days.find_map(|(day, folders)| Files::of_day(folders, *day, &wanted).oldest)
        });
        let trees = stream::iter(&self.trees).map(Tree::oldest);
        let in_trees: Vec<_> = trees.buffered(LISTINGS).try_collect().await?;
        let oldest = older(self.oldest, in_folders.await?);
        Ok(in_trees.into_iter().fold(oldest, older))
    }

    /// The files of a step, in order.
    ///
    /// # Errors
    /// Where a bucket may not be listed.
    pub(super) async fn files(&self, step: Option<Date>) -> anyhow::Result<Files> {
        let mut files = Files::default();
        if let Some(day) = step {
            let (folders, wanted) = (self.folders.get(&day).cloned(), self.wanted.clone());
            if let Some(folders) = folders {
                files = spawn_blocking(move || Files::of_day(&folders, day, &wanted)).await?;
            }
            let trees = stream::iter(&self.trees).map(|tree| tree.of_day(day, &self.wanted));
            let found: Vec<Vec<Object>> = trees.buffered(LISTINGS).try_collect().await?;
            files.objects.extend(found.into_iter().flatten());
        }
        files
            .objects
            .extend(self.loose.get(&step).into_iter().flatten().cloned());
        files.objects.sort_by_key(|object| object.time);
        if self.order == Order::NewestFirst {
            files.objects.reverse();
        }
        Ok(files)
    }
}

fn older(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
