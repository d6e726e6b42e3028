//! `validate`, `quote` and `plan` for a request that is any JSON, with results as JSON. The WebAssembly module returns
//! these, and the tests compare them. Not part of the crate's API.

use crate::catalog::Catalog;
use crate::json::Value;
use crate::plan::{self, Comparison, PlanError, PlanOptions, Quote};
use crate::request::{Candidate, Policy};

/// [`plan::validate`] as `{ ok, issues, listings: [{ provider, model, providerModelId, ok, issues }] }`.
pub fn validate(raw: &Value, policy: Policy<'_>) -> Value {
    plan::validate_value(raw, policy).to_json()
}

/// [`plan::quote`] as a list, with amounts in dollars.
pub fn quote(raw: &Value, policy: Policy<'_>) -> Value {
    let quotes = plan::quote_value(raw, policy);
    quotes.iter().map(Quote::to_json).collect()
}

/// [`validate`] and [`quote`] in one pass, as lists with fixed places.
pub fn assess(raw: &Value, policy: Policy<'_>) -> Value {
    plan::assess(raw, policy)
}

/// [`quote`] in short, for a request without a model: `[texts, rows]`.
pub fn compare(raw: &Value, policy: Policy<'_>) -> (Vec<String>, Vec<f64>) {
    let Comparison { texts, rows } = plan::compare(raw, policy);
    (texts, rows)
}

/// Provider, model and the provider's id of each listing, which rows of [`compare`] refer to.
pub fn listing_refs(catalog: &Catalog) -> Value {
    plan::listing_refs(catalog)
}

/// [`plan::plan`].
///
/// # Errors
///
/// Those of [`plan::plan`].
pub fn plan(
    raw: &Value,
    options: &PlanOptions,
    policy: Policy<'_>,
) -> Result<Vec<Candidate>, PlanError> {
    plan::plan_value(raw, options, policy)
}
