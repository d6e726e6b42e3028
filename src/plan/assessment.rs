//! `validate` and `quote` of one request, in one pass over its listings.

use super::{Reading, ranked, read};
use crate::catalog::Evidence;
use crate::codec::Codec;
use crate::issue::{Issue, any_error};
use crate::json::Value;
use crate::money::{Usd, dollars};
use crate::quote::{LineItem, Price};
use crate::request::{Candidate, Detail, Policy};

/// The results of `validate` and `quote` as lists, whose places `pkg/src/core/assessment.ts` names: half of the time of a
/// call would be names. What is absent is null.
///
/// - the whole: `[issues, listings, quotes]`
/// - an issue: `[severity, path, code, message, allowed, min, max, fix]`
/// - a listing: `[provider, model, providerModelId, ok, issues]`
/// - a quote, in the order of `quote`: `[index of its listing]` if that does not accept the request, or
///   `[index, basis, minUsd, maxUsd, lineItems, reason, evidence]`
/// - a line item: `[description, minUsd, maxUsd]`
/// - the evidence: `[source, date, firstParty]`
pub(crate) fn assess(raw: &Value, policy: Policy<'_>) -> Value {
    let Reading { issues, fits } = read(raw, policy, Detail::Issues);
    let broken = any_error(&issues);
    let order = if broken { (0..fits.len()).collect() } else { ranked(&fits, &[]) };
    let listings = fits.iter().map(|fit| listing(fit, broken)).collect();
    let quote = |at: usize| Some(quote(at, fits.get(at)?, broken));
    let quotes = order.into_iter().filter_map(quote).collect();
    Value::Array(vec![list(&issues, issue), listings, quotes])
}

fn list<T>(items: &[T], write: fn(&T) -> Value) -> Value {
    items.iter().map(write).collect()
}

fn issue(issue: &Issue) -> Value {
    Value::Array(vec![
        issue.severity.as_str().into(),
        issue.path.as_str().into(),
        issue.code.as_str().into(),
        issue.message.as_str().into(),
        issue.allowed.write(),
        issue.min.write(),
        issue.max.write(),
        issue.fix.write(),
    ])
}

fn listing(fit: &Candidate, broken: bool) -> Value {
    Value::Array(vec![
        fit.provider.as_str().into(),
        fit.model.as_str().into(),
        fit.provider_model_id.as_str().into(),
        (!broken && fit.prepared.is_some()).into(),
        list(&fit.issues, issue),
    ])
}

fn quote(at: usize, fit: &Candidate, broken: bool) -> Value {
    let mut places = vec![at.into()];
    if let Some(order) = fit.prepared.as_ref().filter(|_| !broken) {
        push_price(&mut places, &order.quote);
    }
    Value::Array(places)
}

fn push_price(places: &mut Vec<Value>, price: &Price) {
    let (min, max) = price.total.unzip();
    places.push(price.basis.as_str().into());
    places.push(dollars(min));
    places.push(dollars(max));
    places.push(list(&price.line_items, line_item));
    places.push(price.reason.as_deref().into());
    places.push(price.evidence.as_deref().map_or(Value::Null, evidence));
}

fn line_item(item: &LineItem) -> Value {
    let usd = |amount: Usd| dollars(Some(amount));
    Value::Array(vec![item.description.as_str().into(), usd(item.min), usd(item.max)])
}

fn evidence(evidence: &Evidence) -> Value {
    Value::Array(vec![
        evidence.source.as_ref().into(),
        evidence.date.as_ref().into(),
        evidence.first_party.into(),
    ])
}
