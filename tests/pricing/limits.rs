//! The caller's options: a limit, an order of providers, keys.

use filmgate::catalog::{Catalog, MODELS};
use filmgate::error::ErrorCode;
use filmgate::money::Usd;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::{Field, Policy};
use filmgate::untyped::{plan, quote};
use serde_json::{Value, json};

use crate::common::{runpod_request, runware_request, with};

fn options(max_cost: i64) -> PlanOptions {
    PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        max_cost: Some(Usd(max_cost)),
        ..PlanOptions::default()
    }
}

fn planned(request: &Value, options: &PlanOptions) -> Result<Vec<ProviderId>, ErrorCode> {
    match plan(request, options, Policy::default()) {
        Ok(fits) => Ok(fits.iter().map(|fit| fit.provider).collect()),
        Err(refusal) => {
            assert!(!refusal.message.is_empty());
            Err(refusal.code)
        }
    }
}

#[test]
fn the_limit_applies_to_the_upper_end() {
    let image = runpod_request();
    assert_eq!(planned(&image, &options(2_000_000)), Ok(vec![Runpod, Runware]));
    assert_eq!(planned(&image, &options(1_999_999)), Ok(vec![Runpod]));
    assert_eq!(planned(&image, &options(1_200_000)), Ok(vec![Runpod]));
    assert_eq!(planned(&image, &options(1_199_999)), Err(ErrorCode::BudgetExceeded));
    assert_eq!(planned(&image, &options(0)), Err(ErrorCode::BudgetExceeded));
    let remix = with(runware_request(), json!({ "size": null, "remixId": "video_1" }));
    assert_eq!(
        planned(&remix, &options(2_400_000)),
        Err(ErrorCode::BudgetExceeded),
        "not the lower"
    );
    assert_eq!(planned(&remix, &options(4_000_000)), Ok(vec![Runware]));
}

#[test]
fn an_unknown_price_exceeds_any_limit() {
    let raw = json!({ "model": "runpod:echo-video", "input": { "a": 1 } });
    assert_eq!(planned(&raw, &options(i64::MAX)), Err(ErrorCode::BudgetExceeded));
    let allowed = PlanOptions { allow_unknown_cost: true, ..options(1) };
    assert_eq!(planned(&raw, &allowed), Ok(vec![Runpod]));
    assert_eq!(planned(&raw, &PlanOptions { max_cost: None, ..options(0) }), Ok(vec![Runpod]));
}

/// A listing of Runware with one price, of which the source is given.
fn priced(id: &str, usd: f64, evidence: Option<Value>) -> Value {
    json!({
        "id": id,
        "name": id,
        "listings": [{
            "provider": "runware",
            "providerModelId": format!("maker:{id}@1"),
            "modes": ["text-to-video"],
            "params": [
                { "field": "prompt", "providerField": "positivePrompt", "type": "text" },
                { "field": "duration", "providerField": "duration", "type": "integer" },
            ],
            "prices": [{ "usd": usd, "per": "second", "evidence": evidence }],
            "evidence": { "source": "https://example.com/page", "date": "2026-11-01", "firstParty": true },
            "status": { "state": "live" },
        }],
    })
}

fn of_others() -> Option<Value> {
    Some(json!({ "source": "A survey", "date": "2026-09-24", "firstParty": false }))
}

