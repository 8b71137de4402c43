//! Charts of all shapes: never wider than asked, every maximum drawn, ticks at round values, no panic.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// 2026-11-14, a Saturday, at midnight UTC.
const FROM: i64 = 1_794_614_400;

fn lines(all: &[(&str, &[Option<f64>])]) -> Vec<Line> {
    let line = |(label, values): &(&str, &[Option<f64>])| Line {
        label: (*label).to_owned(),
        values: values.to_vec(),
    };
    all.iter().map(line).collect()
}

fn chart(lines: &[Line]) -> Chart<'_> {
    Chart {
        lines,
        from: Timestamp::from_second(FROM).expect("a time"),
        period: 3 * 3_600,
        unit: Unit::Count,
        adds_up: true,
        zone: TimeZone::UTC,
        rows: rows_of(lines.len()),
    }
}

fn drawn(chart: &Chart<'_>, columns: usize) -> String {
    let page = Page::of(|page| chart.put(page, columns));
    let text = page.into_text(None);
    anstream::adapter::strip_str(&text).to_string()
}

/// A day and a night of somebody's week.
fn waves(count: u32, high: f64) -> Vec<Option<f64>> {
    let wave = |at: u32| (f64::from(at) * std::f64::consts::TAU / 8.0).sin();
    (0..count)
        .map(|at| Some((high * (1.0 + wave(at)) / 2.0).round()))
        .collect()
}

