//! From raw JSON to a request that is known to be well-formed ([`parse`]), and from that to what one
//! listing would be sent ([`Request::fit`]). Each pass finds every problem at once.

mod fit;
mod image;
mod media;
mod parse;
mod readable;
mod url;
mod video_request;

use crate::json::{Object, Value};

use crate::catalog::{Catalog, MediaForm, OURS};
use crate::provider_id::ProviderId;

pub use crate::field::{Field, Shape};
#[doc(hidden)]
pub use crate::json::text::{
    MAX_DEPTH, MAX_INLINE_LEN, REF_KEY, Text, UNREADABLE, json_len, long_string_ref,
};
pub use crate::uuid::is_uuid;
pub use fit::{Fit, Named, Order, listings};
pub use parse::parse;
pub use url::{Address, UrlError, check as check_url, is_public_host};
pub use video_request::VideoRequest;

/// What the caller's surroundings allow and know.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// Lets images, webhooks and uploads be at private hosts, for work against a local simulator.
    pub allow_private_hosts: bool,
    /// The models that there are.
    pub catalog: &'a Catalog,
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Policy {
            allow_private_hosts: false,
            catalog: &OURS,
        }
    }
}

/// A well-formed request. Which listing can take it is not yet known.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A model's id in the catalog, or `provider:wire-id`.
    pub model: Option<String>,
    values: Vec<(Field, Value)>,
    /// Pictures, videos and sounds, in the order of their lists.
    media: Vec<(Field, Medium)>,
    size: Option<(u32, u32)>,
    /// Fields that were given and are broken: nothing more is said of them.
    broken: Vec<Field>,
    inline_image: bool,
    /// Raw fields by provider.
    raw: Vec<(ProviderId, Object)>,
    /// The whole raw input for a model that is not in the catalog.
    input: Option<Object>,
}

/// A picture, a video or sound.
#[derive(Debug, Clone)]
struct Medium {
    form: MediaForm,
    /// The text, or a reference to it.
    text: Value,
    /// Which frame it is, as the caller has said it.
    frame: Option<Value>,
    /// Width and height of a picture whose bytes are given.
    pixels: Option<(u32, u32)>,
}

impl Request {
    fn value(&self, field: Field) -> Option<&Value> {
        self.values
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| value)
    }

    fn word(&self, field: Field) -> Option<&str> {
        self.value(field)?.as_str()
    }

    fn integer(&self, field: Field) -> Option<i64> {
        self.value(field)?.as_i64()
    }

    fn media(&self, field: Field) -> impl Iterator<Item = &Medium> {
        let of_field = move |(of, medium)| (of == field).then_some(medium);
        self.media
            .iter()
            .map(|(of, medium)| (*of, medium))
            .filter_map(of_field)
    }

    fn has(&self, field: Field) -> bool {
        self.value(field).is_some() || self.broken.contains(&field)
    }
}

/// Puts the parts of a prompt together as RunPod's page for Sora 2 Pro advises. Empty parts are left
/// out.
/// ```
/// use filmgate::request::compose_prompt;
///
/// let prompt = compose_prompt("She opens her hands.", "A dying fire.", "");
/// assert_eq!(prompt, "Action: She opens her hands. Ambient Sound: A dying fire.");
/// ```
pub fn compose_prompt(action: &str, ambient_sound: &str, character_dialogue: &str) -> String {
    let parts = [
        ("Action", action),
        ("Ambient Sound", ambient_sound),
        ("Character Dialogue", character_dialogue),
    ];
    let given = parts.iter().map(|(name, text)| (name, text.trim()));
    let given = given.filter(|(_, text)| !text.is_empty());
    given
        .map(|(name, text)| format!("{name}: {text}"))
        .collect::<Vec<_>>()
        .join(" ")
}
