//! What series add up to.

/// The sum of all series, period by period: none where it is not known of each of them.
pub(super) fn sums(series: &[&[Option<f64>]], periods: usize) -> Vec<Option<f64>> {
    let spans: Vec<Span> = series.iter().map(|values| Span::of(values)).collect();
    let sum = |period: usize| {
        let values = || {
            series
                .iter()
                .map(|values| values.get(period).copied().flatten())
        };
        values().flatten().next()?;
        let parts = values().zip(&spans);
        parts
            .map(|(value, span)| value.or_else(|| span.is_outside(period).then_some(0.0)))
            .sum()
    };
    (0..periods).map(sum).collect()
}

/// From when until when there is what a series tells of: before its first value it has not begun, after its last one it
/// has ended. What is missing in the newest period alone may still come.
struct Span {
    first: usize,
    end: usize,
}

impl Span {
    fn of(values: &[Option<f64>]) -> Self {
        let first = values.iter().position(Option::is_some);
        let last = values.iter().rposition(Option::is_some).unwrap_or(0);
        let has_ended = last + 2 < values.len();
        Self {
            first: first.unwrap_or(values.len()),
            end: if has_ended { last + 1 } else { values.len() },
        }
    }

    fn is_outside(&self, period: usize) -> bool {
        period < self.first || period >= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: Option<f64> = None;

    fn some(values: [f64; 6]) -> [Option<f64>; 6] {
        values.map(Some)
    }

    #[test]
    fn what_has_not_begun_or_has_ended_adds_nothing() {
        let steady = some([1.0; 6]);
        let new = [N, N, Some(2.0), Some(2.0), Some(2.0), Some(2.0)];
        let gone = [Some(5.0), Some(5.0), Some(5.0), N, N, N];
        let never = [N; 6];
        let sum = sums(&[&steady, &new, &gone, &never], 6);
        assert_eq!(sum, some([6.0, 6.0, 8.0, 3.0, 3.0, 3.0]));
    }

    #[test]
    fn what_is_missing_in_between_or_may_still_come_makes_the_sum_unknown() {
        let steady = some([1.0; 6]);
        let gap = [Some(2.0), N, Some(2.0), Some(2.0), Some(2.0), N];
        let sum = sums(&[&steady, &gap], 6);
        assert_eq!(sum, [Some(3.0), N, Some(3.0), Some(3.0), Some(3.0), N]);
        assert_eq!(sums(&[&[N; 6]], 6), [N; 6]);
    }
}
