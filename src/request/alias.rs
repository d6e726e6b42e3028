//! Names of other APIs (OpenAI, the AI SDK, fal, Replicate, RunPod, Runware, …), and values in their spelling.
//! A reading is certain: it keeps what the caller wants, in this crate's names, or there is none.

use super::{Field, REF_KEY, Text};
use crate::field::{OTHERS, Shape};
use crate::json::{Object, Value};
use crate::near::{Near, fold};
use std::sync::LazyLock;

/// Names without capitals and separators that mean a field, with `|` between them.
const ALIASES: &[(Field, &str)] = &[
    (Field::Prompt, "positiveprompt|prompttext|textprompt|text"),
    (Field::NegativePrompt, "negativeprompttext"),
    (
        Field::Image,
        "\
        imageurl|imageuri|imgurl|inputimage|inputreference|promptimage|firstframe|\
        firstframeurl|firstframeimage|startframe|startimage|startimageurl|frameimages",
    ),
    (
        Field::LastFrameImage,
        "\
        lastimage|lastimageurl|lastframe|lastframeurl|endframe|endimage|endimageurl|imagetail|\
        tailimageurl",
    ),
    (Field::ReferenceImages, "images|imageurls|references|referenceimageurls|inputreferences"),
    (Field::Video, "videourl|videouri|inputvideo|sourcevideo|sourcevideourl"),
    (Field::ReferenceVideos, "referencevideo|referencevideourl|referencevideourls"),
    (Field::Audio, "audiourl|inputaudio"),
    (Field::Duration, "seconds|numseconds|durationseconds|durationms|videolength|length"),
    (Field::Resolution, "videoresolution"),
    (Field::Size, "width|height|dimensions|imagesize|videosize"),
    (Field::AspectRatio, "ratio"),
    (Field::Fps, "framerate|framespersecond"),
    (Field::Seed, "randomseed|noiseseed"),
    (Field::GenerateAudio, "sound|settingsaudio|saveaudio|withaudio|enableaudio|generatesound"),
    (Field::Music, "bgm"),
    (
        Field::EnhancePrompt,
        "\
        promptextend|promptoptimizer|promptupsampling|promptenhance|expandprompt|\
        enablepromptexpansion|enablepromptoptimization",
    ),
    (Field::GuidanceScale, "cfg|cfgscale|guidance"),
    (Field::InferenceSteps, "steps|numsteps|samplesteps|samplingsteps|numinferencesteps"),
    (Field::Style, "stylepreset"),
    (Field::MotionAmount, "movementamplitude"),
    (Field::ShotType, "shots|multishot|multishots"),
    (Field::CameraFixed, "fixedlens|fixedcamera"),
    (Field::KeepAudio, "keeporiginalsound"),
    (Field::ResizeMode, "resize"),
    (Field::Exr, "exrexport"),
    (Field::N, "numberresults|numberofvideos|numvideos|numoutputs|numresults|samplecount|count"),
    (Field::RemixId, "videoid|remixvideoid|remixedfromvideoid"),
    (Field::OutputFormat, "format|container"),
    (Field::OutputQuality, "quality"),
    (Field::ContentCheck, "checkcontent|enablesafetychecker|safetymode"),
    (Field::TtlSeconds, "ttl"),
    (Field::UploadUrl, "uploadendpoint"),
    (Field::WebhookUrl, "webhook|callbackurl"),
];

/// The path of the field that a folded name means in another API.
fn alias(folded: &str) -> Option<&'static str> {
    let has = |names: &str| names.split('|').any(|name| name == folded);
    ALIASES.iter().find(|(_, names)| has(names)).map(|(field, _)| field.path())
}

/// Objects that group the fields of other APIs. One with a single field is read as that field.
const GROUPS: &[&str] =
    &["inputs", "settings", "safety", "parameters", "config", "providersettings"];

