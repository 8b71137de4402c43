//! `PutMetricData` in the simulator: what is published is read back, and what may not be is refused.

use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};

use crate::simulator_metrics::{DAY, HOUR, ago, cloudwatch, moment, world};

#[test]
fn published_metrics_are_read_back() {
    let world = world(&[]);
    let client = cloudwatch(&world);
    let count = MetricDatum::builder()
        .metric_name("ImageCount")
        .unit(StandardUnit::Count)
        .value(3.0);
    // More than ten kilobytes, which the SDK compresses.
    let data = (0..1000).map(|number| {
        let name = Dimension::builder().name("RepositoryName");
        let name = name.value(format!("r{number}")).build();
        count.clone().dimensions(name).build()
    });
    let put = client.put_metric_data().namespace("ECR/Monitoring");
    let put = put.set_metric_data(Some(data.collect()));
    world.block_on(put.send()).expect("publish");
    let read = client
        .get_metric_statistics()
        .namespace("ECR/Monitoring")
        .metric_name("ImageCount")
        .dimensions(
            Dimension::builder()
                .name("RepositoryName")
                .value("r999")
                .build(),
        )
        .start_time(moment(ago(HOUR)))
        .end_time(moment(ago(0) + 2 * HOUR))
        .period(3600)
        .statistics("Maximum".into());
    let read = world.block_on(read.send()).expect("read back");
    assert_eq!(read.datapoints().len(), 1);
    assert_eq!(read.datapoints()[0].maximum(), Some(3.0));
}

#[test]
fn what_may_not_be_published_is_refused() {
    let world = world(&[]);
    let client = cloudwatch(&world);
    let refused = |namespace: &str, data: Vec<MetricDatum>| {
        let request = client.put_metric_data().namespace(namespace);
        let request = request.set_metric_data(Some(data));
        let error = world.block_on(request.send()).expect_err("refused");
        error.code().unwrap_or_default().to_owned()
    };
    let datum = || MetricDatum::builder().metric_name("m");
    let one = |value: f64| vec![datum().value(value).build()];
    let at = |seconds: u64| vec![datum().value(1.0).timestamp(moment(seconds)).build()];
    let dimensions = (0..31).map(|number| {
        let name = format!("d{number}");
        Dimension::builder().name(name).value("v").build()
    });
    let many = datum()
        .value(1.0)
        .set_dimensions(Some(dimensions.collect()));
    let uneven = datum().values(1.0).values(2.0).counts(1.0);
    let invalid = [
        refused("AWS/ECR", one(1.0)),
        refused("n", vec![datum().value(1.0).build(); 1001]),
        refused("n", one(f64::NAN)),
        refused("n", at(ago(15 * DAY))),
        refused("n", at(ago(0) + 4 * HOUR)),
        refused("n", vec![many.build()]),
        refused("n", vec![uneven.build()]),
    ];
    assert_eq!(invalid, ["InvalidParameterValue"; 7]);
    assert_eq!(refused("n", vec![datum().build()]), "MissingParameter");
    let both = datum().value(1.0).values(1.0).build();
    assert_eq!(refused("n", vec![both]), "InvalidParameterCombination");
}
