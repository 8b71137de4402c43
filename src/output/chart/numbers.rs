//! Numbers as people read them: short, and with their unit.

use crate::metrics::unit::Unit;

/// Prefixes of a thousand and its powers.
const THOUSANDS: [&str; 7] = ["", "k", "M", "G", "T", "P", "E"];
/// Prefixes of 1024 and its powers.
const BINARY: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
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
                let (value, prefix) = shortened(value, 1_024.0, BINARY);
                format!("{} {prefix}", digits(value))
            }
            Self::Count => {
                let (value, prefix) = shortened(value, 1_000.0, THOUSANDS);
                format!("{}{prefix}", digits(value))
            }
        }
    }

    /// What ticks are counted in where values reach so high.
    pub(super) fn base_of(self, highest: f64) -> f64 {
        match self {
            Self::Bytes => highest / shortened(highest, 1_024.0, BINARY).0,
            Self::Count | Self::Percent => 1.0,
        }
    }
}

fn shortened(value: f64, base: f64, prefixes: [&'static str; 7]) -> (f64, &'static str) {
    let mut value = value;
    let mut prefixes = prefixes.into_iter();
    let mut prefix = prefixes.next().unwrap_or_default();
    for next in prefixes {
        if value.abs() < base {
            break;
        }
        value /= base;
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
