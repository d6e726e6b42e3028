//! Every listing against the simulated providers, whose tables are independent: they accept the same
//! requests as the client, reject the same, and bill the quote.
pub(crate) mod agreement;
mod unchecked;
mod videos;

use filmgate::catalog::{BUILT_IN, Listing, MODELS};
use filmgate::request::{Candidate, Policy, listings, parse};
use serde_json::Value;

/// Each listing, with its model's id.
fn sold() -> impl Iterator<Item = (&'static str, &'static Listing)> {
    let of = |model: &'static filmgate::catalog::Model| {
        model.listings.iter().map(|listing| (&*model.id, listing))
    };
    MODELS.iter().flat_map(of)
}

/// The result of encoding a request for a listing, with the general issues.
pub(crate) fn fit(provider_model_id: &str, request: &Value) -> Candidate {
    let (parsed, issues) = parse(request, Policy::default());
    let found = listings(&parsed, &BUILT_IN).unwrap();
    let named = found.iter().find(|(_, listing)| listing.provider_model_id == provider_model_id);
    let (model, listing) = named.unwrap();
    let mut fit = parsed.encode_for(model, listing);
    if filmgate::issue::any_error(&issues) {
        fit.prepared = None;
    }
    fit.issues.splice(0..0, issues);
    fit
}
