//! Which repositories there are, and which of them are asked for.

use aws_sdk_ecr::types::Repository as Listed;

use super::Repository;
use crate::aws::{Aws, CallError};
use crate::events::Patterns;

/// The most repositories of a page (ECR API reference, DescribeRepositories).
const PAGE: i32 = 1_000;

/// Which repositories are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Names; without any, all repositories are.
    pub repositories: Patterns,
}

/// The repositories that are asked for, sorted by name, with what the list itself tells of them.
///
/// # Errors
/// A [`CallError`].
pub(crate) async fn list(selection: &Selection, aws: &Aws) -> Result<Vec<Repository>, CallError> {
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let request = aws
            .ecr
            .describe_repositories()
            .max_results(PAGE)
            .set_next_token(token);
        let page = aws
            .call("ecr:DescribeRepositories", "the registry", request.send())
            .await?;
        let found = page.repositories.unwrap_or_default().into_iter();
        all.extend(found.filter_map(|listed| selection.chosen(listed)));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    all.sort_by(|one: &Repository, other| one.name.cmp(&other.name));
    Ok(all)
}

impl Selection {
    fn chosen(&self, listed: Listed) -> Option<Repository> {
        let name = listed.repository_name?;
        self.repositories.admit(Some(&name)).then(|| Repository {
            name,
            tag_mutability: listed
                .image_tag_mutability
                .map(|mutability| mutability.as_str().to_owned()),
            ..Repository::default()
        })
    }
}
