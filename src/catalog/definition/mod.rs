//! What a model, its listings, parameters, rules and prices are: the types, their JSON, their validation, and the packed
//! form in which the module carries the built-in ones. The build script of the crate includes this room, so that a file
//! in `catalog/` is read and validated by the same code as a caller's model.
//!
//! May import the vocabulary, `crate::codec` and `crate::json`. Must never know the built-in models.

mod codec;
mod common_params;
mod packed;
mod param;
mod price;
mod read;
mod rule;
mod validate;

use std::borrow::Cow;

use crate::codec::string_enum;
use crate::field::Field;
use crate::provider_id::ProviderId;

pub use packed::{pack, unpack};
pub use param::{Choice, ImageType, Kind, MediaForm, Param, Scalar, Size};
pub use price::{Per, Rate};
pub use read::{read_listed, read_model};
pub use rule::{Note, Rule, When};
pub(crate) use validate::is_date;
pub use validate::validate;

/// Text that is borrowed in a constant and owned in a caller's definition.
pub type Str = Cow<'static, str>;
/// A list that is borrowed in a constant and owned in a caller's definition.
pub type List<T> = Cow<'static, [T]>;

/// A model, independent of the providers that offer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its id in the catalog, such as `sora-2-pro`.
    pub id: Str,
    /// Display name.
    pub name: Str,
    /// Its maker; empty if no document names one.
    pub creator: Str,
    /// One per provider and variant.
    pub listings: List<Listing>,
}

/// One provider's offer of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The provider.
    pub provider: ProviderId,
    /// The provider's id: RunPod's endpoint, Runware's AIR id.
    pub provider_model_id: Str,
    /// What it can generate videos from.
    pub modes: List<Mode>,
    /// Its own parameters. [`Listing::param`] also finds the provider's common ones.
    pub params: List<Param>,
    /// The rules between parameters.
    pub rules: List<Rule>,
    /// Its prices.
    pub rates: List<Rate>,
    /// Why there is no price, or not one for every video that it can generate.
    pub no_price_reason: Option<Str>,
    /// What its documentation leaves open.
    pub notes: List<Note>,
    /// The document that it comes from; a caller's definition may have none.
    pub evidence: Option<Evidence>,
    /// Whether it is still available.
    pub status: Status,
    /// Typical time to generate a video, in milliseconds. Not documented; it guides when to poll.
    pub typical_duration_ms: u32,
    /// No video of this listing was ever finished in fewer milliseconds. Within this time a submit may be
    /// repeated under the same id; 0 if nothing is known, which means three seconds at Runware.
    pub min_duration_ms: u32,
}

/// A document, and the day on which it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Its URL, or the name and version of a package.
    pub source: Str,
    /// The day, such as `2026-08-20`, or the minute, such as `2026-08-20T14:05Z`.
    pub date: Str,
    /// Whether the provider published it. If not, a price from it never passes a spending limit by itself.
    pub first_party: bool,
}

/// What a video is generated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only a prompt.
    TextToVideo,
    /// A first frame.
    ImageToVideo,
    /// A first and a last frame.
    FirstLastFrame,
    /// Images or videos of what must appear.
    ReferenceToVideo,
    /// An image of a character, and a video whose motion it follows.
    MotionControl,
    /// Audio that the video follows.
    AudioToVideo,
    /// A portrait, and speech to lip-sync.
    TalkingPortrait,
    /// A video to change.
    VideoToVideo,
    /// A video to continue.
    Extend,
    /// A video to bring to another aspect ratio.
    Reframe,
    /// An earlier video of the same provider to vary.
    Remix,
}

string_enum!(Mode {
    TextToVideo = "text-to-video",
    ImageToVideo = "image-to-video",
    FirstLastFrame = "first-last-frame",
    ReferenceToVideo = "reference-to-video",
    MotionControl = "motion-control",
    AudioToVideo = "audio-to-video",
    TalkingPortrait = "talking-portrait",
    VideoToVideo = "video-to-video",
    Extend = "extend",
    Reframe = "reframe",
    Remix = "remix",
});

