//! The price of a video, in millionths of a dollar.

use super::RequestValues;

/// One entry of a price table.
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
    /// Blocks of this many seconds; the last one may be partial.
    Block(u32),
}

/// A price condition. A flag that is absent and has no documented default may be either.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Tier(&'static str),
    Seconds(u32),
    On(&'static str),
    Off(&'static str),
    Given(&'static str),
}

pub(super) const fn second(micro_usd: u64, when: &'static [When]) -> Rate {
    Rate { micro_usd, per: Per::Second, when }
}

pub(super) const fn video(micro_usd: u64, when: &'static [When]) -> Rate {
    Rate { micro_usd, per: Per::Video, when }
}

pub(super) const fn block(micro_usd: u64, seconds: u32, when: &'static [When]) -> Rate {
    Rate { micro_usd, per: Per::Block(seconds), when }
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

/// A price as Runware publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishedRate {
    pub(crate) micro_usd: u64,
    pub(crate) unit: String,
    /// Its conditions, separated by commas.
    pub(crate) label: String,
}

impl Rate {
    pub(super) fn published(&self) -> PublishedRate {
        let unit = match self.per {
            Per::Second => "second".to_owned(),
            Per::Video => "video".to_owned(),
            Per::Block(seconds) => format!("{seconds} seconds"),
        };
        let words: Vec<String> = self.when.iter().filter_map(|when| when.words()).collect();
        PublishedRate { micro_usd: self.micro_usd, unit, label: words.join(", ") }
    }
}

impl When {
    /// The condition in words; none if it is what a plain request has.
    fn words(self) -> Option<String> {
        let name = |path: &'static str| match path.rsplit('.').next().unwrap_or(path) {
            "audio" | "sound" | "generateAudio" => "audio",
            other => other,
        };
        match self {
            Self::Tier(tier) => Some(tier.to_owned()),
            Self::Seconds(seconds) => Some(format!("{seconds} seconds")),
            Self::On(path) if name(path) == "draft" => Some("draft".to_owned()),
            Self::On(path) | Self::Given(path) => Some(format!("with {}", name(path))),
            Self::Off(path) if name(path) == "audio" => Some("without audio".to_owned()),
            Self::Off(_) => None,
        }
    }

    fn holds(self, values: &RequestValues<'_>, tier: &str, seconds: u32) -> bool {
        match self {
            Self::Tier(each) => each == tier,
            Self::Seconds(each) => each == seconds,
            Self::On(path) => values.flag(path) != Some(false),
            Self::Off(path) => values.flag(path) != Some(true),
            Self::Given(path) => values.has(path),
        }
    }
}

/// The price of one video: the highest of the entries that apply.
pub(super) fn cost(values: &RequestValues<'_>, tier: &str, seconds: u32) -> u64 {
    let holds = |rate: &&Rate| {
        let mut conditions = rate.when.iter();
        conditions.all(|when| when.holds(values, tier, seconds))
    };
    let rates = values.listing.rates.iter().filter(holds);
    rates.map(|rate| rate.amount(seconds)).max().unwrap_or(0)
}

/// The most expensive tier; none if prices do not depend on the tier.
pub(super) fn most_expensive(values: &RequestValues<'_>, seconds: u32) -> Option<&'static str> {
    tiers(values.listing.rates).max_by_key(|tier| cost(values, tier, seconds))
}

/// Every tier that an entry names.
pub(super) fn tiers(rates: &'static [Rate]) -> impl Iterator<Item = &'static str> {
    let conditions = rates.iter().flat_map(|rate| rate.when);
    conditions.filter_map(|when| match when {
        When::Tier(tier) => Some(*tier),
        _ => None,
    })
}
