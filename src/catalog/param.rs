//! A parameter of a listing: its name in a request, its place on the wire, and what it may be.

use std::fmt;

use crate::json::Value;

use super::{List, Str};
use crate::codec::string_enum;
use crate::field::Field;

/// A parameter: its name in a request, its place on the wire, and what it may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name in a request.
    pub field: Field,
    /// Its place in the body, with dots between levels; two places with a default_value between them for width
    /// and height. Empty: it is not sent, and stands here for what it means to price and rules.
    pub wire: Str,
    /// What it may be.
    pub kind: Kind,
    /// Whether a request must have it.
    pub required: bool,
    /// What the video has where it is absent, in the request's words.
    pub default: Option<Scalar>,
    /// Whether the default is written into the body, since it costs money or changes the video.
    pub explicit: bool,
}

/// What a parameter may be. Limits have 32 bits: there are many rows, and no page needs more.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text; limits in Unicode scalar values.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: Option<u32>,
    },
    /// A whole number.
    Integer {
        /// The smallest.
        min: Option<i32>,
        /// The largest.
        max: Option<i32>,
        /// The only ones, where they are listed.
        allowed: List<i32>,
    },
    /// A number; its limits are whole ones.
    Number {
        /// The smallest.
        min: Option<i32>,
        /// The largest.
        max: Option<i32>,
    },
    /// One of several words.
    Choice {
        /// The words.
        allowed: List<Choice>,
    },
    /// Yes or no.
    Boolean {
        /// The only one of the two that the listing knows.
        only: Option<bool>,
    },
    /// Pictures, videos or sound: what the field says.
    Media {
        /// The forms that the provider documents.
        forms: List<MediaForm>,
        /// Forms that its own tools send, without a word in the documents; the caller must ask.
        undocumented: List<MediaForm>,
        /// How many it takes.
        max: u32,
        /// Whether the wire wants a list.
        list: bool,
    },
    /// Width and height.
    Size {
        /// The sizes.
        allowed: List<Size>,
    },
    /// An address of the caller's.
    Url,
    /// A UUID of version 4.
    Uuid,
    /// An id of the provider's.
    Id,
}

/// A word of a request and what stands for it on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The request's word.
    pub word: Str,
    /// The provider's.
    pub wire: Scalar,
}

/// How a picture, a video or sound can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaForm {
    /// An address.
    Url,
    /// The provider's id of an uploaded file.
    Uuid,
    /// `data:image/…;base64,…`
    DataUri,
    /// Base64 alone.
    Base64,
}

string_enum!(MediaForm {
    Url = "url",
    Uuid = "uuid",
    DataUri = "data-uri",
    Base64 = "base64",
});

/// A picture size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// The price tier, such as `720p`.
    pub resolution: Str,
    /// Such as `16:9`; empty for a size that no ratio names.
    pub ratio: Str,
    /// Whether the provider's list has it.
    pub documented: bool,
}

impl Size {
    /// The request's word for it, such as `1280x720`.
    pub(crate) fn word(&self) -> String {
        format!("{}x{}", self.width, self.height)
    }
}

/// A value in the request's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i32),
    /// A word.
    Text(Str),
}

impl Scalar {
    /// As JSON.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Scalar::Boolean(yes) => (*yes).into(),
            Scalar::Integer(number) => (*number).into(),
            Scalar::Text(word) => word.as_ref().into(),
        }
    }

    /// Whether it is this word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Scalar::Text(own) if own == word)
    }

    /// Whether a value of a request is this one.
    pub(crate) fn is(&self, value: &Value) -> bool {
        match self {
            Scalar::Boolean(yes) => value.as_bool() == Some(*yes),
            Scalar::Integer(number) => value.as_i64() == Some((*number).into()),
            Scalar::Text(word) => value.as_str() == Some(word),
        }
    }
}

/// As a message tells it.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Boolean(yes) => write!(f, "{yes}"),
            Scalar::Integer(number) => write!(f, "{number}"),
            Scalar::Text(word) => write!(f, "\"{word}\""),
        }
    }
}

impl Kind {
    /// The values that it lists, in the request's words.
    pub(crate) fn allowed(&self) -> Vec<Value> {
        match self {
            Kind::Integer { allowed, .. } => allowed.iter().map(|one| (*one).into()).collect(),
            Kind::Choice { allowed } => {
                allowed.iter().map(|one| one.word.as_ref().into()).collect()
            }
            Kind::Boolean { only: Some(only) } => vec![(*only).into()],
            _ => Vec::new(),
        }
    }
}