#[test]
fn a_week_is_drawn_with_its_days() {
    let series = waves(56, 72.0);
    let lines = lines(&[("team-a/api", &series)]);
    insta::assert_snapshot!(drawn(&chart(&lines), 80), @r"
    team-a/api  sum 2016  min 0  max 72  last 11
    75 ┤  ▅       ▅       ▅       ▅       ▅       ▅       ▅
       │ ▁█▁     ▁█▁     ▁█▁     ▁█▁     ▁█▁     ▁█▁     ▁█▁
    60 ┤ ███     ███     ███     ███     ███     ███     ███
       │ ███     ███     ███     ███     ███     ███     ███
    45 ┤ ███     ███     ███     ███     ███     ███     ███
       │▆███▆   ▆███▆   ▆███▆   ▆███▆   ▆███▆   ▆███▆   ▆███▆
    30 ┤█████   █████   █████   █████   █████   █████   █████
       │█████   █████   █████   █████   █████   █████   █████
    15 ┤█████▄ ▄█████▄ ▄█████▄ ▄█████▄ ▄█████▄ ▄█████▄ ▄█████▄ ▄
       │██████ ███████ ███████ ███████ ███████ ███████ ███████ █
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
        Nov 14  Nov 15  Nov 16  Nov 17  Nov 18  Nov 19  Nov 20
    ");
}

#[test]
fn each_series_has_a_scale_of_its_own() {
    let (busy, quiet) = (waves(56, 123_456.0), waves(56, 3.0));
    let lines = lines(&[("team-a/api", &busy), ("legacy/batch", &quiet)]);
    insta::assert_snapshot!(drawn(&chart(&lines), 80), @r"
    team-a/api  sum 3.46M  min 0  max 123k  last 18080
    150k ┤
         │ ▂█▂     ▂█▂     ▂█▂     ▂█▂     ▂█▂     ▂█▂     ▂█▂
    100k ┤ ███     ███     ███     ███     ███     ███     ███
         │▄███▄   ▄███▄   ▄███▄   ▄███▄   ▄███▄   ▄███▄   ▄███▄
     50k ┤█████   █████   █████   █████   █████   █████   █████
         │█████▆ ▆█████▆ ▆█████▆ ▆█████▆ ▆█████▆ ▆█████▆ ▆█████▆ ▆
       0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
    legacy/batch  sum 84  min 0  max 3  last 0
       3 ┤ ███     ███     ███     ███     ███     ███     ███
         │ ███     ███     ███     ███     ███     ███     ███
       2 ┤█████    ████    ████    ████    ████    ████    ███
         │█████    ████    ████    ████    ████    ████    ███
       1 ┤█████   █████   █████   █████   █████   █████   █████
         │█████   █████   █████   █████   █████   █████   █████
       0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
          Nov 14  Nov 15  Nov 16  Nov 17  Nov 18  Nov 19  Nov 20
    ");
}

#[test]
fn a_gap_breaks_the_axis_and_zero_does_not() {
    let values = [Some(3.0), Some(0.0), None, None, Some(1.0), Some(2.0)];
    let lines = lines(&[("a", &values)]);
    insta::assert_snapshot!(drawn(&chart(&lines), 60), @r"
    a  sum 6  min 0  max 3  last 2
    3 ┤████████
      │████████
      │████████
    2 ┤████████                                ████████
      │████████                                ████████
      │████████                                ████████
    1 ┤████████                        ████████████████
      │████████                        ████████████████
      │████████                        ████████████████
    0 ┼┬───────┬───────                ┬───────┬───────
       Nov 14  03:00   06:00   09:00   12:00   15:00
    Where the axis is broken there is no value.
    ");
}

#[test]
fn what_is_negative_goes_below_the_axis() {
    let values = [4.0, 2.0, -1.0, -3.0, 0.0, 1.0].map(Some);
    let lines = lines(&[("balance", &values)]);
    insta::assert_snapshot!(drawn(&chart(&lines), 60), @r"
    balance  sum 3  min -3  max 4  last 1
     4 ┤████████
       │████████
     2 ┤████████████████
       │████████████████                        ████████
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────
       │                ████████████████
    -2 ┤                        ████████
       │                        ████████
    -4 ┤
        Nov 14  03:00   06:00   09:00   12:00   15:00
    ");
}

#[test]
fn one_point_alone_has_its_time() {
    let lines = lines(&[("a", &[Some(5.0)])]);
    let mut chart = chart(&lines);
    chart.from += SignedDuration::from_mins(25);
    chart.period = 60;
    insta::assert_snapshot!(drawn(&chart, 40), @r"
    a  sum 5  min 5  max 5  last 5
    5 ┤████████
      │████████
    4 ┤████████
      │████████
    3 ┤████████
      │████████
    2 ┤████████
      │████████
    1 ┤████████
      │████████
    0 ┼┬───────
       00:25
    ");
}

#[test]
fn nothing_and_all_zero_are_told_apart() {
    let lines = lines(&[("zero", &[Some(0.0); 8]), ("nothing", &[None; 8])]);
    insta::assert_snapshot!(drawn(&chart(&lines), 60), @r"
    zero  sum 0  min 0  max 0  last 0
    1 ┤
    0 ┼┬─────────────┬─────────────┬─────────────┬─────────────
    nothing  no values
    1 ┤
    0 ┼
       Nov 14        06:00         12:00         18:00
    Where the axis is broken there is no value.
    ");
}

#[test]
fn parts_of_a_hundred_share_a_scale() {
    let lines = lines(&[
        ("PutImage", &[Some(64.0); 8]),
        ("BatchGetImage", &[Some(0.2); 8]),
    ]);
    let mut chart = chart(&lines);
    chart.unit = Unit::Percent;
    chart.adds_up = false;
    insta::assert_snapshot!(drawn(&chart, 60), @r"
    PutImage  min 64 %  max 64 %  last 64 %
    75 % ┤▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
         │████████████████████████████████████████████████
    50 % ┤████████████████████████████████████████████████
         │████████████████████████████████████████████████
    25 % ┤████████████████████████████████████████████████
         │████████████████████████████████████████████████
     0 % ┼┬───────────┬───────────┬───────────┬───────────
    BatchGetImage  min 0.2 %  max 0.2 %  last 0.2 %
    75 % ┤
         │
    50 % ┤
         │
    25 % ┤
         │▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
     0 % ┼┬───────────┬───────────┬───────────┬───────────
          Nov 14      06:00       12:00       18:00
    ");
}

#[test]
fn days_of_a_zone_begin_at_its_midnight_even_where_the_clock_is_changed() {
    let values = [Some(1.0); 56];
    let lines = lines(&[("a", &values)]);
    let mut chart = chart(&lines);
    chart.zone = TimeZone::get("Europe/Berlin").expect("a zone");
    // The week of 2026-10-25, when summer time ends.
    chart.from = "2026-10-22T00:00:00Z".parse().expect("a time");
    insta::assert_snapshot!(drawn(&chart, 80).lines().last().unwrap_or_default(), @r"");
}

#[test]
fn numbers_are_short_and_say_their_unit() {
    for (unit, value, shown) in [
        (Unit::Count, 0.0, "0"),
        (Unit::Count, 99_999.0, "99999"),
        (Unit::Count, 123_456.0, "123k"),
        (Unit::Count, 1.25, "1.25"),
        (Unit::Count, 1_234_567_890.0, "1.23G"),
        (Unit::Count, -3.0, "-3"),
        (Unit::Bytes, 512.0, "512 B"),
        (Unit::Bytes, 1_500.0, "1.5 kB"),
        (Unit::Bytes, 40_926_266_163.0, "40.9 GB"),
        (Unit::Percent, 80.0, "80 %"),
        (Unit::Percent, 0.0123, "0.0123 %"),
        (Unit::Count, 1e300, "1e282E"),
        (Unit::Count, 1e-9, "1e-9"),
    ] {
        assert_eq!(unit.show(value), shown);
    }
}

/// Numbers of a registry, and whatever else a double can hold.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (0..5_000i32).prop_map(f64::from),
        2 => 0.0..1e13,
        1 => -1_000.0..1_000.0,
        1 => proptest::num::f64::ANY,
    ]
}

fn value() -> impl Strategy<Value = Option<f64>> {
    proptest::option::weighted(0.8, number())
}

fn unit() -> impl Strategy<Value = Unit> {
    prop_oneof![Just(Unit::Count), Just(Unit::Bytes), Just(Unit::Percent)]
}

proptest! {
    #[test]
    fn whatever_is_drawn_is_no_wider_than_asked(
        series in prop::collection::vec(("\\PC{0,40}", prop::collection::vec(value(), 0..300)), 0..5),
        unit in unit(),
        columns in 24..200usize,
        rows in 1..12usize,
        period in prop_oneof![Just(60u32), Just(3_600), Just(86_400), 1..3_000_000u32],
        from in -10_000_000_000i64..10_000_000_000,
    ) {
        let lines: Vec<Line> = series.into_iter().map(|(label, values)| Line { label, values }).collect();
        let mut chart = chart(&lines);
        (chart.unit, chart.rows, chart.period) = (unit, rows, period);
        chart.from = Timestamp::from_second(from).expect("a time");
        for line in drawn(&chart, columns).lines() {
            prop_assert!(textwrap::core::display_width(line) <= columns, "{line:?}");
        }
    }

    #[test]
    fn the_highest_value_of_a_series_stands_highest_and_fits_its_scale(
        values in prop::collection::vec(1..1_000_000u32, 1..500),
        rows in 1..12usize,
    ) {
        let values: Vec<_> = values.into_iter().map(|value| Some(f64::from(value))).collect();
        let scale = Scale::new(Range::of(&values), rows, Unit::Count);
        let heights = values.iter().flatten().map(|value| scale.parts(*value, 8));
        let highest = values.iter().flatten().copied().fold(0.0, f64::max);
        prop_assert!(heights.clone().all(|height| height >= 1));
        prop_assert_eq!(heights.max(), Some(scale.parts(highest, 8)));
        prop_assert!(scale.parts(highest, 8) <= scale.rows_above() * 8);
        // Not even half of the panel stays empty.
        prop_assert!(scale.parts(highest, 8) * 2 + 8 >= scale.rows_above() * 8, "{scale:?} of {highest}");
        let lines = [Line { label: "a".to_owned(), values }];
        let shown = format!("max {}", Unit::Count.show(highest));
        prop_assert!(drawn(&chart(&lines), 80).contains(&shown));
    }

    #[test]
    fn ticks_are_round(values in prop::collection::vec(0.0..1e12, 1..9), rows in 1..12usize) {
        let values: Vec<_> = values.into_iter().map(Some).collect();
        let scale = Scale::new(Range::of(&values), rows, Unit::Count);
        for row in 0..=scale.rows_above().cast_signed() {
            let Some(label) = scale.label(row) else { continue };
            let digits: String = label.chars().filter(char::is_ascii_digit).collect();
            let significant = digits.trim_matches('0').len();
            prop_assert!(significant <= 3, "{label} of {scale:?}");
        }
    }

    #[test]
    fn a_scale_reaches_all_values_but_no_farther_than_it_must(low in -1e9..=0.0, high in 0.0..1e9, rows in 2..12usize) {
        let values = [Some(low), Some(high)];
        let scale = Scale::new(Range::of(&values), rows, Unit::Count);
        prop_assert!(scale.parts(high, 8) <= scale.rows_above() * 8);
        prop_assert!(scale.parts(low, 2) <= scale.rows_below() * 2);
        prop_assert!(scale.rows_above() + scale.rows_below() <= rows.max(2));
    }
}
