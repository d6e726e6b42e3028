//! Issues of a request: all at once, each with its path and a stable code, and per provider.
mod foreign;
mod images;
mod models;
mod names;
mod sizes;
mod values;
mod whole;

use crate::common::{runpod_request, runware_request, short, with};
use filmgate::request::Policy;
use filmgate::untyped::validate;
use serde_json::Value;

const PICTURE: &str = "https://pictures.example.com/baker.jpeg";

/// The issues of a request, as `general | RunPod's | Runware's`; errors with `!`, warnings with `~`.
/// The warning `deprecated_model` has a test of its own.
fn said(request: &Value) -> String {
    let found = validate(request, Policy::default());
    let list = |issues: &Value| {
        let issues = issues.as_array().unwrap().iter().map(short);
        let issues = issues.filter(|issue| issue != "warning model deprecated_model");
        let issues = issues.map(|issue| issue.replace("error ", "!").replace("warning ", "~"));
        issues.collect::<Vec<_>>().join(", ")
    };
    let of = |provider: &str| {
        let listings = found["listings"].as_array().unwrap();
        let mut own = listings.iter().filter(|one| one["provider"] == provider);
        // A request without a model is for all models.
        let all = listings.len() > 2;
        let one = own.find(|listing| !all || listing["model"] == "sora-2-pro");
        one.map_or("-".to_owned(), |listing| list(&listing["issues"]))
    };
    format!("{} | {} | {}", list(&found["issues"]), of("runpod"), of("runware"))
}

/// Compares the issues of each request with the table and shows all differences together.
fn assert_said(cases: &[(Value, &str)]) {
    let differences: Vec<String> = cases
        .iter()
        .map(|(request, expected)| (request, expected, said(request)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(request, expected, found)| {
            let request: String = request.to_string().chars().take(300).collect();
            format!("{request}\n  expected {expected}\n  found    {found}")
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A request with an image, valid for both providers.
fn image(changes: Value) -> Value {
    with(runpod_request(), changes)
}

/// A request for Runware only: RunPod's issues are [`POD`].
fn text(changes: Value) -> Value {
    with(runware_request(), changes)
}

/// RunPod's issues of [`text`].
const POD: &str = "!size unsupported, !image required";
