//! What a listing costs, and what that varies by.

use super::{List, When};
use crate::codec::string_enum;
use crate::money::{Basis, Usd};

/// A price, and what it holds for. One without conditions holds for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// In micro-dollars.
    pub amount: Usd,
    /// What is counted.
    pub per: Per,
    /// Seconds of a started block, where blocks are counted.
    pub block: Option<u32>,
    /// What must hold for it.
    pub when: List<When>,
    /// What it is worth: exact, or approximate where the documents say "about" or "from".
    pub basis: Basis,
}

/// What a rate counts.
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
