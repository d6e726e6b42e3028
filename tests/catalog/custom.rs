//! Models from the caller: in the form of `models()`, corrected or new.

use filmgate::catalog::{BUILT_IN, Catalog, MODELS};
use filmgate::issue::{Code, Issue};
use filmgate::money::{Basis, Usd};
use filmgate::request::{Policy, listings, parse};
use filmgate::untyped::{quote, validate};
use serde_json::{Value, json};

/// One built-in model in the caller's form.
pub(crate) fn row(model: &str) -> Value {
    let models = BUILT_IN.to_json();
    let models = models.as_array().unwrap();
    models.iter().find(|one| one["id"] == model).unwrap().clone()
}

/// A catalog of one built-in model with one value changed.
pub(crate) fn changed(model: &str, place: &str, value: Value) -> Result<Catalog, Vec<Issue>> {
    let mut row = row(model);
    let mut below = &mut row;
    for name in place.split('.') {
        below = match name.parse::<usize>() {
            Ok(at) => &mut below[at],
            Err(_) => &mut below[name],
        };
    }
    *below = value;
    Catalog::read(&json!([row]))
}

#[test]
fn each_built_in_row_round_trips() {
    for model in MODELS.iter() {
        let row = row(&model.id);
        let read = Catalog::read(&json!([row])).unwrap();
        let mut again = row.clone();
        for listing in again["listings"].as_array_mut().unwrap() {
            for price in listing["prices"].as_array_mut().unwrap() {
                price["basis"] = "custom".into();
            }
        }
        let described = read.to_json();
        let described = described.as_array().unwrap();
        assert_eq!(described[0], again, "{}", model.id);
        assert_eq!(described.len(), MODELS.len(), "it takes the place of ours");
    }
}

#[test]
fn a_corrected_price_has_the_basis_custom() {
    let catalog = changed("wan-2.6", "listings.0.prices.0.usd", json!(0.123_456)).unwrap();
    let policy = Policy { catalog: &catalog, ..Policy::default() };
    let request = json!({
        "model": "wan-2.6", "prompt": "A fox", "duration": 5, "image": "https://example.com/fox.png",
    });
    let quotes = quote(&request, policy);
    let own = quotes.as_array().unwrap().iter().find(|one| one["providerModelId"] == "wan-2-6-i2v");
    let own = own.unwrap();
    assert_eq!((&own["basis"], &own["totalUsd"]), (&json!("custom"), &json!(0.61728)));
}

#[test]
fn misspelled_names_and_duplicate_rows_are_reported() {
    let mut misspelt = row("gen-4.5");
    misspelt["listings"][0]["price"] = json!([]);
    let error = Catalog::read(&json!([misspelt])).unwrap_err();
    let found = (&*error[0].path, error[0].code);
    assert_eq!(found, ("models.0.listings.0", Code::UnrecognizedField));
    assert!(error[0].allowed.contains(&json!("prices")));

    let twice = Catalog::read(&json!([row("gen-4.5"), row("gen-4.5")])).unwrap_err();
    assert_eq!((&*twice[0].path, twice[0].code), ("models.1.id", Code::Conflict));
    let mut listed = row("gen-4.5");
    let again = listed["listings"][0].clone();
    listed["listings"].as_array_mut().unwrap().push(again);
    let listed = Catalog::read(&json!([listed])).unwrap_err();
    assert_eq!((&*listed[0].path, listed[0].code), ("models.0.listings", Code::Conflict));
}

/// A model outside the catalog, as a caller would write it.
#[test]
fn an_added_model_is_validated_priced_and_encoded() {
    let row = json!({
        "id": "fox-1",
        "name": "Fox 1",
        "listings": [{
            "provider": "runpod",
            "providerModelId": "fox-1",
            "modes": ["text-to-video"],
            "params": [
                { "field": "prompt", "providerField": "input.prompt", "type": "text", "max": 1500, "required": true },
                { "field": "duration", "providerField": "input.settings.seconds", "type": "integer",
                  "min": 3, "max": 10, "required": true },
                { "field": "resolution", "providerField": "input.size", "type": "choice",
                  "allowed": ["720p"], "providerValues": ["1280*720"], "default": "720p", "alwaysSent": true },
                { "field": "contentCheck", "providerField": "input.check", "type": "choice",
                  "allowed": ["full"], "providerValues": [2] },
            ],
            "prices": [{ "usd": 0.15, "per": "second" }],
            "status": { "state": "live" },
        }],
    });
    let catalog = Catalog::read(&json!([row])).unwrap();
    let policy = Policy { catalog: &catalog, ..Policy::default() };
    let request =
        json!({ "model": "fox-1", "prompt": "A fox", "duration": 7, "contentCheck": "full" });
    let (parsed, issues) = parse(&request, policy);
    assert_eq!(issues, []);
    let found = listings(&parsed, &catalog).unwrap();
    let (name, listing) = &found[0];
    let order = parsed.encode_for(name, listing).prepared.unwrap();
    let body = json!({ "input": {
        "prompt": "A fox", "settings": { "seconds": 7 }, "size": "1280*720", "check": 2,
    } });
    assert_eq!(order.body, body);
    let price = Some((Usd(1_050_000), Usd(1_050_000)));
    assert_eq!((order.quote.basis, order.quote.total), (Basis::Custom, price));

    let long = json!({ "model": "fox-1", "prompt": "A fox", "duration": 11 });
    let long = validate(&long, policy);
    assert_eq!(long["listings"][0]["issues"][0]["code"], "too_large");
}

#[test]
fn unreadable_values_are_reported_with_their_path() {
    let cases = [
        (json!({}), "models"),
        (json!([1]), "models.0"),
        (json!([{ "id": 3 }]), "models.0.id"),
        (json!([{ "id": "a", "name": "A", "listings": {} }]), "models.0.listings"),
        (json!([{ "id": "a", "name": "A", "listings": [{}] }]), "models.0.listings.0.provider"),
    ];
    for (rows, path) in cases {
        let error = Catalog::read(&rows).unwrap_err();
        assert_eq!((&*error[0].path, error[0].code), (path, Code::InvalidType), "{rows}");
    }
    for (place, value) in [
        ("listings.0.params.0.field", json!("nonsense")),
        ("listings.0.params.0.type", json!("nonsense")),
        ("listings.0.params.4.allowed.0", json!("five")),
        ("listings.0.params.5.sizes.0.width", json!(-1)),
        ("listings.0.prices.0.usd", json!(-0.1)),
        ("listings.0.prices.0.when.0.is", json!(0.5)),
        ("listings.2.rules.0.rule", json!("nonsense")),
        ("listings.0.status.state", json!("nonsense")),
        ("listings.0.providerModelId", json!("x".repeat(301))),
        ("listings.0.modes", json!(vec!["remix"; 501])),
    ] {
        let error = changed("wan-2.6", place, value).unwrap_err();
        assert_eq!(error[0].path, format!("models.0.{place}"));
    }
}
