//! What a listing asks for a request.

use crate::catalog::{Listing, Per, Rate, Scalar, Str, When};
use crate::field::Field;
use crate::issue::Issue;
pub(crate) use crate::money::dollars;
pub use crate::money::{Basis, Usd};
use crate::provider_id::ProviderId;

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineItem {
    /// Such as `8 s at $0.30 a second`.
    pub description: String,
    /// The line's lower end.
    pub min: Usd,
    /// The line's upper end.
    pub max: Usd,
}

/// The price of one listing for a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// How far it can be relied on.
    pub basis: Basis,
    /// Both ends, lower first; `None` where the price is unknown.
    pub total: Option<(Usd, Usd)>,
    /// What the total is made of.
    pub line_items: Vec<LineItem>,
    /// Why the basis is not exact.
    pub reason: Option<Str>,
    /// What the caller should know and may ignore.
    pub warnings: Vec<Issue>,
}

/// What a price may vary by, as far as the request tells.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Seconds; `None` where it is not known yet.
    pub duration: Option<u32>,
    /// Whether something holds; `None` where the request leaves it open.
    pub holds: &'a dyn Fn(&When) -> Option<bool>,
    /// Videos ordered.
    pub results: u32,
    /// The request carries raw fields, which may change the price.
    pub raw: bool,
}

const RAW: &str = "Raw fields are sent along, and nobody but the provider knows what they cost.";
const NO_RATE: &str = "The provider's documents give no price for this.";
const PICTURE: &str = "Nothing sent fixes the resolution: the picture or the source video decides.";
const EITHER: &str = "The documents do not say which of their prices holds for this.";
const ABOUT: &str =
    "The provider's documents give the price with \"about\" or \"from\", or disagree.";

impl Price {
    /// No price, for the reason given.
    pub(crate) fn unknown(reason: impl Into<Str>) -> Self {
        Price {
            basis: Basis::Unknown,
            total: None,
            line_items: Vec::new(),
            reason: Some(reason.into()),
            warnings: Vec::new(),
        }
    }

    /// The price of what a listing is asked for, from its row's rates.
    pub fn new(listing: &Listing, facts: &Facts<'_>) -> Self {
        if facts.raw {
            return Price::unknown(RAW);
        }
        let fitting = fitting(&listing.rates, facts);
        let ends = Some((
            fitting.iter().min_by_key(|(_, price)| *price),
            fitting.iter().max_by_key(|(_, price)| *price),
        ));
        let Some((Some(low), Some(high))) = ends.filter(|_| is_covered(listing, &fitting, facts))
        else {
            return Price::unknown(listing.no_price_reason.clone().unwrap_or(NO_RATE.into()));
        };
        let one = (low.1, high.1);
        let total = (one.0.times(facts.results), one.1.times(facts.results));
        let mut line_items = vec![LineItem {
            description: label(low.0, high.0, facts),
            min: one.0,
            max: one.1,
        }];
        if facts.results > 1 {
            let more = facts.results - 1;
            line_items.push(LineItem {
                description: format!("{more} more of the same"),
                min: one.0.times(more),
                max: one.1.times(more),
            });
        }
        let (basis, reason) = match high.0.basis {
            Basis::Exact if total.0 == total.1 => (Basis::Exact, None),
            Basis::Exact if resolution_of(low.0) != resolution_of(high.0) => {
                (Basis::Range, Some(PICTURE))
            }
            Basis::Exact => (Basis::Range, Some(EITHER)),
            Basis::Custom => (Basis::Custom, None),
            _ => (Basis::Estimate, Some(ABOUT)),
        };
        Price {
            basis,
            total: Some(total),
            line_items,
            reason: reason.map(Str::from),
            warnings: Vec::new(),
        }
    }
}

/// A rate that the facts allow, with the price of one video.
type Priced<'a> = (&'a Rate, Usd);

fn fitting<'a>(rates: &'a [Rate], facts: &Facts<'_>) -> Vec<Priced<'a>> {
    let fits = |rate: &&Rate| {
        let mut when = rate.when.iter();
        when.all(|when| (facts.holds)(when) != Some(false))
    };
    let priced = |rate: &'a Rate| Some((rate, rate.price(facts.duration)?));
    rates.iter().filter(fits).filter_map(priced).collect()
}

/// Whether there is a price for each way in which what is open may turn out: a price for some of them
/// is no price.
fn is_covered(listing: &Listing, fitting: &[Priced<'_>], facts: &Facts<'_>) -> bool {
    let mut conditions = fitting.iter().flat_map(|(rate, _)| rate.when.iter());
    conditions.all(|open| match open {
        When::Is(field, _) if (facts.holds)(open).is_none() => {
            listing.values(*field).iter().all(|value| {
                let may_be = |when: &When| match when {
                    When::Is(other, own) => other != field || own == value,
                    When::Given(..) => true,
                };
                fitting.iter().any(|(rate, _)| rate.when.iter().all(may_be))
            })
        }
        _ => true,
    })
}

impl Rate {
    /// The price of one video of so many seconds.
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

fn label(low: &Rate, high: &Rate, facts: &Facts<'_>) -> String {
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
    let seconds = facts.duration.map(|seconds| format!("{seconds} s"));
    let what = seconds.unwrap_or_else(|| "a video".to_owned());
    match (low.per, low.block) {
        (Per::Second, _) => format!("{what}{resolution}, {amount} a second"),
        (Per::Block, Some(block)) => {
            format!("{what}{resolution}, {amount} for each started {block} s")
        }
        _ => format!("{what}{resolution}, {amount} a video"),
    }
}

/// The order of quotes: the lowest upper end first, unknown prices last. Ties go to the provider
/// that can settle a submit whose answer was lost.
pub fn cheapest_first(a: (&Price, ProviderId), b: (&Price, ProviderId)) -> std::cmp::Ordering {
    let key = |(quote, provider): (&Price, ProviderId)| {
        let upper = quote.total.map_or(Usd(i64::MAX), |(_, upper)| upper);
        (upper, !provider.supports_idempotency())
    };
    key(a).cmp(&key(b))
}
