//! Comparing prices compares the same video: values that affect the price or the image are sent and
//! equal everywhere; the quote notes the ones that a provider does not document.

use std::collections::BTreeMap;

use filmgate::catalog::{MODELS, Scalar, State};
use filmgate::money::Usd;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Policy};
use filmgate::untyped::{plan, quote};
use serde_json::{Value, json};

const OFF: &[Field] = &[Field::GenerateAudio, Field::Music, Field::EnhancePrompt];

#[test]
fn defaults_that_affect_price_or_picture_are_sent_and_equal() {
    let mut sent: BTreeMap<Field, &Scalar> = BTreeMap::new();
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        for param in listing.all_params().filter(|param| !param.provider_field.is_empty()) {
            let name = format!("{} {}", listing.provider_model_id, param.field.path());
            let is_sold = listing.status.state == State::Live;
            if is_sold && (OFF.contains(&param.field) || param.field == Field::ContentCheck) {
                assert!(param.always_sent, "{name} is left to the provider");
            }
            if OFF.contains(&param.field) {
                assert_eq!(param.default, Some(Scalar::Boolean(false)), "{name}");
            }
            // Sizes are given as a resolution, a size or both: the tier decides the price and is compared there.
            if param.always_sent && param.field != Field::Size {
                let default = param.default.as_ref().unwrap();
                assert_eq!(sent.entry(param.field).or_insert(default), &default, "{name}");
            }
        }
    }
    for field in OFF.iter().chain(&[Field::ContentCheck, Field::Draft, Field::AspectRatio]) {
        assert!(sent.contains_key(field), "{}", field.path());
    }
}

/// The fields that a listing's quote notes as undocumented.
fn open(provider_model_id: &str, request: &Value) -> Vec<String> {
    let quotes = quote(request, Policy::default());
    let quotes = quotes.as_array().unwrap();
    let own = quotes.iter().find(|quote| quote["providerModelId"] == provider_model_id).unwrap();
    assert_eq!(own["available"], true, "{own:#}");
    let warnings = own["warnings"].as_array().into_iter().flatten();
    let open = warnings.filter(|warning| warning["code"] == "undocumented");
    open.map(|warning| warning["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn undocumented_defaults_are_noted_in_the_quote() {
    let image = "https://example.com/fox.png";
    let of = |model: &str, more: Value| {
        let mut request = json!({ "model": model, "prompt": "A fox", "duration": 5 });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let seedance = of("seedance-1.5-pro", json!({ "image": image, "resolution": "480p" }));
    assert_eq!(open("seedance-v1-5-pro-i2v", &seedance), ["generateAudio"]);
    assert_eq!(open("bytedance:seedance@1.5-pro", &seedance), [""; 0]);
    // A rule that its page documents and contradicts is a warning.
    let larger = of("seedance-1.5-pro", json!({ "image": image, "resolution": "720p" }));
    assert_eq!(open("bytedance:seedance@1.5-pro", &larger), ["resolution"]);
    let vidu = of("vidu-q3", json!({ "image": image, "resolution": "720p" }));
    assert_eq!(open("vidu:4@1", &vidu), ["music"]);
    assert_eq!(open("vidu-q3-i2v", &vidu), [""; 0]);
}

#[test]
fn an_unknown_price_exceeds_any_limit_unless_allowed() {
    let request = json!({
        "model": "kling-2.6-pro", "prompt": "A fox", "duration": 5, "resolution": "1080p",
    });
    let mut options = PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        max_cost: Some(Usd(1_000_000_000)),
        ..PlanOptions::default()
    };
    assert!(plan(&request, &options, Policy::default()).is_err());
    options.allow_unknown_cost = true;
    assert_eq!(plan(&request, &options, Policy::default()).unwrap().len(), 1);
}
