//! The price of a request at every listing of the catalog, in short: a request without a model has a hundred.

use super::{Place, first_error, ordered, place};
use crate::catalog::{Catalog, Listing};
use crate::issue::any_error;
use crate::json::Value;
use crate::money::{Basis, Usd};
use crate::quote::Rated;
use crate::request::{Policy, parse};

/// The numbers of one listing: see [`Comparison::rows`].
const COLUMNS: usize = 7;
/// In place of a number that a listing does not have.
const NONE: f64 = -1.0;

/// What `quote` returns for a request without a model, with each text once.
pub(crate) struct Comparison {
    /// The texts that rows refer to by their index.
    pub(crate) texts: Vec<String>,
    /// Seven numbers for each listing, in the order of `quote`: its index in [`listing_refs`]; the index of its basis, or
    /// -1 if it does not accept the request; the lower and the upper end in micro-dollars; the index of the reason, which
    /// an unknown price and an unavailable listing have; the index of the day of the price; and whether the provider
    /// published it. What is absent is -1.
    pub(crate) rows: Vec<f64>,
}

/// Prices a request at every listing of the catalog, whatever model it names.
pub(crate) fn compare(raw: &Value, policy: Policy<'_>) -> Comparison {
    let (request, issues) = parse(raw, policy);
    let mut comparison = Comparison { texts: Vec::new(), rows: Vec::new() };
    let listings: Vec<&Listing> = policy.catalog.listings().collect();
    comparison.rows.reserve_exact(listings.len() * COLUMNS);
    if any_error(&issues) {
        let reason = first_error(&issues).unwrap_or_default();
        (0..listings.len()).for_each(|at| comparison.push_unavailable(at, reason));
        return comparison;
    }
    let prices: Vec<_> = listings.iter().map(|listing| request.price_at(listing)).collect();
    let places: Vec<Place> = prices
        .iter()
        .zip(&listings)
        .map(|(price, listing)| {
            place(0, price.as_ref().ok().map(|price| price.rank(listing.provider)))
        })
        .collect();
    for at in ordered(&places) {
        match prices.get(at) {
            Some(Ok(price)) => comparison.push(at, price),
            Some(Err(reason)) => comparison.push_unavailable(at, reason),
            None => {}
        }
    }
    comparison
}

impl Comparison {
    fn push(&mut self, at: usize, price: &Rated<'_>) {
        let (min, max) = price.total.unzip();
        let reason = price.reason.filter(|_| price.basis == Basis::Unknown);
        let row = [
            at as f64,
            self.text(price.basis.as_str()),
            micros(min),
            micros(max),
            reason.map_or(NONE, |reason| self.text(reason)),
            price.evidence.map_or(NONE, |evidence| self.text(&evidence.date)),
            price.evidence.map_or(NONE, |_| f64::from(u8::from(price.first_party))),
        ];
        self.rows.extend(row);
    }

    fn push_unavailable(&mut self, at: usize, reason: &str) {
        let reason = self.text(reason);
        self.rows.extend([at as f64, NONE, NONE, NONE, reason, NONE, NONE]);
    }

    /// The index of a text, which is added if it is new.
    fn text(&mut self, text: &str) -> f64 {
        let known = self.texts.iter().position(|known| known == text);
        let at = known.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        at as f64
    }
}

fn micros(amount: Option<Usd>) -> f64 {
    amount.map_or(NONE, |amount| amount.0 as f64)
}

/// Provider, model and the provider's id of every listing, in the order of the catalog.
pub(crate) fn listing_refs(catalog: &Catalog) -> Value {
    let mut refs: Vec<Value> = Vec::new();
    for model in catalog.models() {
        for listing in model.listings.iter() {
            refs.push(listing.provider.as_str().into());
            refs.push(model.id.as_ref().into());
            refs.push(listing.provider_model_id.as_ref().into());
        }
    }
    Value::Array(refs)
}
