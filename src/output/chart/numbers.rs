//! Numbers as people read them: short, and with their unit.

use crate::metrics::unit::Unit;

const THOUSAND: f64 = 1_000.0;
/// Prefixes of a thousand and its powers.
const THOUSANDS: [&str; 7] = ["", "k", "M", "G", "T", "P", "E"];
/// Up to here a count is written in full.
const WRITTEN_OUT: f64 = 100_000.0;

impl Unit {
    /// A value as people read it: three digits of it, or all of a count below 100,000.
    pub(crate) fn show(self, value: f64) -> String {
        if self == Self::Count && value.abs() < WRITTEN_OUT && value.fract() == 0.0 {
            format!("{value:.0}")
        } else {
            self.short(value)
        }
    }

    /// Three digits of a value.
    pub(super) fn short(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{} %", digits(value)),
            Self::Bytes => {
                let (value, prefix) = shortened(value);
                format!("{} {prefix}B", digits(value))
            }
            Self::Count => {
                let (value, prefix) = shortened(value);
                format!("{}{prefix}", digits(value))
            }
        }
    }
}

fn shortened(value: f64) -> (f64, &'static str) {
    let mut value = value;
    let mut prefixes = THOUSANDS.into_iter();
    let mut prefix = prefixes.next().unwrap_or_default();
    for next in prefixes {
        if value.abs() < THOUSAND {
            break;
        }
        value /= THOUSAND;
        prefix = next;
    }
    (value, prefix)
}

/// Three digits, or all before the point.
fn digits(value: f64) -> String {
    // What is larger or smaller is no measure of a registry.
    if value != 0.0 && !(1e-6..1e9).contains(&value.abs()) {
        return format!("{value:.0e}");
    }
    let orders = [100.0, 10.0, 1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6];
    let decimals = orders.iter().position(|least| value.abs() >= *least);
    let text = format!("{value:.*}", decimals.unwrap_or(0));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