#[test]
fn a_price_that_the_provider_did_not_publish_is_shown_and_passes_no_limit() {
    let models = json!([priced("rumor", 0.02, of_others())]);
    let catalog = Catalog::read(&models).unwrap();
    let policy = Policy { allow_private_hosts: false, catalog: &catalog };
    let request = json!({ "model": "rumor", "prompt": "A fox", "duration": 5 });

    let quotes = quote(&request, policy);
    assert_eq!(quotes[0]["basis"], "estimate");
    assert_eq!(quotes[0]["totalUsd"], 0.1);
    assert_eq!(quotes[0]["evidence"], of_others().unwrap());
    assert!(quotes[0]["reason"].as_str().unwrap().contains("published"), "{quotes:#}");

    let refusal = plan(&request, &options(i64::MAX), policy).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::BudgetExceeded);
    assert!(refusal.message.contains("allowUnknownCost"), "{}", refusal.message);
    let allowed = PlanOptions { allow_unknown_cost: true, ..options(1) };
    let unlimited = PlanOptions { max_cost: None, ..options(0) };
    for options in [allowed, unlimited] {
        let planned = plan(&request, &options, policy).unwrap().remove(0);
        let job =
            filmgate::plan::start(0, planned, crate::common::UUID, crate::common::LIMITS).unwrap();
        assert_eq!(job.handle.quote, None, "what is not known is in no sum");
    }
}

/// The file decides the length, which no one here knows.
#[test]
fn a_length_that_is_only_claimed_is_no_exact_price() {
    let mut seen = 0;
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        let param = listing.param(Field::Duration);
        if param.is_none_or(|param| !param.provider_field.is_empty()) {
            continue;
        }
        seen += 1;
        let id = &listing.provider_model_id;
        let model = MODELS
            .iter()
            .find(|model| model.listings.iter().any(|one| one.provider_model_id == *id));
        let request = json!({
            "model": model.unwrap().id, "prompt": "A fox", "duration": 5, "resolution": "720p",
            "image": "https://example.com/fox.png", "video": "https://example.com/fox.mp4",
            "referenceVideos": ["https://example.com/fox.mp4"], "characterOrientation": "video",
        });
        let own = |field: &&Field| listing.param(**field).is_none();
        let others = [
            Field::Image,
            Field::Video,
            Field::ReferenceVideos,
            Field::Resolution,
            Field::CharacterOrientation,
        ];
        let unknown = others.iter().filter(own).map(|field| (field.path().to_owned(), Value::Null));
        let request = with(request, Value::Object(unknown.collect()));

        let quotes = quote(&request, Policy::default());
        let quote = quotes
            .as_array()
            .unwrap()
            .iter()
            .find(|quote| quote["providerModelId"] == **id)
            .unwrap();
        let (basis, reason) = (&quote["basis"], quote["reason"].as_str().unwrap());
        if listing.rates.is_empty() {
            assert_eq!(basis, "unknown", "{quote:#}");
        } else {
            assert!(basis == "estimate" && quote["maxUsd"].is_f64(), "{quote:#}");
            assert!(reason.contains("passes no spending limit"), "{reason}");
        }
        let warnings = quote["warnings"].as_array().unwrap();
        let said = warnings.iter().find(|issue| issue["path"] == "duration").unwrap();
        assert_eq!(said["code"], "ignored", "{said}");

        let only = PlanOptions { providers: Some(vec![listing.provider]), ..options(i64::MAX) };
        let refused = plan(&request, &only, Policy::default()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::BudgetExceeded, "{id}");
        let allowed = PlanOptions { allow_unknown_cost: true, ..only };
        let fit = plan(&request, &allowed, Policy::default()).unwrap().remove(0);
        assert!(!fit.prepared.unwrap().body.to_string().contains("duration"), "{id}");
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn a_price_of_others_comes_after_any_that_a_provider_published() {
    let models = json!([
        priced("rumor", 0.000_001, of_others()),
        priced("known", 9.0, None),
        priced("rumor-too", 0.5, of_others()),
    ]);
    let catalog = Catalog::read(&models).unwrap();
    let policy = Policy { allow_private_hosts: false, catalog: &catalog };
    let quotes = quote(&json!({ "prompt": "A fox", "duration": 5 }), policy);
    let place = |id: &str| {
        quotes.as_array().unwrap().iter().position(|quote| quote["model"] == id).unwrap()
    };
    let first_unknown = quotes.as_array().unwrap().iter().position(|one| one["basis"] == "unknown");
    assert!(place("known") < place("rumor"));
    assert!(place("rumor") < place("rumor-too"));
    assert!(first_unknown.is_none_or(|unknown| place("rumor-too") < unknown));
}

#[test]
fn a_quote_names_the_document_of_its_price_and_the_day() {
    let quotes = quote(&runpod_request(), Policy::default());
    for quote in quotes.as_array().unwrap() {
        let evidence = &quote["evidence"];
        assert!(evidence["source"].as_str().unwrap().starts_with("https://"), "{quote:#}");
        assert_eq!(evidence["date"].as_str().unwrap().len(), 10);
        assert_eq!(evidence["firstParty"], true);
    }
    let unknown = quote(
        &json!({ "model": "kling-2.6-pro", "prompt": "A fox", "duration": 5 }),
        Policy::default(),
    );
    assert_eq!(unknown[0]["basis"], "unknown");
    assert_eq!(unknown[0].get("evidence"), None, "there is no price that could be from there");
}

#[test]
fn the_callers_order_overrides_the_price() {
    let both = PlanOptions { providers: Some(vec![Runware, Runpod]), max_cost: None, ..options(0) };
    assert_eq!(planned(&runpod_request(), &both), Ok(vec![Runware, Runpod]));
    let keyed = PlanOptions { available_providers: vec![Runware], ..both.clone() };
    assert_eq!(planned(&runpod_request(), &keyed), Ok(vec![Runware]));
    let keyless = PlanOptions { available_providers: Vec::new(), ..both };
    assert_eq!(planned(&runpod_request(), &keyless), Err(ErrorCode::MissingApiKey));
}

#[test]
fn a_plan_error_always_has_a_reason() {
    // The requested provider does not offer the requested model.
    let raw = json!({ "model": "runware:sim:echo@1", "input": {} });
    let runpod = PlanOptions { providers: Some(vec![Runpod]), max_cost: None, ..options(0) };
    let refusal = plan(&raw, &runpod, Policy::default()).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::InvalidRequest);
    assert_eq!(refusal.issues.len(), 1);
    assert_eq!(refusal.issues[0].1.path, "model");
}

