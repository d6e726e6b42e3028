//! Parameters of a listing.

use std::fmt;

use crate::json::Value;

use super::{List, Str};
use crate::codec::string_enum;
use crate::field::Field;

/// A parameter: its field in a request, its field in the provider's body, and its valid values.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its field in a request.
    pub field: Field,
    /// Its dotted path in the provider's body; two paths separated by a space for width and height. Empty: it
    /// is not sent, but prices and rules use it.
    pub provider_field: Str,
    /// Its valid values.
    pub kind: Kind,
    /// Whether a request must have it.
    pub required: bool,
    /// The value that applies if it is absent, as a request spells it.
    pub default: Option<Scalar>,
    /// Whether the default is sent, because it affects the price or the video.
    pub always_sent: bool,
}

/// The valid values of a parameter. Limits have 32 bits to keep the many definitions small.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text; limits in Unicode scalar values.
    Text {
        /// Minimum number of characters.
        min: u32,
        /// Maximum number of characters.
        max: Option<u32>,
    },
    /// An integer.
    Integer {
        /// Minimum.
        min: Option<i32>,
        /// Maximum.
        max: Option<i32>,
        /// The valid ones, if they are listed.
        allowed: List<i32>,
    },
    /// A number; its limits are integers.
    Number {
        /// Minimum.
        min: Option<i32>,
        /// Maximum.
        max: Option<i32>,
    },
    /// One of several strings.
    Choice {
        /// The strings.
        allowed: List<Choice>,
    },
    /// True or false.
    Boolean {
        /// The only value that the listing supports.
        only: Option<bool>,
    },
    /// Images, videos or audio, depending on the field.
    Media {
        /// The forms that the provider documents.
        forms: List<MediaForm>,
        /// Undocumented forms that its own tools send; the caller must opt in.
        undocumented: List<MediaForm>,
        /// The file formats of images; empty: not documented.
        types: List<ImageType>,
        /// Maximum number of items.
        max: u32,
        /// Whether the provider expects a list.
        list: bool,
    },
    /// Width and height.
    Size {
        /// The sizes.
        allowed: List<Size>,
    },
    /// A URL of the caller.
    Url,
    /// A version 4 UUID.
    Uuid,
    /// An id of the provider.
    Id,
}

/// A value of a request and the provider's value for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value in a request.
    pub word: Str,
    /// The provider's value.
    pub provider_value: Scalar,
}

/// The form in which an image, video or audio file is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaForm {
    /// A URL.
    Url,
    /// The provider's id of an uploaded file.
    Uuid,
    /// `data:image/…;base64,…`
    DataUri,
    /// Base64 without a prefix.
    Base64,
}

string_enum!(MediaForm {
    Url = "url",
    Uuid = "uuid",
    DataUri = "data-uri",
    Base64 = "base64",
});

/// The file format of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageType {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
}

string_enum!(ImageType {
    Jpeg = "jpeg",
    Png = "png",
    Webp = "webp",
    Gif = "gif",
});

impl ImageType {
    /// As messages show it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            ImageType::Jpeg => "JPEG",
            ImageType::Png => "PNG",
            ImageType::Webp => "WebP",
            ImageType::Gif => "GIF",
        }
    }
}

/// A video size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// The resolution, such as `720p`.
    pub resolution: Str,
    /// Such as `16:9`; empty if it has none.
    pub ratio: Str,
    /// Whether the provider lists it.
    pub documented: bool,
}

impl Size {
    /// Width and height.
    pub(crate) fn pixels(&self) -> (u32, u32) {
        (self.width.into(), self.height.into())
    }

    /// Whether the price of its resolution is certainly its own: it is listed, or its shorter side names the resolution.
    pub(crate) fn has_price(&self) -> bool {
        let side = self.width.min(self.height);
        self.documented || self.resolution == format!("{side}p")
    }

    /// As a request spells it, such as `1280x720`.
    pub(crate) fn word(&self) -> String {
        format!("{}x{}", self.width, self.height)
    }
}

/// A value as a request spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i32),
    /// A string.
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

    /// Whether it is this string.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Scalar::Text(own) if own == word)
    }

    /// Whether a value of a request equals this one.
    pub(crate) fn is(&self, value: &Value) -> bool {
        match self {
            Scalar::Boolean(yes) => value.as_bool() == Some(*yes),
            Scalar::Integer(number) => value.as_i64() == Some((*number).into()),
            Scalar::Text(word) => value.as_str() == Some(word),
        }
    }
}

/// As messages show it.
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
    /// The listed values, as a request spells them.
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
