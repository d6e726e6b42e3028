//! Rows that a caller brings: in the form of `models()`, corrected or new.

use filmgate::catalog::{Catalogue, MODELS, OURS, describe};
use filmgate::issue::{Code, Issue};
use filmgate::price::{Basis, Usd};
use filmgate::request::{Policy, listings, parse};
use filmgate::untyped::{check, quote};
use serde_json::{Value, json};

/// One of our models in the caller's form.
pub(crate) fn row(model: &str) -> Value {
    let models = describe(&OURS);
    let models = models.as_array().unwrap();
    models
        .iter()
        .find(|one| one["id"] == model)
        .unwrap()
        .clone()
}

/// A catalogue with one of our models, one value of it changed.
pub(crate) fn changed(model: &str, place: &str, value: Value) -> Result<Catalogue, Vec<Issue>> {
    let mut row = row(model);
    let mut below = &mut row;
    for name in place.split('.') {
        below = match name.parse::<usize>() {
            Ok(at) => &mut below[at],
            Err(_) => &mut below[name],
        };
    }
    *below = value;
    Catalogue::read(&json!([row]))
}

#[test]
fn each_of_our_rows_comes_back_as_it_was() {
    for model in MODELS {
        let row = row(&model.id);
        let read = Catalogue::read(&json!([row])).unwrap();
        let mut again = row.clone();
        for listing in again["listings"].as_array_mut().unwrap() {
            for price in listing["prices"].as_array_mut().unwrap() {
                price["basis"] = "caller".into();
            }
        }
        let described = describe(&read);
        let described = described.as_array().unwrap();
        assert_eq!(described[0], again, "{}", model.id);
        assert_eq!(described.len(), MODELS.len(), "it takes the place of ours");
    }
}

#[test]
fn a_corrected_price_is_the_callers_word() {
    let catalogue = changed("wan-2.6", "listings.0.prices.0.usd", json!(0.123_456)).unwrap();
    let policy = Policy {
        catalogue: &catalogue,
        ..Policy::default()
    };
    let request = json!({
        "model": "wan-2.6", "prompt": "A fox", "duration": 5, "image": "https://example.com/fox.png",
    });
    let quotes = quote(&request, policy);
    let own = quotes
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["wireId"] == "wan-2-6-i2v");
    let own = own.unwrap();
    assert_eq!(
        (&own["basis"], &own["totalUsd"]),
        (&json!("caller"), &json!(0.61728))
    );
}

#[test]
fn a_misspelt_name_and_a_row_that_stands_twice_are_told() {
    let mut misspelt = row("gen-4.5");
    misspelt["listings"][0]["price"] = json!([]);
    let error = Catalogue::read(&json!([misspelt])).unwrap_err();
    let found = (&*error[0].path, error[0].code);
    assert_eq!(found, ("catalogue.0.listings.0", Code::UnknownField));
    assert!(error[0].allowed.contains(&json!("prices")));

    let twice = Catalogue::read(&json!([row("gen-4.5"), row("gen-4.5")])).unwrap_err();
    assert_eq!(
        (&*twice[0].path, twice[0].code),
        ("catalogue.1.id", Code::Conflict)
    );
    let mut listed = row("gen-4.5");
    let again = listed["listings"][0].clone();
    listed["listings"].as_array_mut().unwrap().push(again);
    let listed = Catalogue::read(&json!([listed])).unwrap_err();
    assert_eq!(
        (&*listed[0].path, listed[0].code),
        ("catalogue.0.listings", Code::Conflict)
    );
}

/// A model that we do not know, as a caller writes it by hand.
#[test]
fn an_added_model_is_checked_priced_and_encoded() {
    let row = json!({
        "id": "fox-1",
        "name": "Fox 1",
        "listings": [{
            "provider": "runpod",
            "wireId": "fox-1",
            "modes": ["text-to-video"],
            "params": [
                { "field": "prompt", "wire": "input.prompt", "type": "text", "max": 1500, "required": true },
                { "field": "duration", "wire": "input.settings.seconds", "type": "integer",
                  "min": 3, "max": 10, "required": true },
                { "field": "resolution", "wire": "input.size", "type": "choice",
                  "allowed": ["720p"], "wires": ["1280*720"], "default": "720p", "sent": true },
                { "field": "safety", "wire": "input.check", "type": "choice",
                  "allowed": ["full"], "wires": [2] },
            ],
            "prices": [{ "usd": 0.15, "per": "second" }],
            "status": { "state": "live" },
        }],
    });
    let catalogue = Catalogue::read(&json!([row])).unwrap();
    let policy = Policy {
        catalogue: &catalogue,
        ..Policy::default()
    };
    let request = json!({ "model": "fox-1", "prompt": "A fox", "duration": 7, "safety": "full" });
    let (parsed, issues) = parse(&request, policy);
    assert_eq!(issues, []);
    let found = listings(&parsed, &catalogue).unwrap();
    let (name, listing) = &found[0];
    let order = parsed.fit(name, listing).order.unwrap();
    let body = json!({ "input": {
        "prompt": "A fox", "settings": { "seconds": 7 }, "size": "1280*720", "check": 2,
    } });
    assert_eq!(order.body, body);
    let price = Some((Usd(1_050_000), Usd(1_050_000)));
    assert_eq!(
        (order.quote.basis, order.quote.total),
        (Basis::Caller, price)
    );

    let long = json!({ "model": "fox-1", "prompt": "A fox", "duration": 11 });
    let long = check(&long, policy);
    assert_eq!(long["listings"][0]["issues"][0]["code"], "too_large");
}

#[test]
fn what_cannot_be_read_is_told_by_its_place() {
    let cases = [
        (json!({}), "catalogue"),
        (json!([1]), "catalogue.0"),
        (json!([{ "id": 3 }]), "catalogue.0.id"),
        (
            json!([{ "id": "a", "name": "A", "listings": {} }]),
            "catalogue.0.listings",
        ),
        (
            json!([{ "id": "a", "name": "A", "listings": [{}] }]),
            "catalogue.0.listings.0.provider",
        ),
    ];
    for (rows, path) in cases {
        let error = Catalogue::read(&rows).unwrap_err();
        assert_eq!(
            (&*error[0].path, error[0].code),
            (path, Code::WrongType),
            "{rows}"
        );
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
        ("listings.0.wireId", json!("x".repeat(301))),
        ("listings.0.modes", json!(vec!["remix"; 501])),
    ] {
        let error = changed("wan-2.6", place, value).unwrap_err();
        assert_eq!(error[0].path, format!("catalogue.0.{place}"));
    }
}
