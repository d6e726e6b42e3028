//! What is sold: one row for each model at each provider, copied from the providers' documents.
//!
//! This table shares nothing with the client's catalog on purpose: each catches the other's
//! mistakes. Adding a model is adding a row.
//!
//! | room | what is there |
//! |---|---|
//! | `runpod`, `runware` | the rows |
//! | `parameter` | what a row says of a parameter, and whether a value fits |
//! | `rule` | what a row says of several parameters together |
//! | `rate` | what a row charges, and when |
//! | `size` | sizes and the tiers they are billed at |
//! | `given` | a request as its row sees it |

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
use rate::Rate;
pub(crate) use request_values::Given;
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
    /// The model's page in Runware's documents, as errors point to it.
    pub(crate) page: &'static str,
    /// In groups, since models of one maker share them.
    parameters: &'static [&'static [Parameter]],
    rules: &'static [&'static [Rule]],
    /// The sizes that can be asked for in pixels; empty where any can, or none.
    pub(crate) sizes: &'static [Size],
    rates: &'static [Rate],
    pub(crate) address: Address,
    /// Takes any input unread.
    pub(crate) passthrough: bool,
}

/// Under which name RunPod gives the video's address.
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

    /// The row of a size.
    pub(crate) fn sized(&self, width: u32, height: u32) -> Option<Size> {
        let mut sizes = self.sizes.iter().copied();
        sizes.find(|size| (size.width, size.height) == (width, height))
    }
}

/// The row of a model, if the provider sells it.
pub(crate) fn find(provider: Provider, id: &str) -> Option<&'static Listing> {
    let groups = match provider {
        Provider::Runpod => runpod::LISTINGS,
        Provider::Runware => runware::LISTINGS,
    };
    let mut rows = groups.iter().flat_map(|group| group.iter());
    rows.find(|listing| listing.id == id)
}
