//! Random JSON values: known words, boundary numbers, limited depth.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value};

use crate::dictionary::Words;
use crate::rng::once_in;

/// Boundary numbers.
const EDGES: &[f64] = &[
    -1.0,
    0.0,
    0.5,
    1.0,
    2.0,
    4.0,
    20.0,
    21.0,
    99.0,
    100.0,
    101.0,
    255.0,
    256.0,
    65_536.0,
    2_147_483_648.0,
    4_294_967_295.0,
    9_007_199_254_740_992.0,
    9.2e12,
    1e19,
    1e300,
    5e-324,
];

const MAX_DEPTH: u32 = 3;

/// Any value: mostly a leaf.
pub(crate) fn value(choices: &mut Unstructured<'_>, words: &Words) -> Result<Value> {
    value_at(choices, words, 0)
}

fn value_at(choices: &mut Unstructured<'_>, words: &Words, depth: u32) -> Result<Value> {
    if depth < MAX_DEPTH && once_in(choices, 3)? {
        let count = choices.int_in_range(0..=3)?;
        return if choices.arbitrary()? {
            (0..count)
                .map(|_| value_at(choices, words, depth + 1))
                .collect()
        } else {
            let mut map = Map::new();
            for _ in 0..count {
                map.insert(name(choices, words)?, value_at(choices, words, depth + 1)?);
            }
            Ok(Value::Object(map))
        };
    }
    Ok(match choices.int_in_range(0..=7)? {
        0 => Value::Null,
        1 => Value::Bool(choices.arbitrary()?),
        2 => choices.arbitrary::<i64>()?.into(),
        3 => choices.arbitrary::<u8>()?.into(),
        4 => number(*choices.choose(EDGES)?),
        5 => choices.arbitrary::<&str>()?.into(),
        _ => word(choices, words)?.into(),
    })
}

/// A number as JSON writes it: an integer without a point.
fn number(number: f64) -> Value {
    if number.trunc() == number && number.abs() < 1e19 {
        (number as i128)
            .try_into()
            .map_or(Value::Null, |whole: i64| whole.into())
    } else {
        number.into()
    }
}

/// A word from the dictionaries.
pub(crate) fn word(choices: &mut Unstructured<'_>, words: &Words) -> Result<String> {
    choices.choose(words.as_slice()).cloned()
}

/// A field's name: mostly a known word.
pub(crate) fn name(choices: &mut Unstructured<'_>, words: &Words) -> Result<String> {
    if once_in(choices, 8)? {
        return Ok(choices.arbitrary::<&str>()?.to_owned());
    }
    word(choices, words)
}