/// Whether a listing is still available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Date of the last verification, such as `2026-08-20`; empty if there is none.
    pub verified_at: Str,
    /// Date of the shutdown.
    pub sunset: Option<Str>,
    /// Models of the catalog that replace it.
    pub replacements: List<Str>,
}

/// State of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Available.
    Live,
    /// Shut down, by the provider or upstream. A request gets a warning; the provider may reject it.
    Retired,
    /// Not known.
    Unverified,
}

string_enum!(State {
    Live = "live",
    Retired = "retired",
    Unverified = "unverified",
});

impl Listing {
    /// The document that a price of this listing comes from.
    pub fn evidence_of<'a>(&'a self, rate: &'a Rate) -> Option<&'a Evidence> {
        rate.evidence.as_ref().or(self.evidence.as_ref())
    }

    /// Whether the provider, or the caller, published the price.
    pub(crate) fn is_first_party(&self, rate: &Rate) -> bool {
        self.evidence_of(rate).is_none_or(|evidence| evidence.first_party)
    }

    /// The parameter of a field: its own, or the provider's common one.
    pub fn param(&self, field: Field) -> Option<&Param> {
        let is_its = |param: &&Param| param.field == field;
        let own = self.params.iter().find(is_its);
        own.or_else(|| self.common_params().iter().find(is_its))
    }

    /// Its own parameters, and the provider's common ones that it does not override.
    pub fn all_params(&self) -> impl Iterator<Item = &Param> {
        let mut params: Vec<&Param> = self.params.iter().collect();
        params.extend(self.common_params().iter().filter(|param| !self.has_own(param.field)));
        params.into_iter()
    }

    /// The provider's common parameters. None of them is required.
    pub(crate) fn common_params(&self) -> &'static [Param] {
        common_params::params(self.provider, self.is_raw())
    }

    /// Whether it has a parameter of its own for the field.
    pub(crate) fn has_own(&self, field: Field) -> bool {
        self.params.iter().any(|param| param.field == field)
    }

    /// The sizes it offers; empty if it has only resolutions.
    pub fn sizes(&self) -> &[Size] {
        match self.param(Field::Size) {
            Some(Param { kind: Kind::Size { allowed }, .. }) => allowed,
            _ => &[],
        }
    }

    /// The values of a choice or boolean field; for resolutions, also those of the sizes.
    pub(crate) fn values(&self, field: Field) -> Vec<Scalar> {
        let tiers = self.sizes().iter().map(|size| size.resolution.clone());
        match self.param(field).map(|param| &param.kind) {
            Some(Kind::Choice { allowed }) => {
                let words = allowed.iter().map(|choice| choice.word.clone());
                words.map(Scalar::Text).collect()
            }
            Some(Kind::Boolean { only: None }) => {
                vec![Scalar::Boolean(false), Scalar::Boolean(true)]
            }
            None if field == Field::Resolution => tiers.map(Scalar::Text).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether its model is outside the catalog: the caller gives the raw input.
    pub fn is_raw(&self) -> bool {
        self.modes.is_empty()
    }

    /// A listing for a model outside the catalog. It has only common parameters.
    pub(crate) fn raw(provider: ProviderId, provider_model_id: &str) -> Self {
        Listing {
            provider,
            provider_model_id: provider_model_id.to_owned().into(),
            modes: Cow::Borrowed(&[]),
            params: Cow::Borrowed(&[]),
            rules: Cow::Borrowed(&[]),
            rates: Cow::Borrowed(&[]),
            no_price_reason: None,
            notes: Cow::Borrowed(&[]),
            evidence: None,
            status: Status {
                state: State::Unverified,
                verified_at: Cow::Borrowed(""),
                sunset: None,
                replacements: Cow::Borrowed(&[]),
            },
            typical_duration_ms: DEFAULT_TYPICAL_MS,
            // Nothing is known about it, so a submit is never repeated.
            min_duration_ms: 0,
        }
    }
}

/// What is assumed of a listing whose documentation has no run time, in milliseconds.
pub(crate) const DEFAULT_TYPICAL_MS: u32 = 60_000;
