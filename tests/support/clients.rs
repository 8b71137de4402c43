//! The test's own SDK clients, which arrange and inspect a world through its backdoor.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};

use super::world::{ACCESS_KEY, SECRET_KEY, World};

#[derive(Clone)]
pub struct Clients {
    pub athena: aws_sdk_athena::Client,
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub ecr: aws_sdk_ecr::Client,
    pub iam: aws_sdk_iam::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub s3: aws_sdk_s3::Client,
}

impl Clients {
    pub fn of(world: &World) -> Self {
        Self::in_region(world, world.region())
    }

    pub fn in_region(world: &World, region: &str) -> Self {
        let config = sdk_config(world, region);
        // A bucket in the host name would ask for a DNS name below the loopback address.
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build();
        Self {
            athena: aws_sdk_athena::Client::new(&config),
            cloudtrail: aws_sdk_cloudtrail::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            ecr: aws_sdk_ecr::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
        }
    }
}

/// Made by hand rather than loaded, so that nothing of the caller's environment or files comes in.
fn sdk_config(world: &World, region: &str) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new(region.to_owned()))
        .endpoint_url(world.backdoor_url())
        .build()
}
