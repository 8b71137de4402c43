//! How much a query read, and what that costs, in words.

/// Bytes in a gigabyte, as AWS bills them.
const GIGABYTE: f64 = 1024.0 * 1024.0 * 1024.0;
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// `1.2 GB scanned, about $0.0061 at the prices of us-east-1`.
pub(crate) fn cost(bytes: u64, dollars: f64) -> String {
    format!(
        "{} scanned, {} at the prices of us-east-1",
        size(bytes),
        price(dollars)
    )
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
