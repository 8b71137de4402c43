//! The dashboard's header: what it is, who made it, how to change it.

use serde_json::json;

use super::content::Content;
use super::widget::Widget;

pub(super) fn header(content: &Content, marker: &str) -> Widget {
    let about = match content.shown.repositories.glob() {
        None => "All repositories; a chart shows at most 500 of them, which is as many as CloudWatch's SEARCH finds."
            .to_owned(),
        Some(glob) => format!(
            "The repositories that matched `{glob}` when it was made; API calls, quotas and alarms are those of the whole registry."
        ),
    };
    let markdown = format!(
        "# Amazon ECR in {region}\nWho pushes, pulls and deletes, and how often. {about}\n\n\
         Change it with `ecrmon dashboard create`, which also looks again at what there is to show; \
         edits made by hand are kept and reported.\n\n{marker}",
        region = content.region
    );
    Widget {
        kind: "text",
        height: 4,
        properties: json!({ "markdown": markdown }),
    }
}
