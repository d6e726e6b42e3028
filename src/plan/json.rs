//! Results as JSON, with amounts in dollars.

use super::{ListingValidation, ProviderIssue, Quote, ValidationResult};
use crate::codec::{Writer, entries, object};
use crate::issue::Issue;
use crate::json::Value;
use crate::money::dollars;
use crate::provider::ProviderId;
use crate::quote::{LineItem, Price};

fn issues_json(issues: &[Issue], provider: Option<ProviderId>) -> Value {
    let provider = provider.map(ProviderId::as_str);
    issues.iter().map(|issue| issue.to_json(provider)).collect()
}

fn provider_issues_json(issues: &[ProviderIssue]) -> Value {
    let json = |(provider, issue): &ProviderIssue| issue.to_json(provider.map(ProviderId::as_str));
    issues.iter().map(json).collect()
}

impl ValidationResult {
    /// `{ ok, issues, listings: [{ provider, model, providerModelId, ok, issues }] }`.
    pub(crate) fn to_json(&self) -> Value {
        let listing = |listing: &ListingValidation| {
            object! {
                "provider": listing.provider,
                "model": listing.model,
                "providerModelId": listing.provider_model_id,
                "ok": listing.ok,
                "issues" => issues_json(&listing.issues, Some(listing.provider)),
            }
        };
        object! {
            "ok": self.ok,
            "issues" => issues_json(&self.issues, None),
            "listings" => self.listings.iter().map(listing).collect(),
        }
    }
}

impl Quote {
    /// JSON with amounts in dollars.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Writer::new();
        entries!(object
            "available": self.price.is_ok(),
            "provider": self.provider,
            "model": self.model,
            "providerModelId": self.provider_model_id,
        );
        match &self.price {
            Ok(price) => {
                put_price(&mut object, price);
                object.set("warnings", issues_json(&price.warnings, Some(self.provider)));
            }
            Err(issues) => object.set("issues", provider_issues_json(issues)),
        }
        object.end()
    }
}

/// The fields of a quote that come from its price.
fn put_price(object: &mut Writer, price: &Price) {
    let (min, max) = price.total.unzip();
    let lines = || price.line_items.iter().map(LineItem::to_json).collect();
    entries!(object
        "basis": price.basis,
        "minUsd" => dollars(min),
        "maxUsd" => dollars(max),
        "totalUsd" => dollars(max.filter(|max| min == Some(*max))),
        "lineItems" => price.total.map_or(Value::Null, |_| lines()),
        "reason" => price.reason.as_deref().into(),
        "evidence": price.evidence,
    );
}
