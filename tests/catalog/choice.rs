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
    // The providers' own prices first, then those of other sources.
    let of_others = |quote: &Value| quote["evidence"]["firstParty"] == false;
    let known: Vec<(bool, f64)> = able
        .iter()
        .filter_map(|quote| Some((of_others(quote), quote["maxUsd"].as_f64()?)))
        .collect();
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

fn warnings(quote: &Value) -> Vec<&str> {
    quote["warnings"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect()
}

/// Clients report an error 404 of the endpoint; its page still documents it.
#[test]
fn a_listing_that_is_gone_says_so_and_names_what_replaces_it() {
    let request = json!({
        "model": "kling-2.1-pro", "prompt": "A fox", "duration": 5, "image": "https://example.com/a.png",
    });
    let quotes = quote(&request, Policy::default());
    let quotes = quotes.as_array().unwrap();
    assert_eq!(quotes.len(), 2);
    for quote in quotes {
        assert!(warnings(quote).contains(&"deprecated_model"), "{quote}");
        assert_eq!(quote["warnings"][0]["allowed"], json!(["kling-3.0-standard", "kling-3.0-pro"]));
    }
}

/// RunPod's page of Wan 2.6 shows a size that its endpoint refuses, as users report.
#[test]
fn a_doubtful_listing_warns_and_comes_second_at_the_same_price() {
    let request = json!({
        "model": "wan-2.6", "prompt": "A fox", "duration": 5, "resolution": "720p",
        "image": "https://example.com/a.png",
    });
    let quotes = quote(&request, Policy::default());
    let able: Vec<&Value> =
        quotes.as_array().unwrap().iter().filter(|quote| quote["available"] == true).collect();
    let ids: Vec<&str> = able.iter().map(|one| one["providerModelId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["alibaba:wan@2.6", "wan-2-6-i2v"]);
    assert_eq!(able[0]["maxUsd"], able[1]["maxUsd"]);
    let warning = &able[1]["warnings"][0];
    assert_eq!((&warning["path"], &warning["code"]), (&json!("size"), &json!("undocumented")));
    assert!(warning["message"].as_str().unwrap().contains("720p"));
}
