//! A catalog document: all models in one file with a day, newer than the module.

use filmgate::catalog::{BUILT_IN, Catalog, MODELS};
use filmgate::issue::{Code, Severity};
use filmgate::request::Policy;
use filmgate::untyped::quote;
use serde_json::{Value, json};

/// The built-in models as a document of a later day.
fn document() -> Value {
    json!({ "version": 1, "date": "2027-01-01", "models": BUILT_IN.to_json() })
}

fn wan(document: &mut Value) -> &mut Value {
    let models = document["models"].as_array_mut().unwrap();
    models.iter_mut().find(|model| model["id"] == "wan-2.6").unwrap()
}

fn quote_of_wan(catalog: &Catalog) -> Value {
    let request =
        json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 5, "resolution": "720p" });
    quote(&request, Policy { catalog, ..Policy::default() })[0].clone()
}

#[test]
fn a_document_replaces_and_adds_models_and_keeps_the_basis_of_their_prices() {
    let mut newer = document();
    let listing = &mut wan(&mut newer)["listings"][2];
    listing["prices"][0]["usd"] = json!(0.05);
    listing["evidence"]["date"] = json!("2026-12-31");
    let mut added = wan(&mut newer).clone();
    added["id"] = json!("wan-9");
    newer["models"].as_array_mut().unwrap().push(added);

    let catalog = Catalog::read(&newer).unwrap();
    assert_eq!(catalog.issues(), []);
    assert_eq!(catalog.models().count(), MODELS.len() + 1);
    assert!(catalog.model("wan-9").is_some());
    let quote = quote_of_wan(&catalog);
    assert_eq!((&quote["basis"], &quote["totalUsd"]), (&json!("exact"), &json!(0.25)));
    assert_eq!(quote["evidence"]["date"], "2026-12-31");
}

#[test]
fn a_bad_entry_is_reported_and_left_out_and_the_rest_is_used() {
    let mut newer = document();
    let built_in = quote_of_wan(&BUILT_IN);
    let place =
        newer["models"].as_array().unwrap().iter().position(|model| model["id"] == "wan-2.6");
    let place = place.unwrap();
    for (path, value) in [
        ("prices.0.usd", json!(-1)),
        ("prices.0.per", json!("credit")),
        ("prices.0.basis", json!("custom")),
        ("evidence", Value::Null),
        ("providerModelId", json!("../account")),
    ] {
        let mut newer = newer.clone();
        crate::common::set(
            &mut newer,
            &format!("models.{place}.listings.0.{path}"),
            Some(value.clone()),
        );
        let catalog = Catalog::read(&newer).unwrap();
        let [issue] = catalog.issues() else { panic!("{path}: {:?}", catalog.issues()) };
        assert_eq!(issue.severity, Severity::Warning);
        assert_eq!(issue.path, format!("models.models.{place}.listings.0.{path}"));
        assert!(issue.message.contains("`wan-2.6` is left out"), "{}", issue.message);
        // The module's own definition still serves.
        assert_eq!(quote_of_wan(&catalog), built_in, "{path}");
        assert_eq!(catalog.models().count(), MODELS.len());
    }
    // What is no model at all, and a second one with the same id.
    let again = wan(&mut newer).clone();
    newer["models"].as_array_mut().unwrap().extend([json!(5), again]);
    let catalog = Catalog::read(&newer).unwrap();
    let codes: Vec<Code> = catalog.issues().iter().map(|issue| issue.code).collect();
    assert_eq!(codes, [Code::InvalidType, Code::Conflict]);
}

#[test]
fn what_is_no_document_of_this_version_is_refused() {
    for (changes, path) in [
        (json!({ "version": 2 }), "models.version"),
        (json!({ "version": null }), "models.version"),
        (json!({ "date": "soon" }), "models.date"),
        (json!({ "models": {} }), "models.models"),
        (json!({ "models": null }), "models.models"),
    ] {
        let document = crate::common::with(document(), changes.clone());
        let issues = Catalog::read(&document).unwrap_err();
        assert_eq!((&*issues[0].path, issues[0].severity), (path, Severity::Error), "{changes}");
    }
}
