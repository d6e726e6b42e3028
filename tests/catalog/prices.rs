//! Every amount that the providers publish, and those that others copied from them, to the micro-dollar.

use filmgate::catalog::MODELS;
use filmgate::error::ErrorCode;
use filmgate::money::Usd;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId;
use filmgate::request::Policy;
use filmgate::untyped::{plan, quote};
use serde_json::{Value, json};

/// A request, its price at a listing, and the document that has it. `firstParty: false`: not the provider's own, or for
/// a length that only the request claims.
const PRICES: &str = include_str!("prices.json");

fn prices() -> Vec<Value> {
    serde_json::from_str(PRICES).unwrap()
}

/// The quote of the case's listing.
fn quoted(case: &Value) -> Value {
    let quotes = quote(&case["request"], Policy::default());
    let mut quotes = quotes.as_array().unwrap().iter();
    let own = quotes.find(|quote| quote["providerModelId"] == case["providerModelId"]);
    own.unwrap_or_else(|| panic!("no such listing: {case}")).clone()
}

fn micros(dollars: &Value) -> Option<i64> {
    Some(Usd::from_f64(dollars.as_f64()?).unwrap().0)
}

#[test]
fn each_documented_amount_is_reproduced() {
    let mut wrong = Vec::new();
    for case in prices() {
        let quote = quoted(&case);
        let amount = case["microUsd"].as_i64();
        let is_same = quote["available"] == true
            && (micros(&quote["minUsd"]), micros(&quote["maxUsd"])) == (amount, amount)
            && quote["basis"] == case["basis"]
            && quote["evidence"]["firstParty"] == case["firstParty"];
        if !is_same {
            wrong.push(format!("{case}\n  {quote}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_listing_with_a_price_has_a_documented_amount() {
    let prices = prices();
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        let is_own = |case: &Value| case["providerModelId"] == *listing.provider_model_id;
        let is_documented = prices.iter().any(is_own);
        assert_eq!(is_documented, !listing.rates.is_empty(), "{}", listing.provider_model_id);
    }
}

/// Without `allowUnknownCost`, as an unknown price.
#[test]
fn an_amount_of_others_passes_no_limit() {
    let mut options = PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        max_cost: Some(Usd(1_000_000_000)),
        ..PlanOptions::default()
    };
    let request =
        json!({ "model": "seedance-2.5", "prompt": "A fox", "duration": 5, "resolution": "720p" });
    let refused = plan(&request, &options, Policy::default()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::BudgetExceeded);
    options.allow_unknown_cost = true;
    assert_eq!(plan(&request, &options, Policy::default()).unwrap().len(), 1);
}
