//! What is wrong with a task's parameters together.

use serde_json::{Value, json};

use super::error::Problem;
use super::parameters::{missing, wrong_value};
use crate::listing::{Given, Limit, Provider, Rule};

pub(super) fn problems(given: &Given<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(one_side_alone(given));
    problems.extend(given.listing.rules().filter_map(|rule| broken(given, rule)));
    problems
}

/// One side alone is a problem of the other; where a model demands both, it is one anyway.
fn one_side_alone(given: &Given<'_>) -> Option<Problem> {
    let name = match (given.has("width"), given.has("height")) {
        (true, false) => "height",
        (false, true) => "width",
        _ => return None,
    };
    let parameter = given.listing.parameter(name)?;
    (!parameter.required).then(|| missing(name))
}

fn broken(given: &Given<'_>, rule: &Rule) -> Option<Problem> {
    match *rule {
        Rule::AnyOf(paths) if !paths.iter().any(|path| given.has(path)) => {
            Some(nothing(paths.to_vec()))
        }
        Rule::OneOf { of, unless } => {
            let there = |group: &&&[&str]| group.iter().any(|path| given.has(path));
            let groups: Vec<_> = of.iter().filter(there).collect();
            match groups.as_slice() {
                [_] => None,
                [] if unless.iter().any(|path| given.has(path)) => None,
                [] => Some(nothing(of.concat())),
                _ => Some(together(
                    groups.into_iter().rev().flat_map(|group| group.iter()),
                )),
            }
        }
        Rule::Excludes(path, others) if given.has(path) => {
            let others: Vec<_> = others.iter().filter(|other| given.has(other)).collect();
            let is_broken = !others.is_empty();
            is_broken.then(|| together([&path].into_iter().chain(others)))
        }
        Rule::Limit {
            when,
            path,
            to,
            needed,
        } if when.holds(given) => match given.value(path) {
            None if needed => Some(missing(path)),
            // Told of already.
            Some(value) if !fits(given, path, value) => None,
            _ => (!to.keeps(given, path)).then(|| held(wrong_value(path), to)),
        },
        _ => None,
    }
}

/// Whether a value is one that the parameter may have by itself.
fn fits(given: &Given<'_>, path: &str, value: &Value) -> bool {
    let parameter = given.listing.parameter(path);
    parameter.is_none_or(|parameter| parameter.kind.takes(value, Provider::Runware))
}

fn nothing(paths: Vec<&str>) -> Problem {
    let code = match paths.contains(&"width") {
        true => "missingDimensions",
        false => "missingParameters",
    };
    let message = format!("One of '{}' is required.", paths.join("', '"));
    Problem::new(code, message).about(json!(paths))
}

fn together<'a>(paths: impl Iterator<Item = &'a &'static str>) -> Problem {
    let paths: Vec<_> = paths.copied().collect();
    let message = format!("'{}' cannot be used together.", paths.join("', '"));
    Problem::new("incompatibleParameters", message).about(json!(paths))
}

fn held(wrong: Problem, to: Limit) -> Problem {
    match to {
        Limit::Wholes(wholes) => wrong.with("allowedValues", json!(wholes)),
        Limit::Words(words) => wrong.with("allowedValues", json!(words)),
        Limit::Flag(wanted) => wrong.with("allowedValues", json!([wanted])),
        Limit::Items(most) => wrong.with("max", most),
        Limit::FirstFrame => wrong.with("max", 1),
        Limit::Anything => wrong,
    }
}
