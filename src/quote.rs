//! Quotes: the price of a request at a listing, in integer micro-dollars.

use crate::catalog::{Evidence, Listing, Per, Rate, Scalar, Str, When};
use crate::codec::object;
use crate::field::Field;
use crate::issue::Issue;
use crate::json::Value;
use crate::money::{Basis, Usd, dollars};
use crate::provider_id::ProviderId;

/// One item of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineItem {
    /// Such as `8 s at 720p, $0.30 per second`.
    pub description: String,
    /// The lower end.
    pub min: Usd,
    /// The upper end.
    pub max: Usd,
}

impl LineItem {
    /// With amounts in dollars.
    pub(crate) fn to_json(&self) -> Value {
        object! {
            "description": self.description,
            "minUsd" => dollars(Some(self.min)),
            "maxUsd" => dollars(Some(self.max)),
        }
    }
}

/// The price of one listing for a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// How reliable it is.
    pub basis: Basis,
    /// Both ends, lower first; `None` if the price is unknown.
    pub total: Option<(Usd, Usd)>,
    /// The document that the price comes from; `None` if it is unknown, or a caller's.
    pub evidence: Option<Box<Evidence>>,
    /// The items of the total.
    pub line_items: Vec<LineItem>,
    /// Why the basis is not exact.
    pub reason: Option<Str>,
    /// Warnings, which do not prevent a submit.
    pub warnings: Vec<Issue>,
}

/// What a price depends on, as far as the request determines it.
#[derive(Clone, Copy)]
pub(crate) struct PricingContext<'a> {
    /// Seconds; `None` if they are not known.
    pub duration: Option<u32>,
    /// Whether a condition holds; `None` if the request leaves it open.
    pub holds: &'a dyn Fn(&When) -> Option<bool>,
    /// Number of videos.
    pub results: u32,
    /// Whether the request has raw fields, which may change the price.
    pub raw: bool,
    /// Whether the duration is not sent: a file decides it, and the caller only says how long that is.
    pub is_claimed: bool,
    /// Whether the documented prices are certainly for the size. If not, the price is an estimate.
    pub has_size_price: bool,
}

const RAW: Str = Str::Borrowed("The request has raw fields, whose price only the provider knows.");
const NO_RATE: Str = Str::Borrowed("The provider's documentation has no price for this.");
const MEDIA: Str =
    Str::Borrowed("The image or source video determines the resolution, and so the price.");
const EITHER: Str = Str::Borrowed("The documentation does not say which of its prices applies.");
const UNLISTED: Str = Str::Borrowed(
    "The documentation lists no price for this size. This is the price of the nearest one.",
);
const TOO_HIGH: Str =
    Str::Borrowed("The price is more than nine billion dollars, which is too high to calculate.");
const OTHERS: Str = Str::Borrowed(
    "The provider has not published this price: it comes from another source, and passes no spending limit.",
);
/// Of a price, and of a duration that is not sent.
pub(crate) const CLAIMED: &str = "`duration` is not sent: the file decides the length and the price, which passes no spending limit.";
const CLAIMED_REASON: Str = Str::Borrowed(CLAIMED);
const ABOUT: Str = Str::Borrowed(
    "The provider's documentation gives the price as \"about\" or \"from\", or contradicts itself.",
);

impl Price {
    /// An unknown price, with a reason.
    pub(crate) fn unknown(reason: impl Into<Str>) -> Self {
        Price {
            basis: Basis::Unknown,
            total: None,
            evidence: None,
            line_items: Vec::new(),
            reason: Some(reason.into()),
            warnings: Vec::new(),
        }
    }

    /// Its place among prices.
    pub(crate) fn rank(&self, provider: ProviderId) -> Rank {
        rank(self.total, self.published(), provider)
    }

    /// Both ends, as far as a limit may rely on them: `None` if the provider has not published the price.
    pub fn published(&self) -> Option<(Usd, Usd)> {
        self.total.filter(|_| self.evidence.as_ref().is_none_or(|evidence| evidence.first_party))
    }
}

