//! Prices of a listing, and the conditions of each.

use super::{Evidence, List, When};
use crate::codec::string_enum;
use crate::money::{Basis, Usd};

/// A price and its conditions. A price without conditions always applies.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// In micro-dollars.
    pub amount: Usd,
    /// The unit.
    pub per: Per,
    /// Seconds of a block, if the unit is a block.
    pub block: Option<u32>,
    /// Its conditions; all must hold.
    pub when: List<When>,
    /// Exact, or an estimate if the documentation says "about" or "from" or is not the provider's; custom for a
    /// caller's price.
    pub basis: Basis,
    /// The document that it comes from, if it is not the listing's.
    pub evidence: Option<Evidence>,
}

/// The unit of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Each second of each video.
    Second,
    /// Each started block of seconds of each video.
    Block,
    /// Each video.
    Video,
}

string_enum!(Per {
    Second = "second",
    Block = "block",
    Video = "video",
});
