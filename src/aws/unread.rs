//! The body of an answer for us to read, where the SDK's own reading of it costs more than all that is done with it.
//!
//! The SDK still signs, retries, watches the time and reads errors. Of an answer that is a success it gets an empty
//! object to read, once the whole body has come.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use aws_sdk_cloudwatchlogs::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatchlogs::error::BoxError;
use aws_smithy_types::body::SdkBody;
use hyper::body::{Body, Bytes, Frame};

/// The most room that is made for a body before it comes, in bytes: whoever answers may say any length.
const ROOM: usize = 2 << 20;

/// The body of the call that this is an interceptor of. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Unread(Arc<Mutex<Vec<u8>>>);

impl Unread {
    /// To be kept in a buffer whose memory is there already: what has to be had from the system costs as much again
    /// as to fill it.
    pub(crate) fn into(buffer: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(buffer)))
    }

    /// What came, after a call that succeeded.
    pub(crate) fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.kept())
    }

    fn kept(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Unread {
    fn name(&self) -> &'static str {
        "Unread"
    }

    /// Each attempt comes here, and begins anew. The SDK watches over a stalled stream in a hook of the same time; it
    /// is the operation's own, which comes before those of a single call, so it sees the body itself.
    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if response.status().is_success() {
            let body = mem::replace(response.body_mut(), SdkBody::taken());
            let mut kept = self.kept();
            kept.clear();
            kept.reserve(
                usize::try_from(body.size_hint().lower()).map_or(ROOM, |room| room.min(ROOM)),
            );
            let unread = self.clone();
            *response.body_mut() = SdkBody::from_body_1_x(Kept {
                body: Some(body),
                unread,
            });
        }
        Ok(())
    }
}

/// Keeps a body while it comes, and looks like an empty object.
struct Kept {
    /// Until its end.
    body: Option<SdkBody>,
    unread: Unread,
}

impl Body for Kept {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        while let Some(body) = &mut self.body {
            match ready!(Pin::new(body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.unread.kept().extend_from_slice(data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    self.body = None;
                    let empty = Frame::data(Bytes::from_static(b"{}"));
                    return Poll::Ready(Some(Ok(empty)));
                }
            }
        }
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use http_body_util::BodyExt;

    use super::*;

    /// What the SDK sees of a body, and what we keep of it.
    fn read(body: SdkBody) -> (Result<Bytes, BoxError>, Vec<u8>) {
        let unread = Unread::into(Vec::new());
        let kept = Kept {
            body: Some(body),
            unread: unread.clone(),
        };
        let seen = block_on(kept.collect()).map(http_body_util::Collected::to_bytes);
        (seen, unread.take())
    }

    #[test]
    fn a_body_is_ours_and_the_sdk_sees_an_empty_object() {
        let (seen, kept) = read(SdkBody::from("what came"));
        assert_eq!(seen.expect("it has an end"), "{}");
        assert_eq!(kept, b"what came");
    }

    #[test]
    fn the_sdk_sees_that_a_body_broke_off() {
        let (seen, _) = read(SdkBody::taken());
        assert!(seen.is_err());
    }
}
