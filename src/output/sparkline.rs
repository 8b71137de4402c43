//! Numbers in a row as bars of a character each: a shape to see at a glance, in the width of a word.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// `▁▂▂▅█▃▁`: the lowest bar is for nothing alone, the highest for the greatest number of the row.
pub(crate) fn sparkline(numbers: &[u64]) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0);
    let bar = |number: &u64| {
        // In 128 bits, so that no number is too great.
        let steps = BARS.len() as u128 - 1;
        let height = (u128::from(*number) * steps).div_ceil(u128::from(most.max(1)));
        BARS[usize::try_from(height).unwrap_or(0)]
    };
    numbers.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nothing_has_the_lowest_bar_and_only_the_greatest_the_highest() {
        for (numbers, line) in [
            (vec![], ""),
            (vec![0, 0, 0], "▁▁▁"),
            (vec![0, 1, 100], "▁▂█"),
            (vec![7, 7], "██"),
            (vec![0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
            (vec![u64::MAX, u64::MAX / 2, 1], "█▅▂"),
        ] {
            assert_eq!(sparkline(&numbers), line, "{numbers:?}");
        }
    }
}
