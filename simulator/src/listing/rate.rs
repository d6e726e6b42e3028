//! What a film costs, in millionths of a dollar.

use super::Given;

/// A line of a price table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    micro_usd: u64,
    per: Per,
    pub(super) when: &'static [When],
}

#[derive(Debug, Clone, Copy)]
enum Per {
    Second,
    Video,
    /// So many seconds, of which the last block may not be full.
    Block(u32),
}

/// When a line holds. A flag that nobody set, and whose default is not documented, may be either.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Tier(&'static str),
    Seconds(u32),
    On(&'static str),
    Off(&'static str),
    Given(&'static str),
}

pub(super) const fn second(micro_usd: u64, when: &'static [When]) -> Rate {
    Rate {
        micro_usd,
        per: Per::Second,
        when,
    }
}

pub(super) const fn video(micro_usd: u64, when: &'static [When]) -> Rate {
    Rate {
        micro_usd,
        per: Per::Video,
        when,
    }
}

pub(super) const fn block(micro_usd: u64, seconds: u32, when: &'static [When]) -> Rate {
    Rate {
        micro_usd,
        per: Per::Block(seconds),
        when,
    }
}

impl Rate {
    fn amount(&self, seconds: u32) -> u64 {
        let times = match self.per {
            Per::Second => seconds,
            Per::Video => 1,
            Per::Block(length) => seconds.div_ceil(length),
        };
        self.micro_usd.saturating_mul(times.into())
    }
}

impl When {
    fn holds(self, given: &Given<'_>, tier: &str, seconds: u32) -> bool {
        match self {
            Self::Tier(each) => each == tier,
            Self::Seconds(each) => each == seconds,
            Self::On(path) => given.flag(path) != Some(false),
            Self::Off(path) => given.flag(path) != Some(true),
            Self::Given(path) => given.has(path),
        }
    }
}

/// The price of one film: the dearest of the lines that hold.
pub(super) fn cost(given: &Given<'_>, tier: &str, seconds: u32) -> u64 {
    let holds = |rate: &&Rate| {
        let mut conditions = rate.when.iter();
        conditions.all(|when| when.holds(given, tier, seconds))
    };
    let rates = given.listing.rates.iter().filter(holds);
    rates.map(|rate| rate.amount(seconds)).max().unwrap_or(0)
}

/// The tier that costs most; nothing, where prices do not depend on it.
pub(super) fn dearest(given: &Given<'_>, seconds: u32) -> Option<&'static str> {
    tiers(given.listing.rates).max_by_key(|tier| cost(given, tier, seconds))
}

/// Every tier that a line names.
pub(super) fn tiers(rates: &'static [Rate]) -> impl Iterator<Item = &'static str> {
    let conditions = rates.iter().flat_map(|rate| rate.when);
    conditions.filter_map(|when| match when {
        When::Tier(tier) => Some(*tier),
        _ => None,
    })
}
