//! Amounts: parsed from floats without loss, and written in decimals.

use filmgate::money::Usd;
use proptest::prelude::*;

use crate::common::proptest_config;

const DOLLAR: i64 = 1_000_000;

#[test]
fn amounts_in_decimal_notation() {
    for (micros, text) in [
        (1_200_000, "$1.20"),
        (0, "$0.00"),
        (300_000, "$0.30"),
        (1_234_500, "$1.2345"),
        (1, "$0.000001"),
        (40_000_000, "$40.00"),
        (-2_500_000, "-$2.50"),
        (i64::MIN, "-$9223372036854.775808"),
    ] {
        assert_eq!(Usd(micros).to_string(), text);
    }
}

/// The integer nearest to a decimal text times a million, half rounded up, by long arithmetic.
fn micros_of(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction}000000");
    let (kept, rest) = digits.split_at(6);
    let up = i64::from(rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
    whole.parse::<i64>().unwrap() * DOLLAR + kept.parse::<i64>().unwrap() + up
}

#[test]
fn numbers_that_are_not_amounts() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.000_001, -5.0, 1e13, f64::MAX] {
        assert_eq!(Usd::from_f64(number), None, "{number}");
    }
    for (number, micros) in [
        (0.0, 0),
        (-0.0, 0),
        (f64::MIN_POSITIVE, 0),
        (5e-324, 0),
        (4.9e-7, 0),
        (5.1e-7, 1),
        (0.1, 100_000),
        (0.3, 300_000),
        (1.2, 1_200_000),
        (9_007_199_254.740_992, 9_007_199_254_740_992),
        (9e12, 9_000_000_000_000_000_000),
    ] {
        assert_eq!(Usd::from_f64(number), Some(Usd(micros)), "{number:e}");
    }
}

proptest! {
    #![proptest_config(proptest_config(2_000))]

    /// A binary float written out in full is exact: 1074 digits are enough for any.
    #[test]
    fn reading_is_exact(number in prop_oneof![0.0..10.0, 0.0..1e9, 0.0..9e12, 0.0..1e-5]) {
        let digits = format!("{number:.1074}");
        prop_assert_eq!(Usd::from_f64(number), Some(Usd(micros_of(&digits))), "{}", number);
    }

    /// An amount with up to six decimals is written unchanged.
    #[test]
    fn decimals_survive(dollars in 0i64..1_000_000, micros in 0i64..1_000_000) {
        let text = format!("{dollars}.{micros:06}");
        let number: f64 = text.parse().unwrap();
        let amount = Usd(dollars * DOLLAR + micros);
        prop_assert_eq!(Usd::from_f64(number), Some(amount));
        prop_assert_eq!(Usd::from_f64(amount.to_f64()), Some(amount));
    }

    #[test]
    fn any_float_is_handled(bits: u64) {
        let number = f64::from_bits(bits);
        let fits = (0.0..9.2e12).contains(&number);
        prop_assert!(!fits || Usd::from_f64(number).is_some());
    }
}
