//! Requests: raw JSON becomes a well-formed request ([`parse`]), which is encoded for one listing
//! ([`Request::encode_for`]). Each pass reports every problem at once.
//!
//! May import the catalog, quotes and the vocabulary. Must never send, store or log anything.

mod alias;
mod encode;
mod image;
mod media;
mod parse;
mod sanitize;
mod unknown_model;
mod url;
mod video_request;

use crate::json::text::join;
use crate::json::{Object, Value};

use crate::catalog::{BUILT_IN, Catalog, ImageType, MediaForm};
use crate::provider_id::ProviderId;

pub use crate::field::{Field, Shape};
#[doc(hidden)]
pub use crate::json::text::{
    MAX_DEPTH, MAX_INLINE_LEN, REF_KEY, Text, UNREADABLE, json_len, long_string_ref,
};
pub use crate::uuid::is_uuid;
pub(crate) use encode::Detail;
pub use encode::{Candidate, NamedListing, PreparedRequest, listings};
pub use parse::parse;
pub use url::{CheckedUrl, UrlError, check as check_url, is_public_host};
pub use video_request::VideoRequest;

/// What the environment allows, and the models it has.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// Allows private hosts for images, webhooks and uploads, for a local simulator.
    pub allow_private_hosts: bool,
    /// The available models.
    pub catalog: &'a Catalog,
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Policy { allow_private_hosts: false, catalog: &BUILT_IN }
    }
}

/// A well-formed request, not yet validated against a listing.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A model's id in the catalog, or `provider:id`.
    pub model: Option<String>,
    values: Vec<(Field, Value)>,
    /// Those of `values`, one bit each: most questions are about fields that a request does not have.
    given: u64,
    /// Images, videos and audio, in the order of their lists.
    media: Vec<(Field, MediaInput)>,
    size: Option<(u32, u32)>,
    /// Invalid fields, which are already reported.
    broken: Vec<Field>,
    inline_image: bool,
    /// Raw fields by provider.
    raw: Vec<(ProviderId, Object)>,
    /// The whole raw input for a model that is not in the catalog.
    input: Option<Object>,
}

/// An image, video or audio file.
#[derive(Debug, Clone)]
struct MediaInput {
    form: MediaForm,
    /// The text, or a reference to a long one.
    text: Value,
    /// Which frame it is, as the caller spells it.
    frame: Option<Value>,
    /// The file format of an image whose bytes are given.
    image_type: Option<ImageType>,
    /// Its width and height.
    pixels: Option<(u32, u32)>,
}

impl Request {
    fn set(&mut self, field: Field, value: Value) {
        self.given |= bit(field);
        self.values.push((field, value));
    }

    fn value(&self, field: Field) -> Option<&Value> {
        if self.given & bit(field) == 0 {
            return None;
        }
        self.values.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }

    fn word(&self, field: Field) -> Option<&str> {
        self.value(field)?.as_str()
    }

    fn integer(&self, field: Field) -> Option<i64> {
        self.value(field)?.as_i64()
    }

    fn media(&self, field: Field) -> impl Iterator<Item = &MediaInput> {
        let of_field = move |(of, input)| (of == field).then_some(input);
        self.media.iter().map(|(of, input)| (*of, input)).filter_map(of_field)
    }

    fn has(&self, field: Field) -> bool {
        self.given & bit(field) != 0 || self.broken.contains(&field)
    }
}

const _: () = assert!(Field::ALL.len() <= 64);

fn bit(field: Field) -> u64 {
    1 << field as u32
}

/// Composes a prompt from its parts as RunPod's page for Sora 2 Pro recommends. Empty parts are omitted.
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
    join(&given.map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>(), " ")
}
