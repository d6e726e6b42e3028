//! Money: millionths of a dollar inside, dollars as a JSON number in responses.

use serde_json::Value;

/// Dollars as a JSON number: integers without a point, others with up to six decimals.
pub(crate) fn usd(micro_usd: u64) -> Value {
    let (dollars, rest) = (micro_usd / 1_000_000, micro_usd % 1_000_000);
    if rest == 0 {
        return dollars.into();
    }
    // Parsing the decimal text gives the nearest double, without arithmetic on doubles.
    format!("{dollars}.{rest:06}").parse::<f64>().map_or(Value::Null, Value::from)
}

#[cfg(test)]
mod tests {
    use super::usd;

    #[test]
    fn dollars_are_written_as_people_write_them() {
        let texts = [0, 1, 100_000, 1_200_000, 4_000_000].map(|micro| usd(micro).to_string());
        assert_eq!(texts, ["0", "1e-6", "0.1", "1.2", "4"]);
    }
}
