//! Mutations of JSON texts that stay JSON: random bytes rarely pass a parser.

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Map, Value};

use crate::dictionary::Words;
use crate::rng::{bytes, once_in};
use crate::tree::{name, value, word};

/// Changes the input in place and returns its new length, as libFuzzer requires. A line before the
/// JSON, which some targets have, is kept.
pub fn json(data: &mut [u8], size: usize, max_size: usize, seed: u32, words: &Words) -> usize {
    let bytes = bytes(seed);
    let mut choices = Unstructured::new(&bytes);
    let changed = changed(data.get(..size).unwrap_or_default(), &mut choices, words);
    let Some(text) = changed.filter(|text| text.len() <= max_size) else {
        return fuzzer_mutate(data, size, max_size);
    };
    let Some(place) = data.get_mut(..text.len()) else {
        return fuzzer_mutate(data, size, max_size);
    };
    place.copy_from_slice(text.as_bytes());
    text.len()
}

/// `None` if bytes are to be changed: at random, and if there is no JSON.
fn changed(data: &[u8], choices: &mut Unstructured<'_>, words: &Words) -> Option<String> {
    if once_in(choices, 4).ok()? {
        return None;
    }
    let text = std::str::from_utf8(data).ok()?;
    let (head, body) = text.split_at(text.find(['{', '[']).filter(|at| *at < 64)?);
    let mut json: Value = serde_json::from_str(body).ok()?;
    for _ in 0..choices.int_in_range(1..=4).ok()? {
        change(&mut json, choices, words).ok()?;
    }
    Some(format!("{head}{json}"))
}

fn change(json: &mut Value, choices: &mut Unstructured<'_>, words: &Words) -> Result<()> {
    let graft = once_in(choices, 6)?.then(|| pick(json, choices).map(|found| found.clone()));
    let graft = graft.transpose()?;
    let node = pick(json, choices)?;
    if let Some(graft) = graft {
        *node = graft;
        return Ok(());
    }
    match node {
        Value::Object(map) if choices.ratio(3, 4)? => change_object(map, choices, words),
        Value::Array(items) if choices.ratio(3, 4)? => change_list(items, choices, words),
        Value::String(text) if choices.ratio(1, 4)? => {
            text.push_str(&word(choices, words)?);
            Ok(())
        }
        other if once_in(choices, 24)? => {
            nest(other, choices.int_in_range(1..=140)?, choices.arbitrary()?);
            Ok(())
        }
        other => {
            *other = value(choices, words)?;
            Ok(())
        }
    }
}

fn change_object(
    map: &mut Map<String, Value>,
    choices: &mut Unstructured<'_>,
    words: &Words,
) -> Result<()> {
    let names: Vec<String> = map.keys().cloned().collect();
    let any = || !names.is_empty();
    match choices.int_in_range(0..=3)? {
        0 if any() => {
            map.remove(choices.choose(&names)?);
        }
        1 if any() => {
            let moved = map.remove(choices.choose(&names)?).unwrap_or_default();
            map.insert(name(choices, words)?, moved);
        }
        _ => {
            map.insert(name(choices, words)?, value(choices, words)?);
        }
    }
    Ok(())
}

fn change_list(
    items: &mut Vec<Value>,
    choices: &mut Unstructured<'_>,
    words: &Words,
) -> Result<()> {
    if items.is_empty() {
        items.push(value(choices, words)?);
        return Ok(());
    }
    let at = choices.choose_index(items.len())?;
    match choices.int_in_range(0..=4)? {
        0 => {
            items.remove(at);
        }
        1 => {
            let other = choices.choose_index(items.len())?;
            items.swap(at, other);
        }
        2 => {
            let copies = choices.int_in_range(1..=40)?;
            let copied = items.get(at).cloned().unwrap_or_default();
            items.extend(std::iter::repeat_n(copied, copies));
        }
        3 => {
            let copied = items.get(at).cloned().unwrap_or_default();
            items.insert(at, copied);
        }
        _ => items.insert(at, value(choices, words)?),
    }
    Ok(())
}

/// Wraps the value this many levels deep.
fn nest(value: &mut Value, levels: u32, in_lists: bool) {
    for _ in 0..levels {
        let inner = value.take();
        *value = if in_lists {
            Value::Array(vec![inner])
        } else {
            Value::Object(Map::from_iter([("a".to_owned(), inner)]))
        };
    }
}

/// A random value of the tree, each equally likely.
fn pick<'a>(json: &'a mut Value, choices: &mut Unstructured<'_>) -> Result<&'a mut Value> {
    let mut left = choices.int_in_range(0..=count(json) - 1)?;
    // The root is the fallback of a walk that miscounts, which never happens.
    find(json, &mut left).ok_or(arbitrary::Error::IncorrectFormat)
}

fn count(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

fn find<'a>(json: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    match json {
        Value::Array(items) => items.iter_mut().find_map(|item| find(item, left)),
        Value::Object(map) => map.values_mut().find_map(|item| find(item, left)),
        _ => None,
    }
}
