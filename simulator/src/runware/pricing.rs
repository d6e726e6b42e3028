//! Runware's public prices, `/content/models/{AIR or slug}/pricing`: no key, and readable by pages.
//!
//! The fields are those that Runware's SDK reads. No document shows the words of a label: these are the conditions of
//! the price, separated by commas. A condition that is off by default is not named.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::listing::{self, PublishedRate};
use crate::money::usd;

/// Whether a path is that of a model's prices.
pub(crate) fn is_pricing(path: &str) -> bool {
    path.starts_with("/content/models/")
}

/// The prices of a model; 404 if there are none.
pub(crate) fn respond(request: &Request) -> Response {
    let id = request.path.strip_prefix("/content/models/");
    let id = id.and_then(|rest| rest.strip_suffix("/pricing")).map(decoded);
    let listing = id.as_deref().and_then(listing::find_runware);
    match listing {
        Some(listing) if request.method == "GET" => {
            let rates: Vec<Value> = listing.published_rates().map(|rate| to_json(&rate)).collect();
            let body = json!({
                "model": listing.page,
                "air": listing.id,
                "status": "live",
                "pricingRates": rates,
                "pricingExamples": [],
            });
            Response::json(200, &body)
        }
        _ => Response::json(404, &json!({ "error": "Not Found" })),
    }
}

fn to_json(rate: &PublishedRate) -> Value {
    json!({ "amount": usd(rate.micro_usd), "unit": rate.unit, "label": rate.label })
}

/// The characters that an AIR has and a path segment escapes.
fn decoded(segment: &str) -> String {
    segment.replace("%3A", ":").replace("%40", "@").replace("%2F", "/")
}
