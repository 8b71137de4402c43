//! Reading the repositories side by side, each with few calls: its images page by page, its lifecycle policy, and the
//! findings of its newest image.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_ecr::types::{DescribeImagesFilter, ImageStatusFilter};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::fold::Fold;
use super::list::{Selection, list};
use super::shortfall::{Shortfalls, is_gone};
use super::{Findings, Registry, Repository, scan};
use crate::aws::{Aws, CallError, optional};

/// Repositories read at the same time: as many as keep an API busy that answers within some 100 ms.
const AT_ONCE: usize = 16;
/// The most images of a page (ECR API reference, DescribeImages).
const PAGE: i32 = 1_000;

const LIFECYCLE: &str = "ecr:GetLifecyclePolicy";

/// Reads the repositories that are asked for.
///
/// # Errors
/// A [`CallError`]: of the list, or of whatever would meet every further call.
pub(crate) async fn read(selection: &Selection, aws: &Aws) -> Result<Registry, CallError> {
    describe(list(selection, aws).await?, aws).await
}

/// Reads what is to know of listed repositories.
///
/// # Errors
/// A [`CallError`] that would meet every further call.
pub(crate) async fn describe(listed: Vec<Repository>, aws: &Aws) -> Result<Registry, CallError> {
    let reader = Reader::new(listed.len(), aws);
    let read = stream::iter(listed)
        .map(|repository| reader.repository(repository))
        // In any order: a repository of many pages is not to hold up those behind it.
        .buffer_unordered(AT_ONCE);
    let read: Vec<_> = read.try_collect().await?;
    Ok(reader.registry(read))
}

/// A repository, or the name of one that was deleted meanwhile.
type Read = Result<Repository, String>;

struct Reader<'a> {
    aws: &'a Aws,
    shortfalls: Shortfalls,
    progress: indicatif::ProgressBar,
    all: usize,
    read: AtomicUsize,
}

impl<'a> Reader<'a> {
    fn new(all: usize, aws: &'a Aws) -> Self {
        Self {
            aws,
            shortfalls: Shortfalls::default(),
            progress: aws.progress.spinner("reading the registry"),
            all,
            read: AtomicUsize::new(0),
        }
    }

    async fn repository(&self, mut repository: Repository) -> Result<Read, CallError> {
        let read = self.describe(&mut repository).await;
        self.count();
        match read {
            Ok(()) => Ok(Ok(repository)),
            Err(error) if is_gone(&error) => Ok(Err(repository.name)),
            Err(error) => Err(error),
        }
    }

    async fn describe(&self, repository: &mut Repository) -> Result<(), CallError> {
        let name = repository.name.clone();
        let (fold, has_policy) =
            tokio::try_join!(self.images(&name), self.has_lifecycle_policy(&name))?;
        repository.has_lifecycle_policy = has_policy;
        if let Some(fold) = fold {
            repository.findings = self.findings(&name, &fold).await?;
            repository.images = Some(fold.images);
        }
        Ok(())
    }

    async fn images(&self, name: &str) -> Result<Option<Fold>, CallError> {
        self.shortfalls.known(name, self.all_images(name).await)
    }

    async fn all_images(&self, name: &str) -> Result<Fold, CallError> {
        let filter = DescribeImagesFilter::builder().image_status(ImageStatusFilter::Any);
        let filter = filter.build();
        let mut fold = Fold::default();
        let mut token = None;
        loop {
            let request = self
                .aws
                .ecr
                .describe_images()
                .repository_name(name)
                .max_results(PAGE)
                .filter(filter.clone())
                .set_next_token(token);
            let page = self
                .aws
                .call("ecr:DescribeImages", name, request.send())
                .await?;
            let images = page.image_details.unwrap_or_default();
            images.into_iter().for_each(|image| fold.add(image));
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(fold);
            }
        }
    }

    async fn has_lifecycle_policy(&self, name: &str) -> Result<Option<bool>, CallError> {
        if self.shortfalls.is_denied(LIFECYCLE) {
            return Ok(None);
        }
        let request = self.aws.ecr.get_lifecycle_policy().repository_name(name);
        let answer = optional(self.aws.call(LIFECYCLE, name, request.send()).await);
        let policy = self.shortfalls.known(name, answer)?;
        Ok(policy.map(|policy| policy.is_some()))
    }

    async fn findings(&self, name: &str, fold: &Fold) -> Result<Option<Findings>, CallError> {
        let Some(newest) = &fold.newest else {
            return Ok(Some(Findings::NoImage));
        };
        if let Some(told) = newest.told() {
            return Ok(Some(told));
        }
        if self.shortfalls.is_denied(scan::ACTION) {
            return Ok(None);
        }
        let answer = scan::ask(name, &newest.digest, self.aws).await;
        let told = self.shortfalls.known(name, answer)?;
        if told == Some(None) {
            self.shortfalls.say(
                name,
                "ECR does not tell what the scan of its newest image found",
            );
        }
        Ok(told.flatten())
    }

    fn count(&self) {
        let read = self.read.fetch_add(1, Ordering::Relaxed) + 1;
        let all = self.all;
        self.progress.set_message(format!(
            "reading the registry: {read} of {all} repositories"
        ));
    }

    fn registry(self, read: Vec<Read>) -> Registry {
        self.progress.finish_and_clear();
        let mut registry = Registry {
            shortfalls: self.shortfalls.into_list(),
            ..Registry::default()
        };
        for one in read {
            match one {
                Ok(repository) => registry.repositories.push(repository),
                Err(deleted) => registry.deleted.push(deleted),
            }
        }
        registry.deleted.sort();
        let repositories = &mut registry.repositories;
        repositories.sort_by(|one, other| one.name.cmp(&other.name));
        registry
    }
}