/// A value at the path of a request where it belongs.
pub(super) type Reading = (&'static str, Value);

/// The path that a name means, and the value there if the reading is certain.
pub(super) fn read(name: &str, value: &Value) -> (Option<&'static str>, Option<Reading>) {
    if let Some(reading) = in_group(name, value, 0) {
        return (Some(reading.0), Some(reading));
    }
    let folded = fold(name);
    if let Some(path) = named(&folded) {
        let reading = convert_as(&folded, path, value);
        return (Some(reading.as_ref().map_or(path, |(path, _)| path)), reading);
    }
    let mut near = Near::of(&folded);
    for (own, path) in PATHS.iter() {
        near.offer(own, path.as_str().unwrap_or_default());
    }
    let Some((distance, path)) = near.best else {
        return (None, None);
    };
    // A number in the name makes it another field (`image2`), and a short name resembles too much (`mode`, `model`).
    let max = match folded.len() {
        0..5 => 0,
        5..8 => 1,
        _ => 2,
    };
    let is_typo = distance <= max && !folded.contains(is_digit);
    (Some(path), if is_typo { convert(path, value) } else { None })
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The path of a folded name: this crate's own in another spelling, or an alias.
fn named(folded: &str) -> Option<&'static str> {
    let model = || ["modelid", "modelname"].contains(&folded).then_some("model");
    let own = PATHS.get(folded).and_then(Value::as_str);
    own.or_else(model).or_else(|| alias(folded))
}

/// The paths of this crate's fields by their folded names, which many unknown names of a request are compared with.
static PATHS: LazyLock<Object> = LazyLock::new(|| {
    let mut paths = Object::new();
    for path in Field::ALL.iter().map(|field| field.path()).chain(OTHERS.iter().copied()) {
        paths.insert(fold(path), path.into());
    }
    paths
});

/// The only field of a group, such as `{ frameImages: [url] }` of `inputs`.
fn in_group(name: &str, value: &Value, depth: u32) -> Option<Reading> {
    let map = value.as_object().filter(|map| map.len() == 1 && Text::read(value).is_none())?;
    let (inner, value) = map.iter().next()?;
    let folded = fold(name);
    if depth == 0 && !GROUPS.contains(&folded.as_str()) || depth > 1 {
        return None;
    }
    let both = format!("{folded}{}", fold(inner));
    let (key, path) = match alias(&both) {
        Some(path) => (both, path),
        None => match named(&fold(inner)) {
            Some(path) => (fold(inner), path),
            // The vendor of `providerSettings`.
            None if folded == "providersettings" => return in_group(inner, value, depth + 1),
            None => return None,
        },
    };
    convert_as(&key, path, value)
}

/// The value as `path` takes it, or as another path does that it certainly means.
pub(super) fn convert(path: &'static str, value: &Value) -> Option<Reading> {
    convert_as("", path, value)
}

fn convert_as(name: &str, path: &'static str, value: &Value) -> Option<Reading> {
    let Some(field) = Field::at(path) else {
        let fits = match path {
            "model" => value.is_string(),
            "allowInlineImages" => value.is_boolean(),
            _ => value.is_object(),
        };
        return fits.then(|| (path, value.clone()));
    };
    let own: Option<Value> = match field {
        Field::Size | Field::Resolution | Field::AspectRatio => return frame(field, value),
        Field::Duration if name == "durationms" => {
            let ms = integer(value, &[])?;
            (ms % 1000 == 0).then(|| (ms / 1000).into())
        }
        Field::Duration => integer(value, &["seconds", "sec", "s"]).map(Value::from),
        Field::OutputQuality => match integer(value, &[]) {
            Some(quality) => Some(quality.into()),
            None => return frame(field, value).filter(|(path, _)| *path == "resolution"),
        },
        Field::ContentCheck => match (value.as_bool(), name) {
            (Some(false), _) => Some("none".into()),
            // Runware: "enabled" means fast.
            (Some(true), "checkcontent") => Some("fast".into()),
            (Some(true), _) => Some("full".into()),
            _ => word(value),
        },
        Field::ShotType => match value.as_bool() {
            Some(many) if name.starts_with("multi") => {
                Some(if many { "multi" } else { "single" }.into())
            }
            _ => word(value),
        },
        Field::OutputFormat => {
            let word = word(value)?;
            let word = word.as_str()?;
            Some(word.strip_prefix("video/").unwrap_or(word).into())
        }
        Field::Audio if boolean(value).is_some() => {
            return Some((Field::GenerateAudio.path(), boolean(value)?));
        }
        _ => match field.shape() {
            Shape::Text => Text::read(value).map(|_| value.clone()),
            Shape::Integer => integer(value, &["fps"]).map(Value::from),
            Shape::Number => number(value),
            Shape::Boolean => boolean(value),
            Shape::Word | Shape::Size if field != Field::RemixId => word(value),
            Shape::Word | Shape::Size | Shape::Url | Shape::Uuid => {
                value.is_string().then(|| value.clone())
            }
            Shape::Image => return image(path, value),
            Shape::File => file(value),
            Shape::Images | Shape::Files => {
                let one = |item: &Value| match field.shape() {
                    Shape::Images => image(path, item).filter(|(to, _)| *to == path)?.1.into(),
                    _ => file(item),
                };
                let items = match value.as_array() {
                    Some(items) => items.iter().map(one).collect::<Option<Vec<_>>>()?,
                    None => vec![one(value)?],
                };
                (!items.is_empty()).then(|| items.into())
            }
        },
    };
    own.map(|value| (path, value))
}

/// A number, or a text that is one, possibly with its unit.
fn integer(value: &Value, units: &[&str]) -> Option<i64> {
    let Some(text) = value.as_str() else {
        let float = value.as_f64().filter(|float| float.trunc() == *float && float.abs() < 1e15)?;
        return value.as_i64().or(Some(float as i64));
    };
    let text = text.trim().to_ascii_lowercase();
    let bare = units.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(&text).trim();
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    bare.parse().ok()
}

/// A number, or a text that is a short decimal. The standard library's parser of any float is large.
#[expect(
    clippy::float_arithmetic,
    reason = "it is no amount, and the quotient of exact numbers is rounded once"
)]
fn number(value: &Value) -> Option<Value> {
    if value.is_number() {
        return Some(value.clone());
    }
    let text = value.as_str()?.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 6 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: i64 = format!("{whole}{decimals}").parse().ok()?;
    let number =
        f64::from(i32::try_from(digits).ok()?) / 10f64.powi(i32::try_from(decimals.len()).ok()?);
    Some(number.into())
}

