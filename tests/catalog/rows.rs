//! The built-in rows are consistent, and an inconsistent row is rejected.

use std::collections::BTreeSet;

use filmgate::catalog::{BUILT_IN, Listing, MODELS, State, validate};
use filmgate::provider::ProviderId;
use serde_json::{Value, json};

use crate::catalog::custom::changed;

fn listings() -> impl Iterator<Item = &'static Listing> {
    MODELS.iter().flat_map(|model| model.listings.iter())
}

#[test]
fn no_row_contradicts_itself() {
    for model in MODELS.iter() {
        assert_eq!(validate(model), [], "{}", model.id);
    }
}

#[test]
fn ids_are_unique() {
    let models: BTreeSet<_> = MODELS.iter().map(|model| &model.id).collect();
    assert_eq!(models.len(), MODELS.len());
    let sold: BTreeSet<_> =
        listings().map(|listing| (listing.provider.as_str(), &listing.provider_model_id)).collect();
    assert_eq!(sold.len(), listings().count());
}

/// Models that both providers offer and price.
#[test]
fn comparable_models_have_listings_at_both_providers() {
    for id in ["wan-2.6", "wan-2.5", "vidu-q3", "seedance-1.5-pro", "kling-o1"] {
        let model = BUILT_IN.model(id).unwrap();
        for provider in ProviderId::ALL {
            let mut own = model.listings.iter().filter(|one| one.provider == *provider);
            let priced = own.any(|one| !one.rates.is_empty() && one.status.state == State::Live);
            assert!(priced, "{id} at {provider}");
        }
    }
}

#[test]
fn retired_listings_name_replacements() {
    let retired = listings().filter(|listing| listing.status.state == State::Retired);
    let mut count = 0;
    for listing in retired {
        count += 1;
        assert!(!listing.status.replacements.is_empty(), "{}", listing.provider_model_id);
        for id in listing.status.replacements.iter() {
            let model = BUILT_IN.model(id).unwrap();
            let live = |one: &Listing| one.status.state == State::Live;
            assert!(model.listings.iter().any(live), "{id}");
        }
    }
    assert_eq!(count, 6, "both Soras and Kling 2.1, at both providers");
}

/// Each case is a row with one change that makes it inconsistent, and the path of the issue.
#[test]
fn a_contradictory_row_is_rejected() {
    let flaws: &[(&str, &str, Value, &str)] = &[
        ("wan-2.6", "id", json!("wan:2.6"), "id"),
        ("wan-2.6", "listings", json!([]), "listings"),
        ("wan-2.6", "listings.0.providerModelId", json!("a b"), "listings.0.providerModelId"),
        ("wan-2.6", "listings.0.modes", json!([]), "listings.0.modes"),
        ("wan-2.6", "listings.0.modes", json!(["remix"]), "listings.0.modes"),
        ("wan-2.6", "listings.0.prices", json!([]), "listings.0.noPriceReason"),
        ("sora-2", "listings.0.status.sunset", Value::Null, "listings.0.status.sunset"),
        ("sora-2", "listings.0.status.sunset", json!("soon"), "listings.0.status.sunset"),
        ("sora-2", "listings.0.status.verifiedAt", json!("soon"), "listings.0.status.verifiedAt"),
        ("wan-2.6", "listings.0.params.0.field", json!("image"), "listings.0.params.2"),
        (
            "wan-2.6",
            "listings.0.params.1.providerField",
            json!("input.prompt"),
            "listings.0.params.1.providerField",
        ),
        (
            "wan-2.6",
            "listings.0.params.1.providerField",
            json!("input..x"),
            "listings.0.params.1.providerField",
        ),
        (
            "wan-2.6",
            "listings.0.params.1.providerField",
            json!("__proto__.x"),
            "listings.0.params.1.providerField",
        ),
        (
            "wan-2.6",
            "listings.0.params.1.alwaysSent",
            json!(true),
            "listings.0.params.1.alwaysSent",
        ),
        ("wan-2.6", "listings.0.params.0.default", json!("x"), "listings.0.params.0.required"),
        ("wan-2.6", "listings.0.params.6.default", json!("several"), "listings.0.params.6.default"),
        ("wan-2.6", "listings.0.params.4.allowed", json!([10, 5]), "listings.0.params.4"),
        ("wan-2.6", "listings.2.rules.0.fields", json!(["image", "remixId"]), "listings.2.rules.0"),
        ("wan-2.6", "listings.2.rules.1.fields", json!(["image"]), "listings.2.rules.1"),
        ("wan-2.6", "listings.2.rules.3.when.0.field", json!("loop"), "listings.2.rules.3.when"),
        ("wan-2.6", "listings.2.rules.3.allowed", json!([3]), "listings.2.rules.3.allowed"),
        ("wan-2.6", "listings.0.prices.0.when.0.is", json!("480p"), "listings.0.prices.0"),
        (
            "wan-2.6",
            "listings.0.params.1.providerField",
            json!(format!("a{}", ".a".repeat(10))),
            "listings.0.params.1.providerField",
        ),
        (
            "gen-4.5",
            "listings.0.params.0.providerField",
            json!("taskUUID"),
            "listings.0.params.0.providerField",
        ),
        (
            "gen-4.5",
            "listings.0.params.0.providerField",
            json!("deliveryMethod"),
            "listings.0.params.0.providerField",
        ),
        ("hailuo-2.3", "listings.0.prices.0.when.1.is", json!(7), "listings.0.prices.0"),
        (
            "wan-2.6",
            "listings.0.prices.0.blockSeconds",
            json!(3),
            "listings.0.prices.0.blockSeconds",
        ),
        ("infinitetalk", "listings.0.prices.0.per", json!("second"), "listings.0.prices.0.per"),
    ];
    for (model, place, value, path) in flaws {
        let error = changed(model, place, value.clone()).unwrap_err();
        let paths: Vec<_> = error.iter().map(|issue| issue.path.as_str()).collect();
        let expected = format!("models.0.{path}");
        assert!(paths.contains(&expected.as_str()), "{model} {place}: {paths:?}");
    }
}

/// The description is complete enough for a form: every listing has the values to draw one.
#[test]
fn the_description_is_enough_to_draw_a_form() {
    let models = BUILT_IN.to_json();
    let models = models.as_array().unwrap();
    assert_eq!(models.len(), MODELS.len());
    for listing in models.iter().flat_map(|model| model["listings"].as_array().unwrap()) {
        assert!(!listing["modes"].as_array().unwrap().is_empty());
        for param in listing["params"].as_array().unwrap() {
            assert!(param["field"].is_string() && param["type"].is_string(), "{param}");
        }
        assert!(listing["status"]["state"].is_string());
        let priced = !listing["prices"].as_array().unwrap().is_empty();
        assert!(priced || listing["noPriceReason"].is_string());
    }
}

/// The values that Runware's pages state for all models.
#[test]
fn the_description_has_the_documented_defaults_of_delivery() {
    for listing in listings() {
        let default = |path: &str| {
            let param = listing.all_params().find(|param| param.field.path() == path);
            param.and_then(|param| param.default.as_ref().map(ToString::to_string))
        };
        let is_runware = listing.provider == ProviderId::Runware;
        let of_runware = |value: &str| is_runware.then(|| value.to_owned());
        assert_eq!(default("n"), Some("1".to_owned()), "{}", listing.provider_model_id);
        assert_eq!(default("output.type"), of_runware("\"url\""));
        assert_eq!(default("output.format"), of_runware("\"mp4\""));
        assert_eq!(default("output.quality"), of_runware("95"));
    }
}