#[test]
fn options_are_parsed_or_rejected() {
    let read = |options: Value| PlanOptions::read(&options);
    let good = read(json!({ "provider": ["runware", "runpod"], "maxCostUsd": 2.5 })).unwrap();
    assert_eq!(good.providers, Some(vec![Runware, Runpod]));
    assert_eq!(good.max_cost, Some(Usd(2_500_000)));
    assert_eq!(read(json!({ "provider": "cheapest" })).unwrap().providers, None);
    assert_eq!(read(json!({ "provider": "runpod" })).unwrap().providers, Some(vec![Runpod]));
    assert_eq!(read(json!({})).unwrap().max_cost, None);
    for wrong in [
        json!({ "provider": "fal" }),
        json!({ "provider": [] }),
        json!({ "provider": ["runpod", "fal"] }),
        json!({ "provider": 5 }),
        json!({ "maxCostUsd": "2.5" }),
        json!({ "maxCostUsd": -1 }),
        json!({ "maxCostUsd": { "\u{0}unreadable": "not_finite" } }),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn the_next_provider_gets_its_own_id() {
    let own = "0b0b0b0b-0000-4000-8000-00000000000a";
    let request = with(runpod_request(), json!({ "taskUUID": own }));
    let both = PlanOptions { max_cost: None, ..options(0) };
    let limits = crate::common::LIMITS;
    for fit in plan(&request, &both, Policy::default()).unwrap() {
        let provider = fit.provider;
        let job = filmgate::plan::start(0, fit, crate::common::UUID, limits).unwrap();
        let named = if provider == Runware { own } else { crate::common::UUID };
        assert_eq!(job.handle.id, named, "{provider}");
    }
}