/// The price of a request at a listing, as far as it is compared with others. Nothing of the listing is copied.
pub(crate) struct Rated<'a> {
    /// As in [`Price`].
    pub(crate) basis: Basis,
    /// As in [`Price`].
    pub(crate) total: Option<(Usd, Usd)>,
    /// As in [`Price`], except for [`Rated::first_party`].
    pub(crate) evidence: Option<&'a Evidence>,
    /// Whether the provider has published this price, and not only one for another length.
    pub(crate) first_party: bool,
    /// As in [`Price`].
    pub(crate) reason: Option<&'a Str>,
    /// The rates of both ends.
    ends: Option<(Priced<'a>, Priced<'a>)>,
}

impl<'a> Rated<'a> {
    fn unknown(reason: &'a Str) -> Self {
        Rated {
            basis: Basis::Unknown,
            total: None,
            evidence: None,
            first_party: false,
            reason: Some(reason),
            ends: None,
        }
    }

    /// The price of a request at a listing, from the listing's prices.
    pub(crate) fn new(listing: &'a Listing, context: &PricingContext<'_>) -> Self {
        if context.raw {
            return Rated::unknown(&RAW);
        }
        let applicable = applicable(&listing.rates, context);
        let ends = Some((
            applicable.iter().min_by_key(|(_, price)| *price),
            applicable.iter().max_by_key(|(_, price)| *price),
        ));
        let Some((Some(low), Some(high))) =
            ends.filter(|_| is_covered(listing, &applicable, context))
        else {
            return Rated::unknown(listing.no_price_reason.as_ref().unwrap_or(&NO_RATE));
        };
        let one = (low.1, high.1);
        let total = (one.0.times(context.results), one.1.times(context.results));
        if total.1.exact().is_none() {
            return Rated::unknown(&TOO_HIGH);
        }
        // One that is not the provider's makes the whole an estimate.
        let others = [low.0, high.0].into_iter().find(|rate| !listing.is_first_party(rate));
        let evidence = listing.evidence_of(others.unwrap_or(high.0));
        let is_claimed = context.is_claimed && high.0.per != Per::Video;
        if is_claimed && evidence.is_none() {
            return Rated::unknown(&CLAIMED_REASON);
        }
        let (basis, reason) = match high.0.basis {
            _ if others.is_some() => (Basis::Estimate, Some(&OTHERS)),
            _ if is_claimed => (Basis::Estimate, Some(&CLAIMED_REASON)),
            Basis::Exact if !context.has_size_price => (Basis::Estimate, Some(&UNLISTED)),
            Basis::Exact if total.0 == total.1 => (Basis::Exact, None),
            Basis::Exact if resolution_of(low.0) != resolution_of(high.0) => {
                (Basis::Range, Some(&MEDIA))
            }
            Basis::Exact => (Basis::Range, Some(&EITHER)),
            Basis::Custom => (Basis::Custom, None),
            _ => (Basis::Estimate, Some(&ABOUT)),
        };
        Rated {
            basis,
            total: Some(total),
            evidence,
            first_party: others.is_none() && !is_claimed,
            reason,
            ends: Some((*low, *high)),
        }
    }

    /// With the items of the total.
    pub(crate) fn with_items(self, context: &PricingContext<'_>) -> Price {
        Price {
            basis: self.basis,
            total: self.total,
            evidence: self.evidence.map(|evidence| {
                Box::new(Evidence { first_party: self.first_party, ..evidence.clone() })
            }),
            line_items: self.ends.map(|ends| line_items(ends, context)).unwrap_or_default(),
            reason: self.reason.cloned(),
            warnings: Vec::new(),
        }
    }

    /// Its place among prices.
    pub(crate) fn rank(&self, provider: ProviderId) -> Rank {
        rank(self.total, self.total.filter(|_| self.first_party), provider)
    }
}

