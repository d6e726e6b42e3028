//! Comparing prices compares the same video: what costs money or changes the picture is sent, and is the
//! same everywhere; where a provider does not say what it does, the quote says so.

use std::collections::BTreeMap;

use filmgate::catalog::{MODELS, Scalar, State};
use filmgate::plan::PlanOptions;
use filmgate::price::Usd;
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Policy};
use filmgate::untyped::{plan, quote};
use serde_json::{Value, json};

const OFF: &[Field] = &[Field::Sound, Field::Music, Field::PromptExpansion];

#[test]
fn what_costs_money_or_changes_the_picture_is_sent_and_the_same() {
    let mut sent: BTreeMap<Field, &Scalar> = BTreeMap::new();
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        for param in listing.all_params().filter(|param| !param.wire.is_empty()) {
            let name = format!("{} {}", listing.wire_id, param.field.path());
            let is_sold = listing.status.state == State::Live;
            if is_sold && (OFF.contains(&param.field) || param.field == Field::Safety) {
                assert!(param.explicit, "{name} is left to the provider");
            }
            if OFF.contains(&param.field) {
                assert_eq!(param.default, Some(Scalar::Boolean(false)), "{name}");
            }
            // Sizes are told as a resolution, a size or both: the tier is the price's, and is compared there.
            if param.explicit && param.field != Field::Size {
                let default = param.default.as_ref().unwrap();
                assert_eq!(
                    sent.entry(param.field).or_insert(default),
                    &default,
                    "{name}"
                );
            }
        }
    }
    for field in OFF
        .iter()
        .chain(&[Field::Safety, Field::Draft, Field::AspectRatio])
    {
        assert!(sent.contains_key(field), "{}", field.path());
    }
}

/// The fields of which a listing's quote says that no document tells.
fn open(wire_id: &str, request: &Value) -> Vec<String> {
    let quotes = quote(request, Policy::default());
    let quotes = quotes.as_array().unwrap();
    let own = quotes
        .iter()
        .find(|quote| quote["wireId"] == wire_id)
        .unwrap();
    assert_eq!(own["available"], true, "{own:#}");
    let warnings = own["warnings"].as_array().into_iter().flatten();
    let open = warnings.filter(|warning| warning["code"] == "undocumented");
    open.map(|warning| warning["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_no_document_says_is_told_with_the_price() {
    let image = "https://example.com/fox.png";
    let of = |model: &str, more: Value| {
        let mut request = json!({ "model": model, "prompt": "A fox", "duration": 5 });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        request
    };
    let seedance = of(
        "seedance-1.5-pro",
        json!({ "image": image, "resolution": "480p" }),
    );
    assert_eq!(open("seedance-v1-5-pro-i2v", &seedance), ["sound"]);
    assert_eq!(open("bytedance:seedance@1.5-pro", &seedance), [""; 0]);
    // A rule that its page prints and contradicts is a warning.
    let larger = of(
        "seedance-1.5-pro",
        json!({ "image": image, "resolution": "720p" }),
    );
    assert_eq!(open("bytedance:seedance@1.5-pro", &larger), ["resolution"]);
    let vidu = of("vidu-q3", json!({ "image": image, "resolution": "720p" }));
    assert_eq!(open("vidu:4@1", &vidu), ["music"]);
    assert_eq!(open("vidu-q3-i2v", &vidu), [""; 0]);
}

#[test]
fn an_unknown_price_passes_no_limit_unless_the_caller_says_so() {
    let request = json!({
        "model": "kling-3.0-pro", "prompt": "A fox", "duration": 5, "resolution": "1080p",
    });
    let mut wishes = PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        max_cost: Some(Usd(1_000_000_000)),
        ..PlanOptions::default()
    };
    assert!(plan(&request, &wishes, Policy::default()).is_err());
    wishes.allow_unknown_cost = true;
    assert_eq!(plan(&request, &wishes, Policy::default()).unwrap().len(), 1);
}
