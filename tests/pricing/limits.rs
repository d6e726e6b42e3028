//! The caller's options: a limit, an order of providers, keys.

use filmgate::error::ErrorCode;
use filmgate::money::Usd;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::Policy;
use filmgate::untyped::plan;
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
