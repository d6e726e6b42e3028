//! One parameter as documented: its path, type, values and default.

use serde_json::Value;

use super::Provider;
use crate::image_size::is_web_address;
use crate::rng::is_uuid_v4;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Its path in the request, with a dot between names.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Its value if the request does not give one.
    pub(super) default: Option<Default>,
}

/// A documented default that prices or rules depend on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Default {
    Flag(bool),
    Integer(i64),
    Word(&'static str),
}

/// The values that a parameter accepts. Two numbers are a minimum and a maximum, one is a maximum.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text(usize, usize),
    Flag,
    Words(&'static [&'static str]),
    Integer(i64, i64),
    Integers(&'static [i64]),
    /// An integer, or the word `auto`.
    IntegerOrAuto(i64, i64),
    Number(f64, f64),
    Address,
    Image,
    Images(usize),
    Frames(Frames),
    /// A video or an audio file.
    Clip,
    Clips(usize),
    /// An object with parameters of its own, or unread.
    Object,
    /// Objects of these fields; unread if there are none.
    Items(&'static [Parameter], usize),
}

/// Which frame images of a video can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    First,
    FirstAndLast,
    /// Any number of them, at any position.
    Keys,
}

impl Frames {
    pub(crate) fn max_count(self) -> usize {
        match self {
            Self::First => 1,
            Self::FirstAndLast => 2,
            Self::Keys => usize::MAX,
        }
    }
}

pub(super) const ANY_TEXT: Kind = Kind::Text(0, usize::MAX);
pub(super) const SOME_TEXT: Kind = Kind::Text(1, usize::MAX);
pub(super) const ANY_NUMBER: Kind = Kind::Number(f64::MIN, f64::MAX);

pub(super) const fn required(path: &'static str, kind: Kind) -> Parameter {
    Parameter { path, kind, required: true, default: None }
}

pub(super) const fn optional(path: &'static str, kind: Kind) -> Parameter {
    Parameter { path, kind, required: false, default: None }
}

/// A flag and its default.
pub(super) const fn flag(path: &'static str, default: bool) -> Parameter {
    Parameter { default: Some(Default::Flag(default)), ..optional(path, Kind::Flag) }
}

/// A choice among several words and its default.
pub(super) const fn word(
    path: &'static str,
    words: &'static [&'static str],
    default: &'static str,
) -> Parameter {
    Parameter { default: Some(Default::Word(default)), ..optional(path, Kind::Words(words)) }
}

/// Seconds of video and the default.
pub(super) const fn duration(kind: Kind, default: i64) -> Parameter {
    Parameter { default: Some(Default::Integer(default)), ..optional("duration", kind) }
}

impl Kind {
    /// Whether a value fits. The providers accept different forms of images and clips.
    pub(crate) fn accepts(&self, value: &Value, provider: Provider) -> bool {
        let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(fits);
        let items = |max: usize, fits: &dyn Fn(&Value) -> bool| {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            (1..=max).contains(&list.len()) && list.iter().all(fits)
        };
        match *self {
            Self::Text(min, max) => text(&|text| (min..=max).contains(&text.chars().count())),
            Self::Flag => value.is_boolean(),
            Self::Words(words) => text(&|text| words.contains(&text)),
            Self::Integer(min, max) => in_range(value, min, max),
            Self::Integers(integers) => {
                integer(value).is_some_and(|value| integers.contains(&value))
            }
            Self::IntegerOrAuto(min, max) => value == "auto" || in_range(value, min, max),
            Self::Number(min, max) => {
                value.as_f64().is_some_and(|number| (min..=max).contains(&number))
            }
            Self::Address => text(&is_web_address),
            Self::Image => text(&|text| is_image(text, provider)),
            Self::Images(max) => items(max, &|item| {
                let image = item.get("image").unwrap_or(item).as_str();
                image.is_some_and(|image| is_image(image, provider))
            }),
            Self::Frames(frames) => items(frames.max_count(), &|_| true),
            Self::Clip => text(&|text| is_clip(text, provider)),
            Self::Clips(max) => {
                items(max, &|item| item.as_str().is_some_and(|clip| is_clip(clip, provider)))
            }
            Self::Object => value.is_object(),
            Self::Items(fields, max) => items(max, &|item| fits(item, fields, provider)),
        }
    }

    /// The largest integer that is accepted.
    pub(super) fn max_value(&self) -> Option<i64> {
        match self {
            Self::Integer(_, max) | Self::IntegerOrAuto(_, max) => Some(*max),
            Self::Integers(integers) => integers.iter().copied().max(),
            _ => None,
        }
    }
}

/// Whether an object has these fields. RunPod ignores others, Runware does not.
fn fits(item: &Value, fields: &[Parameter], provider: Provider) -> bool {
    let Value::Object(item) = item else {
        return false;
    };
    let known = |name: &String| fields.iter().any(|field| field.path == name);
    let takes_any = fields.is_empty() || provider == Provider::Runpod;
    (takes_any || item.keys().all(known))
        && fields.iter().all(|field| match item.get(field.path) {
            Some(value) => field.kind.accepts(value, provider),
            None => !field.required,
        })
}

fn in_range(value: &Value, min: i64, max: i64) -> bool {
    integer(value).is_some_and(|whole| (min..=max).contains(&whole))
}

/// An integer, however it is written: `8` and `8.0` are the same.
pub(super) fn integer(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
    })
}

/// The forms of an image. Any UUID counts as uploaded, any URL as reachable.
pub(crate) fn is_image(text: &str, provider: Provider) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
    let inside = text.strip_prefix("data:image/");
    is_web_address(text)
        || match provider {
            Provider::Runpod => inside.is_some(),
            Provider::Runware => {
                is_uuid_v4(text)
                    || inside.is_some_and(|rest| rest.contains(";base64,"))
                    || (text.len() >= 16 && text.bytes().all(base64))
            }
        }
}

/// The forms of a video or audio file: neither provider documents inline ones.
fn is_clip(text: &str, provider: Provider) -> bool {
    is_web_address(text) || (provider == Provider::Runware && is_uuid_v4(text))
}
