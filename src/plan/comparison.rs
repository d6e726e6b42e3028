//! The price of a request at every listing of the catalog, in short: a request without a model has a hundred.

use super::{first_error, ranked};
use crate::catalog::Catalog;
use crate::issue::any_error;
use crate::json::Value;
use crate::money::{Basis, Usd};
use crate::request::{Candidate, Detail, NamedListing, Policy, listings, parse};

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

/// Prices a request at every listing of the catalog. It must not name a model.
pub(crate) fn compare(raw: &Value, policy: Policy<'_>) -> Comparison {
    let (request, issues) = parse(raw, policy);
    let mut comparison = Comparison { texts: Vec::new(), rows: Vec::new() };
    let named = listings(&request, policy.catalog).unwrap_or_default();
    comparison.rows.reserve_exact(named.len() * COLUMNS);
    if any_error(&issues) {
        let reason = first_error(&issues).unwrap_or_default();
        (0..named.len()).for_each(|at| comparison.push_unavailable(at, reason));
        return comparison;
    }
    let assess =
        |(model, listing): &NamedListing<'_>| request.assess_for(model, listing, Detail::Price);
    let fits: Vec<Candidate> = named.iter().map(assess).collect();
    for at in ranked(&fits, &[]) {
        fits.get(at).into_iter().for_each(|fit| comparison.push(at, fit));
    }
    comparison
}

impl Comparison {
    fn push(&mut self, at: usize, fit: &Candidate) {
        let Some(order) = &fit.prepared else {
            return self.push_unavailable(at, first_error(&fit.issues).unwrap_or_default());
        };
        let price = &order.quote;
        let (min, max) = price.total.unzip();
        let reason = price.reason.as_deref().filter(|_| price.basis == Basis::Unknown);
        let evidence = price.evidence.as_deref();
        let row = [
            at as f64,
            self.text(price.basis.as_str()),
            micros(min),
            micros(max),
            reason.map_or(NONE, |reason| self.text(reason)),
            evidence.map_or(NONE, |evidence| self.text(&evidence.date)),
            evidence.map_or(NONE, |evidence| f64::from(u8::from(evidence.first_party))),
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