fn boolean(value: &Value) -> Option<Value> {
    if value.is_boolean() {
        return Some(value.clone());
    }
    match value.as_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "on" => Some(true.into()),
        "false" | "off" => Some(false.into()),
        _ => None,
    }
}

/// A word of an enumeration. This crate writes them in small letters.
fn word(value: &Value) -> Option<Value> {
    let word = value.as_str()?.trim().to_ascii_lowercase();
    (!word.is_empty() && word.len() < 64).then(|| word.into())
}

/// A resolution, a size or an aspect ratio, whichever the value is.
fn frame(field: Field, value: &Value) -> Option<Reading> {
    let size = |width: i64, height: i64| {
        let fits = [width, height].iter().all(|side| (1..100_000).contains(side));
        fits.then(|| (Field::Size.path(), format!("{width}x{height}").into()))
    };
    let tier = |tier: String| Some((Field::Resolution.path(), tier.into()));
    if let Some(map) = value.as_object() {
        let side = |name| integer(map.get(name)?, &[]);
        return if map.len() == 2 { size(side("width")?, side("height")?) } else { None };
    }
    if let Some([width, height]) = value.as_array().map(Vec::as_slice) {
        return size(integer(width, &[])?, integer(height, &[])?);
    }
    if let Some(rows) = value.as_i64() {
        let is_tier = field == Field::Resolution && (144..=4320).contains(&rows);
        return if is_tier { tier(format!("{rows}p")) } else { None };
    }
    let text = value.as_str()?.trim().to_ascii_lowercase();
    let ratio = |ratio: &str| Some((Field::AspectRatio.path(), ratio.into()));
    match text.as_str() {
        "landscape" => return ratio("16:9"),
        "portrait" => return ratio("9:16"),
        "square" => return ratio("1:1"),
        _ => {}
    }
    // fal: `portrait_16_9` is 9:16.
    let (turned, sides) = match text.strip_prefix("portrait_") {
        Some(rest) => (true, rest.replacen('_', ":", 1)),
        None => {
            let sides = text.strip_prefix("landscape_").unwrap_or(&text);
            (false, sides.replacen('_', ":", 1))
        }
    };
    if let Some((width, height)) = sides.split_once(['x', '*', '×', ':', '/'].as_slice()) {
        let (width, height): (i64, i64) = (width.trim().parse().ok()?, height.trim().parse().ok()?);
        // No ratio has such large terms, and no video such short sides.
        return match (width.min(height), turned) {
            (64.., _) => size(width, height),
            (1.., true) => ratio(&format!("{height}:{width}")),
            (1.., false) => ratio(&format!("{width}:{height}")),
            _ => None,
        };
    }
    let digits = text.trim_end_matches(['p', 'k'].as_slice());
    let rows: i64 = digits.parse().ok()?;
    match (text.strip_prefix(digits), rows) {
        (Some("p" | ""), 144..=4320) => tier(format!("{rows}p")),
        (Some("k"), 1..=16) => tier(text),
        _ => None,
    }
}

