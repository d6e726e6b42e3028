//! A job only ever uses a model that the caller has chosen.

use filmgate::error::ErrorCode;
use filmgate::issue::Code;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId;
use filmgate::request::Policy;
use filmgate::untyped::{plan, quote};
use serde_json::{Value, json};

fn options() -> PlanOptions {
    PlanOptions { available_providers: ProviderId::ALL.to_vec(), ..PlanOptions::default() }
}

#[test]
fn a_request_without_a_model_is_quoted_but_not_planned() {
    let request = json!({ "prompt": "A fox", "duration": 5, "resolution": "720p" });
    let quotes = quote(&request, Policy::default());
    let able: Vec<&Value> =
        quotes.as_array().unwrap().iter().filter(|quote| quote["available"] == true).collect();
    assert!(able.len() > 8, "{able:?}");
    let known: Vec<f64> = able.iter().filter_map(|quote| quote["maxUsd"].as_f64()).collect();
    assert!(known.is_sorted(), "cheapest first: {known:?}");

    let refusal = plan(&request, &options(), Policy::default()).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::InvalidRequest);
    let (_, issue) = &refusal.issues[0];
    assert_eq!((&*issue.path, issue.code), ("model", Code::Required));
    assert_eq!(issue.allowed[0], able[0]["model"], "the cheapest one first");
}

/// Two Runware listings and one RunPod listing are one model: the cheapest that fits goes first, and
/// the job contains which one it is.
#[test]
fn one_model_can_have_several_listings_at_one_provider() {
    let request = json!({
        "model": "kling-o1", "prompt": "A fox", "duration": 5, "image": "https://example.com/a.png",
    });
    let named =
        PlanOptions { providers: Some(vec![ProviderId::Runpod, ProviderId::Runware]), ..options() };
    for options in [options(), named] {
        let plan = plan(&request, &options, Policy::default()).unwrap();
        let ids: Vec<&str> = plan.iter().map(|fit| fit.provider_model_id.as_str()).collect();
        assert_eq!(ids, ["klingai:kling@o1-standard", "klingai:kling@o1"]);
    }
}
