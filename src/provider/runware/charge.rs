//! What a response says about money beside no video: `cost: 0`, or "You will not be charged".
//! Source: refusals of the providers behind Runware, in public reports.

use crate::json::Value;

use crate::money::{Usd, read_usd};
use crate::outcome::Charge;
use crate::provider::charge_words::says_not_charged;

/// What the cost beside no video, or the words about it, say; `None` if they say nothing.
pub(super) fn charge(cost: Option<&Value>, words: &str) -> Option<Charge> {
    match cost.and_then(read_usd) {
        Some(Usd(0)) => Some(Charge::None),
        Some(_) => Some(Charge::Unknown),
        None => says_not_charged(words).then_some(Charge::None),
    }
}

/// The same of a row that is said to be finished, but has no video.
pub(super) fn of_finished_row(row: &Value) -> Option<Charge> {
    match row.get("cost").and_then(read_usd)? {
        Usd(0) => Some(Charge::None),
        _ => Some(Charge::Charged),
    }
}

/// What several parts of a response say together. Nothing was charged only if each says so.
pub(super) fn worst(charges: &[Option<Charge>]) -> Option<Charge> {
    let said = |charge| charges.contains(&Some(charge));
    match () {
        () if said(Charge::Charged) => Some(Charge::Charged),
        () if said(Charge::Unknown) => Some(Charge::Unknown),
        () if said(Charge::None) && !charges.contains(&None) => Some(Charge::None),
        () => None,
    }
}
