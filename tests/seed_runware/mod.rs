//! Every row of Runware's page for Sora 2 Pro, request and response, each by its name.
mod generation;
mod inputs;
mod options;
mod response;

use crate::common::{fit, runware_request, told, wire, with};
use filmgate::issue::{Code, Issue};
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

/// The task of our request with these changes.
fn sent(changes: Value) -> Value {
    let body = wire(Runware, &with(runware_request(), changes));
    assert_eq!(body.as_array().unwrap().len(), 1, "the body is always a list of tasks");
    body[0].clone()
}

/// The errors of these changes, as `path code`.
fn errors(changes: Value) -> Vec<String> {
    let told = told(&fit(Runware, &with(runware_request(), changes)));
    told.iter().filter_map(|each| Some(each.strip_prefix("error ")?.to_owned())).collect()
}

fn warnings(changes: Value) -> Vec<String> {
    let told = told(&fit(Runware, &with(runware_request(), changes)));
    let warnings = told.iter().filter_map(|each| each.strip_prefix("warning "));
    warnings.filter(|each| *each != "model deprecated_model").map(str::to_owned).collect()
}

fn issue(changes: Value, code: Code) -> Issue {
    let fit = fit(Runware, &with(runware_request(), changes));
    fit.issues.into_iter().find(|issue| issue.code == code).unwrap()
}

/// A value of the request and of the body for each choice.
fn assert_choice(field: &str, place: &[&str], words: &[(&str, &str)]) {
    for (word, wire) in words {
        let task = sent(json!({ field: word }));
        let there = place.iter().fold(&task, |value, name| &value[*name]);
        assert_eq!(there, wire, "{field}: {word}");
    }
    assert_eq!(errors(json!({ field: "other" })), [format!("{field} invalid_value")]);
    let allowed: Vec<Value> = words.iter().map(|(word, _)| json!(word)).collect();
    assert_eq!(issue(json!({ field: "other" }), Code::InvalidValue).allowed, allowed);
}

/// Both ends of an integer range, and values beyond them.
fn assert_range(field: &str, place: &str, min: i64, max: Option<i64>) {
    for fits in [Some(min), max].into_iter().flatten() {
        assert_eq!(sent(json!({ field: fits }))[place], fits);
        assert_eq!(sent(json!({ field: fits }))[place].to_string(), fits.to_string());
    }
    assert_eq!(errors(json!({ field: min - 1 })), [format!("{field} too_small")]);
    let low = issue(json!({ field: min - 1 }), Code::TooSmall);
    assert_eq!((low.min, low.max), (Some(min), max));
    // Another number of videos is another wish.
    let nearest = |value: i64| (field != "n").then(|| json!(value));
    assert_eq!(low.fix.and_then(|fix| fix.value), nearest(min));
    if let Some(max) = max {
        assert_eq!(errors(json!({ field: max + 1 })), [format!("{field} too_large")]);
        let high = issue(json!({ field: max + 1 }), Code::TooLarge);
        assert_eq!((high.min, high.max), (Some(min), Some(max)));
        assert_eq!(high.fix.and_then(|fix| fix.value), nearest(max));
    }
    assert_eq!(errors(json!({ field: 61.5 })), [format!("{field} not_integer")]);
}
