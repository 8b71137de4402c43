//! What values of a metric are counted in.

use serde::Serialize;

/// CloudWatch's words for it (CloudWatch API reference, `StandardUnit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    Count,
    Bytes,
    /// 100 is all.
    Percent,
}
