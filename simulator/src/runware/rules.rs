//! Problems of several parameters together.

use serde_json::{Value, json};

use super::error::Problem;
use super::parameters::{missing, wrong_value};
use crate::listing::{Limit, Provider, RequestValues, Rule};

pub(super) fn problems(values: &RequestValues<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(missing_side(values));
    problems.extend(values.listing.rules().filter_map(|rule| violation(values, rule)));
    problems
}

/// If one side is given alone, the other is reported as missing, unless the model requires both anyway.
fn missing_side(values: &RequestValues<'_>) -> Option<Problem> {
    let name = match (values.has("width"), values.has("height")) {
        (true, false) => "height",
        (false, true) => "width",
        _ => return None,
    };
    let parameter = values.listing.parameter(name)?;
    (!parameter.required).then(|| missing(name))
}

fn violation(values: &RequestValues<'_>, rule: &Rule) -> Option<Problem> {
    match *rule {
        Rule::AnyOf(paths) if !paths.iter().any(|path| values.has(path)) => {
            Some(missing_any(paths.to_vec()))
        }
        Rule::OneOf { of, unless } => {
            let there = |group: &&&[&str]| group.iter().any(|path| values.has(path));
            let groups: Vec<_> = of.iter().filter(there).collect();
            match groups.as_slice() {
                [_] => None,
                [] if unless.iter().any(|path| values.has(path)) => None,
                [] => Some(missing_any(of.concat())),
                _ => Some(incompatible(groups.into_iter().rev().flat_map(|group| group.iter()))),
            }
        }
        Rule::Excludes(path, others) if values.has(path) => {
            let others: Vec<_> = others.iter().filter(|other| values.has(other)).collect();
            let is_broken = !others.is_empty();
            is_broken.then(|| incompatible([&path].into_iter().chain(others)))
        }
        Rule::Limit { when, path, to, needed } if when.holds(values) => match values.value(path) {
            None if needed => Some(missing(path)),
            // Already reported.
            Some(value) if !fits(values, path, value) => None,
            _ => (!to.is_met(values, path)).then(|| with_limit(wrong_value(path), to)),
        },
        _ => None,
    }
}

/// Whether a value fits the parameter by itself.
fn fits(values: &RequestValues<'_>, path: &str, value: &Value) -> bool {
    let parameter = values.listing.parameter(path);
    parameter.is_none_or(|parameter| parameter.kind.accepts(value, Provider::Runware))
}

fn missing_any(paths: Vec<&str>) -> Problem {
    let code = match paths.contains(&"width") {
        true => "missingDimensions",
        false => "missingParameters",
    };
    let message = format!("One of '{}' is required.", paths.join("', '"));
    Problem::new(code, message).about(json!(paths))
}

fn incompatible<'a>(paths: impl Iterator<Item = &'a &'static str>) -> Problem {
    let paths: Vec<_> = paths.copied().collect();
    let message = format!("'{}' cannot be used together.", paths.join("', '"));
    Problem::new("incompatibleParameters", message).about(json!(paths))
}

fn with_limit(wrong: Problem, to: Limit) -> Problem {
    match to {
        Limit::Integers(integers) => wrong.with("allowedValues", json!(integers)),
        Limit::Words(words) => wrong.with("allowedValues", json!(words)),
        Limit::Flag(wanted) => wrong.with("allowedValues", json!([wanted])),
        Limit::Items(max) => wrong.with("max", max),
        Limit::FirstFrame => wrong.with("max", 1),
        Limit::Anything => wrong,
    }
}
