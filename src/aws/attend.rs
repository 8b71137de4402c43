//! Work that goes on in AWS by itself, such as a query, and costs until it is stopped.

use super::{Aws, CallError};
use crate::interrupt::Interrupted;

impl Aws {
    /// Waits for such work; where nobody wants it any more, because there is enough, Ctrl-C was pressed or a call about
    /// it failed, stops it first. The caller holds the interrupt since before the work began.
    ///
    /// # Errors
    /// Those of the work, or [`Interrupted`].
    pub(crate) async fn attend<T>(
        &self,
        work: impl Future<Output = anyhow::Result<T>>,
        enough: impl Future<Output = ()>,
        stop: impl Future<Output = ()>,
    ) -> anyhow::Result<Option<T>> {
        let abandoned = tokio::select! {
            done = work => match done {
                Err(error) if error.is::<CallError>() => Err(error),
                done => return done.map(Some),
            },
            () = enough => Ok(None),
            () = self.interrupt.requested() => Err(Interrupted.into()),
        };
        stop.await;
        abandoned
    }
}