/// One video, and the others.
fn line_items(
    (low, high): (Priced<'_>, Priced<'_>),
    context: &PricingContext<'_>,
) -> Vec<LineItem> {
    let mut items = vec![LineItem {
        description: description(low.0, high.0, context),
        min: low.1,
        max: high.1,
    }];
    if context.results > 1 {
        let more = context.results - 1;
        items.push(LineItem {
            description: format!("{more} more of the same"),
            min: low.1.times(more),
            max: high.1.times(more),
        });
    }
    items
}

/// A rate that may apply, with the price of one video.
type Priced<'a> = (&'a Rate, Usd);

fn applicable<'a>(rates: &'a [Rate], context: &PricingContext<'_>) -> Vec<Priced<'a>> {
    let fits = |rate: &&Rate| {
        let mut when = rate.when.iter();
        when.all(|when| (context.holds)(when) != Some(false))
    };
    let priced = |rate: &'a Rate| Some((rate, rate.price(context.duration)?));
    rates.iter().filter(fits).filter_map(priced).collect()
}

/// Whether every possible value of what the request leaves open has a price. If only some have one, the
/// price is unknown.
fn is_covered(listing: &Listing, applicable: &[Priced<'_>], context: &PricingContext<'_>) -> bool {
    let has_price = |open: &When| match open {
        When::Is(field, _) if (context.holds)(open).is_none() => {
            listing.values(*field).iter().all(|value| {
                let may_be = |when: &When| match when {
                    When::Is(other, own) => other != field || own == value,
                    When::Given(..) => true,
                };
                applicable.iter().any(|(rate, _)| rate.when.iter().all(may_be))
            })
        }
        _ => true,
    };
    applicable.iter().all(|(rate, _)| rate.when.iter().all(has_price))
}

impl Rate {
    /// The price of one video of this duration.
    fn price(&self, seconds: Option<u32>) -> Option<Usd> {
        let count = match self.per {
            Per::Video => 1,
            Per::Second => seconds?,
            Per::Block => seconds?.div_ceil(self.block.filter(|block| *block > 0)?),
        };
        Some(self.amount.times(count))
    }
}

fn resolution_of(rate: &Rate) -> Option<&str> {
    rate.when.iter().find_map(|when| match when {
        When::Is(Field::Resolution, Scalar::Text(word)) => Some(word.as_ref()),
        _ => None,
    })
}

fn description(low: &Rate, high: &Rate, context: &PricingContext<'_>) -> String {
    let resolution = match (resolution_of(low), resolution_of(high)) {
        (Some(low), Some(high)) if low == high => format!(" at {low}"),
        (Some(low), Some(high)) => format!(" at {low} to {high}"),
        _ => String::new(),
    };
    let amount = if low.amount == high.amount {
        low.amount.to_string()
    } else {
        format!("{} to {}", low.amount, high.amount)
    };
    let seconds = context.duration.map(|seconds| format!("{seconds} s"));
    let what = seconds.unwrap_or_else(|| "1 video".to_owned());
    match (low.per, low.block) {
        (Per::Second, _) => format!("{what}{resolution}, {amount} per second"),
        (Per::Block, Some(block)) => {
            format!("{what}{resolution}, {amount} per started {block} s")
        }
        _ => format!("{what}{resolution}, {amount} per video"),
    }
}

/// Orders prices: the lowest upper end first, then prices that the provider has not published, unknown ones last. Ties go
/// to the provider that can reconcile a submit whose response was lost.
pub(crate) type Rank = (Usd, Usd, bool);

fn rank(total: Option<(Usd, Usd)>, published: Option<(Usd, Usd)>, provider: ProviderId) -> Rank {
    let upper = |ends: Option<(Usd, Usd)>| ends.map_or(Usd(i64::MAX), |(_, upper)| upper);
    (upper(published), upper(total), !provider.supports_idempotency())
}
