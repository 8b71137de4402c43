//! An address of the caller's own (`--endpoint-url`, a simulator, a proxy) is called as it was given.
//!
//! The SDK puts a prefix before the host of some operations, `stream-` for Live Tail, even then:
//! `stream-127.0.0.1` is no host.

use aws_sdk_cloudwatchlogs::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatchlogs::error::BoxError;
use aws_types::endpoint_config::EndpointUrl;

/// Takes the prefix away again, where the address is the caller's own.
#[derive(Debug)]
pub(super) struct AsGiven;

impl Intercept for AsGiven {
    fn name(&self) -> &'static str {
        "AsGiven"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(given) = config.load::<EndpointUrl>() else {
            return Ok(());
        };
        let request = context.request_mut();
        if let Some(address) = unprefixed(request.uri(), &given.0) {
            request.set_uri(address)?;
        }
        Ok(())
    }
}

/// The address without what stands between `http://` and the host that was given.
fn unprefixed(address: &str, given: &str) -> Option<String> {
    let (scheme, host) = given.split_once("://")?;
    let (scheme_called, called) = address.split_once("://")?;
    let host = host.split('/').next()?;
    let prefix = called.find(host).filter(|prefix| *prefix > 0)?;
    (scheme == scheme_called).then(|| format!("{scheme}://{}", &called[prefix..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_before_the_host_that_was_given_goes_and_nothing_else_does() {
        let given = "http://127.0.0.1:5005/below";
        for (address, called) in [
            (
                "http://stream-127.0.0.1:5005/below",
                Some("http://127.0.0.1:5005/below"),
            ),
            (given, None),
            ("http://another.host/", None),
        ] {
            assert_eq!(unprefixed(address, given).as_deref(), called, "{address}");
        }
    }
}
