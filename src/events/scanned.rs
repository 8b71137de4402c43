//! How much queries read, and what that costs.

use std::fmt;
use std::ops::Add;

/// Bytes in a gigabyte, as AWS bills them.
const GIGABYTE: f64 = 1024.0 * 1024.0 * 1024.0;
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Of all queries that an answer took, those in vain too.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cost {
    /// Bytes.
    pub scanned: u64,
    /// At the prices of us-east-1.
    pub dollars: f64,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            scanned: self.scanned + other.scanned,
            dollars: self.dollars + other.dollars,
        }
    }
}

/// `1.2 GB scanned, about $0.0061 at the prices of us-east-1`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} scanned, {} at the prices of us-east-1",
            size(self.scanned),
            price(self.dollars)
        )
    }
}

/// `812 bytes`, `3.4 MB`, `1.2 GB`.
#[expect(clippy::cast_precision_loss, reason = "two digits of it are shown")]
pub(crate) fn size(bytes: u64) -> String {
    let exact = bytes as f64;
    if exact >= GIGABYTE {
        format!("{:.1} GB", exact / GIGABYTE)
    } else if exact >= MEGABYTE / 10.0 {
        format!("{:.1} MB", exact / MEGABYTE)
    } else {
        format!("{bytes} bytes")
    }
}

#[expect(clippy::cast_precision_loss, reason = "a price is rounded anyway")]
pub(crate) fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / GIGABYTE
}

fn price(dollars: f64) -> String {
    if dollars <= 0.0 {
        "which costs nothing".to_owned()
    } else if dollars < 0.0001 {
        "less than $0.0001".to_owned()
    } else if dollars < 1.0 {
        format!("about ${dollars:.4}")
    } else {
        format!("about ${dollars:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_little_was_scanned_is_said_to_cost_little() {
        let cost = |scanned, dollars| Cost { scanned, dollars }.to_string();
        assert_eq!(
            cost(812, gigabytes(812) * 0.005),
            "812 bytes scanned, less than $0.0001 at the prices of us-east-1"
        );
        assert_eq!(
            cost(3 << 30, 0.015),
            "3.0 GB scanned, about $0.0150 at the prices of us-east-1"
        );
    }
}
