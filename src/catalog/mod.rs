//! Models and listings as data: who sells what, with which parameters, at what price.
//!
//! A row says everything about a model at a provider; checking, pricing and encoding interpret it,
//! and there is no code for a single model. The same types hold a row as a constant (`rows`) and one
//! that a caller brings at run time (`read`); `form` is how both look to an application.

mod audit;
mod delivery;
mod form;
mod param;
mod price;
mod read;
mod rows;
mod rule;

use std::borrow::Cow;

use crate::codec::string_enum;
use crate::field::Field;
use crate::handle::Handle;
use crate::provider_id::ProviderId;

pub use audit::audit;
pub use param::{Choice, Kind, MediaForm, Param, Scalar, Size};
pub use price::{Per, Rate};
pub use read::describe;
pub use rows::MODELS;
pub use rule::{Note, Rule, When};

/// Text that is borrowed in a constant and owned in a caller's row.
pub type Str = Cow<'static, str>;
/// A list that is borrowed in a constant and owned in a caller's row.
pub type List<T> = Cow<'static, [T]>;

/// A model, whoever sells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Our id, such as `sora-2-pro`.
    pub id: Str,
    /// Display name.
    pub name: Str,
    /// Who made it; empty where no document says so.
    pub creator: Str,
    /// Who sells it.
    pub listings: List<Listing>,
}

/// One provider's offer of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Who sells it.
    pub provider: ProviderId,
    /// The provider's own id: RunPod's endpoint, Runware's AIR id.
    pub provider_model_id: Str,
    /// What it can make videos from.
    pub modes: List<Mode>,
    /// The parameters of its own. Those of [`Listing::param`] include its provider's delivery options.
    pub params: List<Param>,
    /// The rules between parameters.
    pub rules: List<Rule>,
    /// What it costs.
    pub rates: List<Rate>,
    /// Why there is no rate, or none for all that it makes.
    pub no_price_reason: Option<Str>,
    /// What its documents leave open.
    pub notes: List<Note>,
    /// Whether it is still sold.
    pub status: Status,
    /// Milliseconds that a video usually takes. No document fixes it; it guides when to ask.
    pub typical_duration_ms: u32,
    /// Milliseconds in which no video of this listing was ever finished. A submit is sent again
    /// under the same id within this time alone; 0 where nothing is known.
    pub min_duration_ms: u32,
}

/// What a video is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A prompt alone.
    TextToVideo,
    /// A first frame.
    ImageToVideo,
    /// A first and a last frame.
    FirstLastFrame,
    /// Pictures or videos that show what shall appear.
    ReferenceToVideo,
    /// A picture of a character, and a video whose motion it takes over.
    MotionControl,
    /// Sound that the video follows.
    AudioToVideo,
    /// A portrait, and speech that it says.
    TalkingPortrait,
    /// A video that is changed.
    VideoToVideo,
    /// A video that goes on.
    Extend,
    /// A video in another shape.
    Reframe,
    /// An earlier video of the same provider's, made anew.
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

/// Whether a listing is still sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Day of the evidence, as `2026-08-20`.
    pub evidence: Str,
    /// Day of the end.
    pub sunset: Option<Str>,
    /// Models of the catalog that take its place.
    pub instead: List<Str>,
}

/// State of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Sold.
    Live,
    /// Switched off, by the provider or upstream. Requests draw a warning; the server decides.
    Retired,
    /// Nobody knows.
    Unverified,
}

string_enum!(State {
    Live = "live",
    Retired = "retired",
    Unverified = "unverified",
});

impl Listing {
    /// The parameter of that name: its own, or a delivery option of its provider's.
    pub fn param(&self, field: Field) -> Option<&Param> {
        let named = |params: &'static [Param]| params.iter().find(|param| param.field == field);
        let own = self.params.iter().find(|param| param.field == field);
        own.or_else(|| named(delivery::params(self.provider, self.is_raw())))
    }

    /// Its own parameters, and the delivery options of its provider's that it does not have itself.
    pub fn all_params(&self) -> impl Iterator<Item = &Param> {
        let own = |field| self.params.iter().any(|param| param.field == field);
        let delivery = delivery::params(self.provider, self.is_raw());
        let delivery = delivery.iter().filter(move |param| !own(param.field));
        self.params.iter().chain(delivery)
    }

    /// The sizes it makes; empty where the wire knows resolutions alone.
    pub fn sizes(&self) -> &[Size] {
        match self.param(Field::Size) {
            Some(Param {
                kind: Kind::Size { allowed },
                ..
            }) => allowed,
            _ => &[],
        }
    }

    /// The values that a field of words or switches may have here; resolutions by the sizes, too.
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

    /// Whether it stands for a model that the catalog does not know: its input is the caller's.
    pub fn is_raw(&self) -> bool {
        self.modes.is_empty()
    }

    /// A listing for what the catalog does not know: the delivery alone is ours.
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
            status: Status {
                state: State::Unverified,
                evidence: Cow::Borrowed(""),
                sunset: None,
                instead: Cow::Borrowed(&[]),
            },
            typical_duration_ms: UNKNOWN_MS,
            // Nothing is known of it, so nothing is sent twice.
            min_duration_ms: 0,
        }
    }
}

const UNKNOWN_MS: u32 = 60_000;

/// The rows of this package, and those that the caller adds or corrects.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    added: Vec<Model>,
}

/// The rows of this package alone.
pub static OURS: Catalog = Catalog { added: Vec::new() };

impl Catalog {
    /// Every model: a caller's model goes before ours of the same id.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        let is_added = |model: &&Model| self.added.iter().any(|added| added.id == model.id);
        self.added
            .iter()
            .chain(MODELS.iter().filter(move |model| !is_added(model)))
    }

    /// The model of that id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models().find(|model| model.id == id)
    }
}

/// Milliseconds that a video of the handle's listing usually takes.
pub fn typical_duration_ms(handle: &Handle) -> u32 {
    MODELS
        .iter()
        .flat_map(|model| model.listings.iter())
        .filter(|listing| listing.provider == handle.provider)
        .find(|listing| listing.provider_model_id == handle.provider_model_id)
        .map_or(UNKNOWN_MS, |listing| listing.typical_duration_ms)
}
