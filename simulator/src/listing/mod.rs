//! What is for sale: one row per model and provider, copied from the providers' documents.
//!
//! It imports nothing from the client's catalog, on purpose: each finds the other's mistakes.
//! It never guesses silently: a row says so if a price or a rule is made up.
//!
//! | module | content |
//! |---|---|
//! | `runpod`, `runware` | the rows |
//! | `parameter` | one parameter, and whether a value fits it |
//! | `rule` | rules about several parameters |
//! | `rate` | prices and their conditions |
//! | `size` | sizes and the tiers they are billed at |
//! | `request_values` | a request as its row reads it |

mod parameter;
mod rate;
mod request_values;
mod rule;
mod runpod;
mod runware;
mod size;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(crate) use parameter::{Frames, Kind, Parameter, is_image};
pub(crate) use rate::PublishedRate;
use rate::Rate;
pub(crate) use request_values::RequestValues;
pub(crate) use rule::{Limit, Rule};
pub(crate) use size::{Size, shape};

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
    /// RunPod's endpoint, or Runware's model identifier.
    pub(crate) id: &'static str,
    /// The model's page in Runware's documents, which errors link to.
    pub(crate) page: &'static str,
    /// In groups, since models of one maker share them.
    parameters: &'static [&'static [Parameter]],
    rules: &'static [&'static [Rule]],
    /// The sizes that can be requested in pixels; empty if any can, or none.
    pub(crate) sizes: &'static [Size],
    rates: &'static [Rate],
    pub(crate) address: Address,
    /// Accepts any input unread.
    pub(crate) passthrough: bool,
}

/// The field that holds the video's URL in RunPod's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    VideoUrl,
    Result,
}

impl Listing {
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.parameters.iter().flat_map(|group| group.iter())
    }

    pub(crate) fn parameter(&self, path: &str) -> Option<&'static Parameter> {
        self.parameters().find(|parameter| parameter.path == path)
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().flat_map(|group| group.iter())
    }

    /// The tiers that prices depend on.
    pub(crate) fn tiers(&self) -> impl Iterator<Item = &'static str> {
        rate::tiers(self.rates)
    }

    /// Its prices as the provider publishes them.
    pub(crate) fn published_rates(&self) -> impl Iterator<Item = PublishedRate> {
        self.rates.iter().map(Rate::published)
    }

    /// The row of a size.
    pub(crate) fn sized(&self, width: u32, height: u32) -> Option<Size> {
        let mut sizes = self.sizes.iter().copied();
        sizes.find(|size| (size.width, size.height) == (width, height))
    }
}

/// The row of a model, if the provider offers it.
pub(crate) fn find(provider: Provider, id: &str) -> Option<&'static Listing> {
    let groups = match provider {
        Provider::Runpod => runpod::LISTINGS,
        Provider::Runware => runware::LISTINGS,
    };
    let mut rows = groups.iter().flat_map(|group| group.iter());
    rows.find(|listing| listing.id == id)
}

/// Runware's row of a model, by its identifier or by the name of its page.
pub(crate) fn find_runware(id: &str) -> Option<&'static Listing> {
    let mut rows = runware::LISTINGS.iter().flat_map(|group| group.iter());
    rows.find(|listing| listing.id == id || listing.page == id)
}
