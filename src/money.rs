//! Money in integer micro-dollars. Floats are read or written only at the boundary, and never used in
//! calculations.

use std::fmt;

use crate::codec::{Codec, DecodeResult, expected, serde_via_value, string_enum};
use crate::json::Value;

/// US dollars in whole micro-dollars (1 USD = 1 000 000).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub i64);

impl Usd {
    /// The largest amount that a JSON number holds exactly: 2^53 − 1 micro-dollars, about nine billion dollars.
    pub const MAX_EXACT: Usd = Usd((1 << 53) - 1);

    /// The amount of a JSON number in dollars, rounded to the nearest micro-dollar, half away from zero. `None` for NaN, the infinities, negative amounts and more than nine trillion
    /// dollars.
    ///
    /// The calculation uses the integer mantissa and exponent, so float arithmetic cannot change an amount.
    /// ```
    /// use filmgate::money::Usd;
    ///
    /// assert_eq!(Usd::from_f64(0.1), Some(Usd(100_000)));
    /// assert_eq!(Usd::from_f64(-1.0), None);
    /// assert_eq!(Usd(1_250_000).to_string(), "$1.25");
    /// ```
    pub fn from_f64(dollars: f64) -> Option<Self> {
        Self::rounded(dollars, 1)
    }

    /// The amount, rounded up if less than a `1 / 2^slack` of a micro-dollar is missing.
    fn rounded(dollars: f64, slack: u32) -> Option<Self> {
        let bits = dollars.to_bits();
        if dollars.is_nan() || (bits >> 63 == 1 && dollars != 0.0) {
            return None;
        }
        let exponent = i32::try_from(bits >> 52 & 0x7ff).ok()?;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = match exponent {
            0 => (fraction, -1074),
            0x7ff => return None,
            _ => (fraction | 1 << 52, exponent - 1075),
        };
        let scaled = u128::from(mantissa) * 1_000_000;
        let micros = match shift {
            0..=10 => scaled << shift,
            11.. => return None,
            _ => match u32::try_from(-shift) {
                Ok(down @ 1..=127) => (scaled + ((1 << down) >> slack)) >> down,
                _ => 0,
            },
        };
        i64::try_from(micros).ok().map(Usd)
    }

    /// The largest amount that is not above a limit in dollars: a limit of 0.4999999 does not allow 0.5. A sum of
    /// cents in binary may be a thousandth of a micro-dollar too low. `None` as for [`Usd::from_f64`].
    pub(crate) fn from_limit(dollars: f64) -> Option<Self> {
        Self::rounded(dollars, 10)
    }

    /// The nearest JSON number, for display.
    #[expect(clippy::float_arithmetic, reason = "one correctly rounded division, for output only")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The sum, which saturates.
    pub(crate) fn sum(amounts: impl IntoIterator<Item = Usd>) -> Self {
        let amounts = amounts.into_iter();
        amounts.fold(Usd(0), |sum, amount| Usd(sum.0.saturating_add(amount.0)))
    }

    /// `None` above [`Usd::MAX_EXACT`], which JavaScript could not hold.
    pub(crate) fn exact(self) -> Option<Self> {
        (self <= Self::MAX_EXACT).then_some(self)
    }

    #[inline(never)]
    pub(crate) fn times(self, count: u32) -> Self {
        Usd(self.0.saturating_mul(i64::from(count)))
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let (dollars, rest) = (micros / 1_000_000, micros % 1_000_000);
        if rest % 10_000 == 0 {
            write!(f, "{sign}${dollars}.{:02}", rest / 10_000)
        } else {
            let digits = format!("{rest:06}");
            write!(f, "{sign}${dollars}.{}", digits.trim_end_matches('0'))
        }
    }
}

/// An amount as JSON: a number of dollars, or null.
pub(crate) fn dollars(amount: Option<Usd>) -> Value {
    amount.map_or(Value::Null, |amount| amount.to_f64().into())
}

/// An amount of a response in dollars: a number, or decimal text as `"0.30"`. `None` if it is negative, no
/// number, or positive but not a micro-dollar.
pub(crate) fn read_usd(value: &Value) -> Option<Usd> {
    let amount = match value {
        Value::Number(number) => {
            let dollars = number.as_f64()?;
            // What rounds to nothing is not free.
            Usd::from_f64(dollars).filter(|amount| amount.0 > 0 || dollars == 0.0)?
        }
        Value::String(text) => decimal(text.trim())?,
        _ => return None,
    };
    amount.exact()
}

/// The amount of decimal text, rounded to the nearest micro-dollar, half away from zero.
fn decimal(text: &str) -> Option<Usd> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    // Micro-dollars and a digit to round by.
    let mut tenths: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes().chain([b'0'; 7]).take(7)) {
        tenths = tenths.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    let amount = Usd(tenths.checked_add(5)? / 10);
    let is_zero = whole.bytes().chain(fraction.bytes()).all(|digit| digit == b'0');
    (amount.0 > 0 || is_zero).then_some(amount)
}

/// How reliable a quote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Basis {
    /// The provider's documentation determines the price.
    Exact,
    /// The documentation allows several prices.
    Range,
    /// The documentation says "about" or "from".
    Estimate,
    /// The price comes from the caller's own model definition.
    Custom,
    /// The price is not documented.
    Unknown,
}

string_enum!(Basis {
    Exact = "exact",
    Range = "range",
    Estimate = "estimate",
    Custom = "custom",
    Unknown = "unknown",
});

serde_via_value!(Usd);

impl Codec for Usd {
    fn write(&self) -> Value {
        self.0.into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.0 = value.as_i64().ok_or_else(|| expected("an integer"))?;
        Ok(())
    }

    fn default_value() -> Self {
        Usd(0)
    }
}
