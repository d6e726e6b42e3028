//! No row contradicts itself.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::parameter::Default;
use super::rate::When;
use super::rule::Condition;
use super::{Kind, Listing, Provider, RequestValues, Rule, runpod, runware};

fn rows() -> impl Iterator<Item = (Provider, &'static Listing)> {
    let of = |provider, groups: &'static [&'static [Listing]]| {
        let rows = groups.iter().flat_map(|group| group.iter());
        rows.map(move |row| (provider, row))
    };
    of(Provider::Runpod, runpod::LISTINGS).chain(of(Provider::Runware, runware::LISTINGS))
}

#[test]
fn every_model_and_every_parameter_has_one_row() {
    let models: Vec<_> = rows().map(|(provider, row)| (provider, row.id)).collect();
    assert_eq!(models.iter().collect::<HashSet<_>>().len(), models.len());
    // The catalog's eighteen and forty-eight, and one at each that accepts anything.
    let count = |wanted| models.iter().filter(|(each, _)| *each == wanted).count();
    assert_eq!((count(Provider::Runpod), count(Provider::Runware)), (19, 49));
    for (_, row) in rows() {
        let paths: Vec<_> = row.parameters().map(|parameter| parameter.path).collect();
        let different: HashSet<_> = paths.iter().collect();
        assert_eq!(different.len(), paths.len(), "{}", row.id);
    }
}

#[test]
fn every_default_is_a_value_that_is_taken() {
    for (provider, row) in rows() {
        for parameter in row.parameters() {
            let default = match parameter.default {
                Some(Default::Flag(flag)) => json!(flag),
                Some(Default::Integer(whole)) => json!(whole),
                Some(Default::Word(word)) => json!(word),
                None => continue,
            };
            let name = (row.id, parameter.path);
            assert!(parameter.kind.accepts(&default, provider), "{name:?} {default}");
        }
    }
}

#[test]
fn every_rule_and_every_price_is_about_parameters_of_its_row() {
    for (_, row) in rows() {
        let paths = row.rules().flat_map(|rule| match *rule {
            Rule::AnyOf(paths) => paths.to_vec(),
            Rule::OneOf { of, unless } => [of.concat(), unless.to_vec()].concat(),
            Rule::Excludes(path, others) => [&[path], others].concat(),
            Rule::Limit { path, when, .. } => match when {
                Condition::Given(each) | Condition::On(each) => vec![path, each],
                Condition::Without(others) => [&[path], others].concat(),
                Condition::Size(..) => vec![path, "width", "height"],
            },
            Rule::Overrides(by, path) => vec![by, path],
            Rule::Length(path, _) | Rule::Tier(path, _) => vec![path],
        });
        let conditions = row.rates.iter().flat_map(|rate| rate.when);
        let priced = conditions.filter_map(|when| match *when {
            When::On(path) | When::Off(path) | When::Given(path) => Some(path),
            When::Tier(_) | When::Seconds(_) => None,
        });
        for path in paths.chain(priced) {
            assert!(row.parameter(path).is_some(), "{} {path}", row.id);
        }
    }
}

/// Every tier that a request can ask for, with the fields that ask for it.
fn tiers(row: &'static Listing) -> Vec<(&'static str, Map<String, Value>)> {
    let named = ["resolution", "size"].into_iter().flat_map(|name| {
        let words: &[&str] = match row.parameter(name).map(|parameter| parameter.kind) {
            Some(Kind::Words(words)) if !words.iter().any(|word| word.contains('*')) => words,
            _ => &[],
        };
        words.iter().map(move |word| (*word, json!({ name: word })))
    });
    let sized = row.sizes.iter().map(|size| {
        let sides = json!({ "width": size.width, "height": size.height });
        (size.tier, sides)
    });
    let tiers = named.chain(sized).map(|(tier, input)| match input {
        Value::Object(input) => (tier, input),
        _ => unreachable!("written above"),
    });
    let mut tiers: Vec<_> = tiers.collect();
    if tiers.is_empty() {
        tiers.push(("", Map::new()));
    }
    tiers
}

#[test]
fn whatever_can_be_asked_for_has_a_price() {
    for (_, row) in rows() {
        let durations: Vec<i64> = match row.parameter("duration").map(|parameter| parameter.kind) {
            Some(Kind::Integers(integers)) => integers.to_vec(),
            Some(Kind::Integer(min, max) | Kind::IntegerOrAuto(min, max)) => (min..=max).collect(),
            _ => vec![5],
        };
        for (tier, mut input) in tiers(row) {
            for duration in &durations {
                input.insert("duration".to_owned(), json!(duration));
                let values = RequestValues { listing: row, input: &input };
                let is_held = row.rules().all(|rule| match *rule {
                    Rule::Limit { when, path, to, .. } => {
                        !when.holds(&values) || to.is_met(&values, path)
                    }
                    _ => true,
                });
                let name = (row.id, tier, duration);
                assert!(!is_held || values.cost(tier) > 0, "{name:?}");
            }
        }
    }
}

#[test]
fn every_price_is_for_something_that_can_be_asked_for() {
    for (_, row) in rows() {
        let asked: HashSet<_> = tiers(row).into_iter().map(|(tier, _)| tier).collect();
        for tier in row.tiers() {
            assert!(asked.contains(tier), "{} {tier}", row.id);
        }
    }
}
