//! The scale of a panel: round ticks, one at zero, each so many rows from the next; and numbers as people read them.

use crate::metrics::unit::Unit;

/// Beyond this, drawing loses to the limits of floating point.
const HUGE: f64 = 1e300;
/// What a tick may be, times a power of ten: round numbers of at most two digits.
const ROUND: [f64; 9] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

/// From the lowest to the highest of values and zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    low: f64,
    high: f64,
    /// There are whole numbers only.
    whole: bool,
}

impl Default for Range {
    fn default() -> Self {
        Self {
            low: 0.0,
            high: 0.0,
            whole: true,
        }
    }
}

impl Range {
    pub(super) fn of(values: &[Option<f64>]) -> Self {
        let known = values.iter().flatten().filter(|value| value.is_finite());
        known.fold(Self::default(), |range, value| {
            range.and(Self {
                low: value.clamp(-HUGE, 0.0),
                high: value.clamp(0.0, HUGE),
                whole: value.fract() == 0.0,
            })
        })
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            whole: self.whole && other.whole,
        }
    }

    /// How many steps it takes above and below zero.
    fn steps(self, step: f64) -> (usize, usize) {
        let count = |length: f64| whole_number((length / step).ceil());
        (count(self.high), count(-self.low))
    }
}

/// A number of rows or steps; a float's conversion saturates, so that nothing overflows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is whole and not negative"
)]
fn whole_number(number: f64) -> usize {
    number.min(1e9) as usize
}

/// Where ticks are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    unit: Unit,
    step: f64,
    /// Ticks above and below zero.
    up: usize,
    down: usize,
    rows_a_step: usize,
}

impl Scale {
    /// A scale for about so many rows.
    pub(super) fn new(range: Range, rows: usize, unit: Unit) -> Self {
        let signs = usize::from(range.high > 0.0) + usize::from(range.low < 0.0);
        let most = (rows / 2).max(signs).max(1);
        let step = step(range, most);
        let (up, down) = range.steps(step);
        // Where there is nothing to see, one row is enough.
        let flat = up + down == 0;
        Self {
            unit,
            step,
            up: if flat { 1 } else { up },
            down,
            rows_a_step: if flat { 1 } else { (rows / (up + down)).max(1) },
        }
    }

    pub(super) fn rows_above(&self) -> usize {
        self.up * self.rows_a_step
    }

    pub(super) fn rows_below(&self) -> usize {
        self.down * self.rows_a_step
    }

    /// How far from zero a value is, in such parts of a row; what is not zero is at least one part away.
    pub(super) fn parts(&self, value: f64, parts: usize) -> usize {
        if value == 0.0 {
            return 0;
        }
        let steps = value.abs().min(HUGE) / self.step;
        let rows = f64::from(u32::try_from(self.rows_a_step * parts).unwrap_or(u32::MAX));
        whole_number((steps * rows).round()).max(1)
    }

    /// The tick's label at the far edge of a row, which is counted from the axis on: positive above, negative below.
    pub(super) fn label(&self, row: isize) -> Option<String> {
        let rows = row.unsigned_abs();
        if !rows.is_multiple_of(self.rows_a_step) {
            return None;
        }
        let steps = f64::from(u32::try_from(rows / self.rows_a_step).unwrap_or(u32::MAX));
        let value = self.step * steps;
        Some(self.unit.short(if row < 0 { -value } else { value }))
    }

    pub(super) fn label_width(&self) -> usize {
        let above = 0..=self.rows_above().cast_signed();
        let below = -self.rows_below().cast_signed()..0;
        let labels = above.chain(below).filter_map(|row| self.label(row));
        labels.map(|label| label.len()).max().unwrap_or(0)
    }
}

/// The smallest round step of which at most so many reach from end to end.
fn step(range: Range, most: usize) -> f64 {
    let highest = range.high.max(-range.low);
    if highest < f64::MIN_POSITIVE {
        return 1.0;
    }
    let steps = f64::from(u32::try_from(most).unwrap_or(u32::MAX));
    let least = (highest / steps).log10().floor();
    let is_fine = |step: &f64| {
        let (up, down) = range.steps(*step);
        // Between whole numbers there is nothing to tick.
        let is_whole = !range.whole || step.fract() == 0.0;
        is_whole && up + down <= most
    };
    (0u8..3)
        .flat_map(|power| ROUND.map(|round| round * 10f64.powf(least + f64::from(power))))
        .find(is_fine)
        .unwrap_or(highest)
}
