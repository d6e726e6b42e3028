//! What is sold: one row for each model at each provider, copied from the providers' documents.
//!
//! This table shares nothing with the client's catalogue on purpose: each catches the other's
//! mistakes. Adding a model is adding a row.

use serde::{Deserialize, Serialize};

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Provider {
    Runpod,
    Runware,
}

/// One model at one provider.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) provider: Provider,
    /// RunPod's endpoint, or Runware's model identifier.
    pub(crate) id: &'static str,
    /// The model's page in the provider's documents, as errors point to it.
    pub(crate) page: &'static str,
    /// Fewest and most characters of a prompt.
    pub(crate) prompt: (usize, usize),
    pub(crate) image: Image,
    pub(crate) sizes: &'static [Size],
    /// Seconds that can be asked for; empty where anything is taken.
    pub(crate) seconds: &'static [u32],
    /// Most results of one request.
    pub(crate) results: u32,
    pub(crate) price: Price,
    /// Takes any input unread.
    pub(crate) passthrough: bool,
}

/// Whether a model takes a picture to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Image {
    Required,
    Optional,
}

/// A size that can be asked for, and the tier it is billed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) tier: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// What a result costs, in millionths of a dollar.
#[derive(Debug)]
pub(crate) enum Price {
    /// By tier, a second.
    PerSecond(&'static [(&'static str, u64)]),
    /// By tier and seconds, a video.
    PerVideo(&'static [(&'static str, u32, u64)]),
    /// Always the same.
    Fixed(u64),
}

impl Price {
    /// The price of one result; the dearest that fits, where several do.
    pub(crate) fn of(&self, tier: &str, seconds: u32) -> u64 {
        match self {
            Self::PerSecond(rates) => {
                let rates = rates.iter().filter(|(each, _)| *each == tier);
                rates
                    .map(|(_, rate)| rate * u64::from(seconds))
                    .max()
                    .unwrap_or(0)
            }
            Self::PerVideo(rows) => {
                let rows = rows.iter().filter(|row| row.0 == tier && row.1 == seconds);
                rows.map(|row| row.2).max().unwrap_or(0)
            }
            Self::Fixed(price) => *price,
        }
    }
}

const fn size(tier: &'static str, width: u32, height: u32) -> Size {
    Size {
        tier,
        width,
        height,
    }
}

const TEXT: (usize, usize) = (1, usize::MAX);

/// Every row.
pub(crate) const LISTINGS: &[Listing] = &[
    Listing {
        provider: Provider::Runpod,
        id: "sora-2-pro-i2v",
        page: "sora-2-pro-i2v",
        prompt: TEXT,
        image: Image::Required,
        sizes: &[size("720p", 1280, 720), size("1080p", 1920, 1080)],
        seconds: &[4, 8, 12],
        results: 1,
        price: Price::PerVideo(&[
            ("720p", 4, 1_200_000),
            ("720p", 8, 2_400_000),
            ("720p", 12, 3_600_000),
            ("1080p", 4, 2_000_000),
            ("1080p", 8, 4_000_000),
            ("1080p", 12, 6_000_000),
        ]),
        passthrough: false,
    },
    Listing {
        provider: Provider::Runpod,
        id: "sora-2-i2v",
        page: "sora-2-i2v",
        prompt: TEXT,
        image: Image::Required,
        sizes: &[size("720p", 1280, 720)],
        seconds: &[4, 8, 12],
        results: 1,
        price: Price::PerVideo(&[
            ("720p", 4, 400_000),
            ("720p", 8, 800_000),
            ("720p", 12, 1_200_000),
        ]),
        passthrough: false,
    },
    Listing {
        provider: Provider::Runpod,
        id: "echo-video",
        page: "echo-video",
        prompt: TEXT,
        image: Image::Optional,
        sizes: &[size("720p", 1280, 720)],
        seconds: &[],
        results: 1,
        price: Price::Fixed(100_000),
        passthrough: true,
    },
    Listing {
        provider: Provider::Runware,
        id: "openai:3@2",
        page: "openai-sora-2-pro",
        prompt: (2, 6000),
        image: Image::Optional,
        // The last two are not in the table of sizes, but in the page's own example, at $4.
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1792, 1024),
            size("1080p", 1024, 1792),
        ],
        seconds: &[4, 8, 12, 16, 20],
        results: 4,
        price: Price::PerSecond(&[("720p", 300_000), ("1080p", 500_000)]),
        passthrough: false,
    },
    Listing {
        provider: Provider::Runware,
        id: "openai:3@1",
        page: "openai-sora-2",
        prompt: (2, 6000),
        image: Image::Optional,
        sizes: &[size("720p", 1280, 720), size("720p", 720, 1280)],
        seconds: &[4, 8, 12, 16, 20],
        results: 4,
        price: Price::PerSecond(&[("720p", 100_000)]),
        passthrough: false,
    },
    Listing {
        provider: Provider::Runware,
        id: "sim:echo@1",
        page: "sim-echo",
        prompt: TEXT,
        image: Image::Optional,
        sizes: &[size("720p", 1280, 720)],
        seconds: &[],
        results: 4,
        price: Price::Fixed(100_000),
        passthrough: true,
    },
];

/// The row of a model, if the provider sells it.
pub(crate) fn find(provider: Provider, id: &str) -> Option<&'static Listing> {
    LISTINGS
        .iter()
        .find(|listing| listing.provider == provider && listing.id == id)
}
