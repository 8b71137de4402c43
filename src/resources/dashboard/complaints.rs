//! What CloudWatch says about a body, told with the title of the widget that it is about.

use aws_sdk_cloudwatch::types::DashboardValidationMessage;
use serde_json::Value;

use super::fields::title;

/// One line for each message: `Pulls per repository: Should NOT have more than 2 items (properties/metrics/0)`.
pub(super) fn lines(messages: &[DashboardValidationMessage], body: &Value) -> Vec<String> {
    let line = |message: &DashboardValidationMessage| {
        let path = message.data_path().unwrap_or_default();
        let text = message.message().unwrap_or("no reason given");
        let (place, rest) = place(path, body);
        match rest {
            "" => format!("{place}: {text}"),
            rest => format!("{place}: {text} (`{rest}`)"),
        }
    };
    messages.iter().map(line).collect()
}

/// What a path such as `/widgets/3/properties/metrics/0` is about, and the rest of it.
fn place<'p>(path: &'p str, body: &Value) -> (String, &'p str) {
    let path = path.trim_start_matches('/');
    let within = path.strip_prefix("widgets/").and_then(|rest| {
        let (number, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let number = number.parse::<usize>().ok()?;
        let widget = body["widgets"].get(number)?;
        Some((format!("widget `{}`", title(widget, number)), rest))
    });
    within.unwrap_or(("the body".to_owned(), path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_told_with_the_title_of_its_widget() {
        let body = json!({"widgets": [{"properties": {"markdown": "# Hello\nthere"}}, {"properties": {"title": "Pulls"}}]});
        let message = |path: &str| {
            DashboardValidationMessage::builder()
                .data_path(path)
                .message("Should be string")
                .build()
        };
        let paths = [
            "/widgets/1/properties/metrics/0",
            "/widgets/0",
            "/widgets/7/x",
            "",
            "/start",
        ];
        assert_eq!(
            lines(&paths.map(message), &body),
            [
                "widget `Pulls`: Should be string (`properties/metrics/0`)",
                "widget `Hello`: Should be string",
                "the body: Should be string (`widgets/7/x`)",
                "the body: Should be string",
                "the body: Should be string (`start`)",
            ]
        );
    }
}
