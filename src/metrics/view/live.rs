//! Reading what the widgets of a dashboard show, side by side. A widget that cannot be read says why; the others go on.

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::Value;

use super::{Drawn, Picture, Plot, alarms, rows};
use crate::aws::{Aws, CallError, Fault};
use crate::events::insights::{Ask, Insights};
use crate::events::{Recorded, Window};
use crate::metrics::unit::Unit;
use crate::metrics::{data, period};

/// Widgets that are read side by side.
const AT_ONCE: usize = 4;

/// The time that is shown, and whether queries of log groups may be run, which is billed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub window: Window,
    pub logs: bool,
}

/// The widgets with their titles, in their order, as they can be shown now.
///
/// # Errors
/// What is no refusal of AWS's: no network, no credentials, Ctrl-C.
pub(crate) async fn read(
    widgets: Vec<(String, &Value)>,
    wish: Wish,
    aws: &Aws,
) -> anyhow::Result<Vec<Drawn>> {
    stream::iter(widgets)
        .map(async |(title, widget)| draw(title, widget, wish, aws).await)
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

async fn draw(title: String, widget: &Value, wish: Wish, aws: &Aws) -> anyhow::Result<Drawn> {
    let kind = widget["type"].as_str().unwrap_or("unknown").to_owned();
    let properties = &widget["properties"];
    let region = properties["region"].as_str().unwrap_or(&aws.region);
    let there = if region == aws.region {
        aws.clone()
    } else {
        aws.in_region(region)
    };
    let drawn = match kind.as_str() {
        "text" => Ok((Picture::Text(markdown(properties)), Vec::new())),
        "metric" if properties["metrics"].is_array() => metric(properties, wish, &there).await,
        "metric" => states(&properties["annotations"]["alarms"], &there).await,
        "alarm" => states(&properties["alarms"], &there).await,
        "log" if wish.logs => log(properties, wish, &there).await,
        "log" => Ok(nothing(
            "`--logs` runs its query, which is billed by what it scans",
        )),
        other => Ok(nothing(&format!(
            "a widget of the type {other} is drawn by the console alone"
        ))),
    };
    let (picture, missing) = match drawn {
        Ok(drawn) => drawn,
        Err(error) if is_refusal(&error) => {
            let why = format!("{error:#}");
            (
                Picture::Nothing("it could not be read".to_owned()),
                vec![why],
            )
        }
        Err(error) => return Err(error),
    };
    Ok(Drawn {
        title,
        kind,
        picture,
        missing,
    })
}

/// What a widget shows, and what is missing of it.
type Picked = (Picture, Vec<String>);

fn nothing(why: &str) -> Picked {
    (Picture::Nothing(why.to_owned()), Vec::new())
}

/// Whatever is wrong with one widget alone.
fn is_refusal(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<CallError>()
        .is_none_or(|error| matches!(error.fault, Fault::Refused { .. }))
        && !error.is::<crate::interrupt::Interrupted>()
}

fn markdown(properties: &Value) -> String {
    properties["markdown"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

async fn metric(properties: &Value, wish: Wish, aws: &Aws) -> anyhow::Result<Picked> {
    let shortest = period::shortest(wish.window.from, Timestamp::now());
    let (queries, mut missing) = rows::queries(properties, shortest);
    let adds_up = rows::add_up(&queries);
    let series = if queries.is_empty() {
        Vec::new()
    } else {
        data::read(queries, wish.window, aws).await?
    };
    for one in &series {
        let why = one.shortfall.as_ref();
        missing.extend(why.map(|why| format!("{}: {why}", one.label)));
    }
    let plot = Plot {
        series,
        period: rows::period(properties).max(shortest),
        unit: unit(properties),
        adds_up,
        newest_alone: properties["view"]
            .as_str()
            .is_some_and(|view| view != "timeSeries"),
    };
    Ok((Picture::Series(plot), missing))
}

/// A widget does not tell its unit but on its axis.
fn unit(properties: &Value) -> Unit {
    match properties["yAxis"]["left"]["label"].as_str() {
        Some("Bytes") => Unit::Bytes,
        Some("Percent") => Unit::Percent,
        _ => Unit::Count,
    }
}

async fn states(arns: &Value, aws: &Aws) -> anyhow::Result<Picked> {
    let arns: Vec<String> = arns
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|arn| arn.as_str().map(str::to_owned))
        .collect();
    Ok((Picture::Alarms(alarms::read(&arns, aws).await?), Vec::new()))
}

async fn log(properties: &Value, wish: Wish, aws: &Aws) -> anyhow::Result<Picked> {
    let query = properties["query"].as_str().unwrap_or_default();
    let Some((log_group, query)) = source(query) else {
        return Ok(nothing(
            "only a query of a single log group is run from here",
        ));
    };
    let insights = Insights {
        aws: aws.clone(),
        log_group: log_group.to_owned(),
        recorded: Recorded::ALWAYS,
        notes: Vec::new(),
    };
    let ask = Ask {
        query,
        from: wish.window.from.as_second(),
        until: wish.window.until.as_second() - 1,
    };
    let answer = insights.run(&ask, std::future::pending()).await?;
    Ok((Picture::Rows(answer.unwrap_or_default()), Vec::new()))
}

/// `SOURCE 'group' | query`; `None` where there is another source.
fn source(query: &str) -> Option<(&str, &str)> {
    let (source, query) = query.split_once('|')?;
    let log_group = source.trim().strip_prefix("SOURCE")?.trim();
    let query = query.trim();
    (!query.starts_with("SOURCE")).then_some((log_group.trim_matches(['\'', '"']), query))
}