/// Names of an image in an object of another API.
const SOURCES: &[&str] = &["image", "url", "uri", "imageurl", "inputimage"];

/// An image, which may be the only one of a list, or in an object that also says which frame it is.
fn image(path: &'static str, value: &Value) -> Option<Reading> {
    if Text::read(value).is_some() {
        return Some((path, value.clone()));
    }
    if let Some([one]) = value.as_array().map(Vec::as_slice) {
        return image(path, one);
    }
    let mut source = None;
    let mut path = path;
    for (name, value) in value.as_object()? {
        let word = value.as_str().map(fold).unwrap_or_default();
        match fold(name).as_str() {
            name if SOURCES.contains(&name) && source.is_none() => source = Some(value),
            "frame" | "frametype" | "role" => match word.as_str() {
                "first" | "firstframe" => path = Field::Image.path(),
                "last" | "lastframe" => path = Field::LastFrameImage.path(),
                _ if value.as_f64() == Some(0.0) => path = Field::Image.path(),
                _ => return None,
            },
            "type" if SOURCES.contains(&word.as_str()) => {}
            _ => return None,
        }
    }
    image(path, source?).filter(|_| source.is_some_and(|source| !source.is_array()))
}

/// A video or audio file.
fn file(value: &Value) -> Option<Value> {
    let inner = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("url"));
    let value = inner.unwrap_or(value);
    Text::read(value).map(|_| value.clone())
}

/// Drops the beginnings of long strings, which only the parser needs; returns the value's bytes.
pub(super) fn drop_heads(value: &mut Value) -> usize {
    let own = match value {
        Value::String(text) => return text.len(),
        Value::Array(items) => items.iter_mut().map(drop_heads).sum(),
        Value::Object(map) => {
            if map.contains_key(REF_KEY) {
                map.insert("head".to_owned(), "".into());
            }
            map.values_mut().map(drop_heads).sum()
        }
        _ => 0,
    };
    own + 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::near::FOLDED;

    #[test]
    fn an_unknown_name_folds_itself_and_no_field_again() {
        let unknown = || read("nothingThatAnyProviderTakes", &Value::from(1));
        assert_eq!(unknown(), (None, None));
        let before = FOLDED.get();
        assert_eq!(unknown(), (None, None));
        assert_eq!(FOLDED.get() - before, 1);
    }
}
