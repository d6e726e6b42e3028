//! One parameter as the documents have it: its place, its type, its values, its default.

use serde_json::Value;

use super::Provider;
use crate::picture_size::is_web_address;
use crate::rng::is_uuid_v4;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Its place in the request, with a dot between names.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// What it is where a request does not say.
    pub(super) usual: Option<Usual>,
}

/// A documented default that prices or rules depend on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Usual {
    Flag(bool),
    Whole(i64),
    Word(&'static str),
}

/// What a value may be. Two numbers are the least and the most, one is the most.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text(usize, usize),
    Flag,
    Words(&'static [&'static str]),
    Whole(i64, i64),
    Wholes(&'static [i64]),
    /// A whole number, or the word `auto`.
    WholeOrAuto(i64, i64),
    Number(f64, f64),
    Address,
    Image,
    Images(usize),
    Frames(Frames),
    /// A video or a sound.
    Clip,
    Clips(usize),
    /// Parameters of its own, or unread.
    Object,
    /// Objects of these fields; without fields, unread.
    Items(&'static [Parameter], usize),
}

/// Which pictures of a film can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    First,
    FirstAndLast,
    /// Any number of them, at any place.
    Keys,
}

impl Frames {
    pub(crate) fn most(self) -> usize {
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

pub(super) const fn must(path: &'static str, kind: Kind) -> Parameter {
    Parameter {
        path,
        kind,
        required: true,
        usual: None,
    }
}

pub(super) const fn may(path: &'static str, kind: Kind) -> Parameter {
    Parameter {
        path,
        kind,
        required: false,
        usual: None,
    }
}

/// A flag, and what it is where a request does not say.
pub(super) const fn flag(path: &'static str, usual: bool) -> Parameter {
    Parameter {
        usual: Some(Usual::Flag(usual)),
        ..may(path, Kind::Flag)
    }
}

/// A word among several, and the one where a request does not say.
pub(super) const fn word(
    path: &'static str,
    words: &'static [&'static str],
    usual: &'static str,
) -> Parameter {
    Parameter {
        usual: Some(Usual::Word(usual)),
        ..may(path, Kind::Words(words))
    }
}

/// Seconds of film, and how many where a request does not say.
pub(super) const fn duration(kind: Kind, usual: i64) -> Parameter {
    Parameter {
        usual: Some(Usual::Whole(usual)),
        ..may("duration", kind)
    }
}

impl Kind {
    /// Whether a value fits. The forms of pictures and clips differ between the providers.
    pub(crate) fn takes(&self, value: &Value, provider: Provider) -> bool {
        let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(fits);
        let items = |most: usize, fits: &dyn Fn(&Value) -> bool| {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            (1..=most).contains(&list.len()) && list.iter().all(fits)
        };
        match *self {
            Self::Text(least, most) => text(&|text| (least..=most).contains(&text.chars().count())),
            Self::Flag => value.is_boolean(),
            Self::Words(words) => text(&|text| words.contains(&text)),
            Self::Whole(least, most) => in_range(value, least, most),
            Self::Wholes(wholes) => whole(value).is_some_and(|whole| wholes.contains(&whole)),
            Self::WholeOrAuto(least, most) => value == "auto" || in_range(value, least, most),
            Self::Number(least, most) => value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)),
            Self::Address => text(&is_web_address),
            Self::Image => text(&|text| is_image(text, provider)),
            Self::Images(most) => items(most, &|item| {
                let image = item.get("image").unwrap_or(item).as_str();
                image.is_some_and(|image| is_image(image, provider))
            }),
            Self::Frames(frames) => items(frames.most(), &|_| true),
            Self::Clip => text(&|text| is_clip(text, provider)),
            Self::Clips(most) => items(most, &|item| {
                item.as_str().is_some_and(|clip| is_clip(clip, provider))
            }),
            Self::Object => value.is_object(),
            Self::Items(fields, most) => items(most, &|item| fits(item, fields, provider)),
        }
    }

    /// The most that a whole number can be.
    pub(super) fn longest(&self) -> Option<i64> {
        match self {
            Self::Whole(_, most) | Self::WholeOrAuto(_, most) => Some(*most),
            Self::Wholes(wholes) => wholes.iter().copied().max(),
            _ => None,
        }
    }
}

/// Whether an object has these fields. RunPod ignores any other, Runware does not.
fn fits(item: &Value, fields: &[Parameter], provider: Provider) -> bool {
    let Value::Object(item) = item else {
        return false;
    };
    let known = |name: &String| fields.iter().any(|field| field.path == name);
    let takes_any = fields.is_empty() || provider == Provider::Runpod;
    (takes_any || item.keys().all(known))
        && fields.iter().all(|field| match item.get(field.path) {
            Some(value) => field.kind.takes(value, provider),
            None => !field.required,
        })
}

fn in_range(value: &Value, least: i64, most: i64) -> bool {
    whole(value).is_some_and(|whole| (least..=most).contains(&whole))
}

/// A whole number, however it is written: `8` and `8.0` are one.
pub(super) fn whole(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
    })
}

/// The forms a picture may have. Any UUID counts as uploaded, any address as reachable.
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

/// The forms a video or a sound may have: neither provider documents one inside the request.
fn is_clip(text: &str, provider: Provider) -> bool {
    is_web_address(text) || (provider == Provider::Runware && is_uuid_v4(text))
}
