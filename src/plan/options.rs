//! The caller's options for a submit.

use crate::issue::{Code, Issue};
use crate::json::Value;
use crate::money::Usd;
use crate::near;
use crate::provider::ProviderId;

/// The caller's options for a submit.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The providers to try, in this order. `None`: the cheapest first.
    pub providers: Option<Vec<ProviderId>>,
    /// The providers that the caller has an API key for.
    pub available_providers: Vec<ProviderId>,
    /// The maximum for the upper bound of a quote.
    pub max_cost: Option<Usd>,
    /// Whether listings of unknown price are allowed despite `max_cost`.
    pub allow_unknown_cost: bool,
}

/// The issue of an unknown provider, with the one that it resembles.
#[inline(never)]
fn unknown_provider(raw: &Value) -> Box<Issue> {
    let names = ["runpod", "runware", "cheapest"];
    let near = |name: &Value| Some(near::nearest(name.as_str()?, &mut names.into_iter())?.1.into());
    let meant: Option<Value> = match &raw["provider"] {
        Value::Array(items) if !items.is_empty() => items.iter().map(near).collect(),
        name => near(name),
    };
    let message = "`provider` must be a provider, a list of providers, or `cheapest`.";
    let issue = Issue::error("provider", Code::InvalidValue, message)
        .allowed(names.map(Value::from).to_vec());
    match meant {
        Some(meant) => issue.suggest_set("provider", meant),
        None => issue,
    }
}

impl PlanOptions {
    /// Reads `{ provider, availableProviders, maxCostUsd, allowUnknownCost }`.
    pub fn read(raw: &Value) -> Result<Self, Box<Issue>> {
        let by_name = |value: &Value| ProviderId::named(value.as_str()?);
        let list = |items: &Vec<Value>| items.iter().map(by_name).collect::<Option<Vec<_>>>();
        let providers = match raw.get("provider") {
            None | Some(Value::Null) => None,
            Some(Value::String(word)) if word == "cheapest" => None,
            Some(Value::Array(items)) if !items.is_empty() => Some(list(items).ok_or(())),
            Some(name) => Some(by_name(name).map(|provider| vec![provider]).ok_or(())),
        };
        let providers = providers.transpose().map_err(|()| unknown_provider(raw))?;
        let max_cost = match raw.get("maxCostUsd") {
            None | Some(Value::Null) => None,
            Some(limit) => Some(limit.as_f64().and_then(Usd::from_limit).ok_or_else(|| {
                let message = "`maxCostUsd` must be an amount in US dollars, for example 2.5.";
                Issue::error("maxCostUsd", Code::InvalidFormat, message)
            })?),
        };
        Ok(PlanOptions {
            providers,
            available_providers: raw
                .get("availableProviders")
                .and_then(Value::as_array)
                .and_then(list)
                .unwrap_or_default(),
            max_cost,
            allow_unknown_cost: raw.get("allowUnknownCost") == Some(&Value::Bool(true)),
        })
    }
}
