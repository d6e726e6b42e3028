//! The video in a row: its URL, or its bytes.
//! Source: the model's page; public reports show lists, objects and data URIs in place of the URL.

use crate::json::Value;

use crate::json::text::Text;
use crate::money::read_usd;
use crate::outcome::Video;
use crate::provider::contains;

/// The fields of a row that hold a video, in the order of preference, and whether they may hold plain Base64.
/// `videoURL`, `videoUrl` and `video_url` are the same.
const FIELDS: &[(&str, bool)] = &[
    ("videourl", false),
    ("videouri", false),
    ("videourls", false),
    ("video", false),
    ("videos", false),
    ("videodatauri", true),
    ("videobase64data", true),
    ("videobase64", true),
    ("outputurl", false),
    ("mediaurl", false),
    ("url", false),
    ("files", false),
];

/// The same of an object in place of a text.
const NESTED: &[(&str, bool)] = &[
    ("videoURL", false),
    ("url", false),
    ("uri", false),
    ("href", false),
    ("src", false),
    ("data", true),
    ("base64", true),
];

/// Objects of a row that may hold its video.
const BELOW: &[&str] = &["outputs", "output", "result"];

/// A picture beside the video is not the video.
const PICTURES: &[&str] =
    &[".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".bmp", ".tiff", ".svg"];

/// Maximum depth of lists and objects in place of a text.
const MAX_DEPTH: u32 = 4;

/// Words in place of Base64.
const NOTHING: &[&str] = &["null", "none", "undefined", "pending"];

/// Shorter texts are not Base64 of a video.
const MIN_BASE64_LEN: usize = 4;

/// The finished video of a row; `None` if the row has neither a URL nor data.
pub(super) fn video(row: &Value) -> Option<Video> {
    let below = |name: &&str| match row.get(*name)? {
        Value::Array(items) => items.iter().find_map(in_fields),
        inner => in_fields(inner),
    };
    let video = in_fields(row).or_else(|| BELOW.iter().find_map(below))?;
    let text = |value: Option<&Value>| {
        let text = value?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Some(Video {
        id: text(row.get("videoUUID")),
        seed: row.get("seed").and_then(integer),
        nsfw: row.get("NSFWContent").and_then(flag),
        remix_id: text(row.get("outputs").and_then(|outputs| outputs.get("videoId"))),
        cost: row.get("cost").and_then(read_usd),
        ..video
    })
}

/// A whole number, also as text.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A boolean, also as text.
fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| match value.as_str()?.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

/// Whether the row says where its video is, and be it in an unreadable way.
pub(super) fn names_video(row: &Value) -> bool {
    let is_said = |value: &Value| match Text::read(value) {
        Some(text) => !text.head.trim().is_empty(),
        None => !value.is_null(),
    };
    FIELDS.iter().any(|(name, _)| field(row, name).is_some_and(is_said))
}

/// The field with these letters, in any spelling.
fn field<'a>(row: &'a Value, letters: &str) -> Option<&'a Value> {
    let is_it = |name: &str| {
        let name = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        name.map(|byte| byte.to_ascii_lowercase()).eq(letters.bytes())
    };
    row.as_object()?
        .iter()
        .find(|(name, value)| is_it(name) && !value.is_null())
        .map(|(_, value)| value)
}

/// The first URL and the first data of the fields.
fn in_fields(row: &Value) -> Option<Video> {
    let mut video = Video::default();
    for (name, may_be_base64) in FIELDS {
        match field(row, name).and_then(|value| content(value, *may_be_base64, 0)) {
            Some(Video { data: Some(data), .. }) => {
                video.data.get_or_insert(data);
            }
            Some(found) if video.url.is_none() && video.long_url.is_none() => {
                (video.url, video.long_url) = (found.url, found.long_url);
            }
            _ => {}
        }
    }
    video.has_content().then_some(video)
}

/// The URL or the data in a value, or in the first part of a list or an object that has one.
fn content(value: &Value, may_be_base64: bool, depth: u32) -> Option<Video> {
    if let Some(text) = Text::read(value) {
        return from_text(value, text.head.trim(), may_be_base64);
    }
    match value {
        Value::Array(items) if depth < MAX_DEPTH => {
            items.iter().find_map(|item| content(item, may_be_base64, depth + 1))
        }
        Value::Object(map) if depth < MAX_DEPTH => {
            let mut known =
                NESTED.iter().filter_map(|(name, base64)| Some((map.get(*name)?, *base64)));
            known.find_map(|(item, base64)| content(item, base64, depth + 1)).or_else(|| {
                let mut others = map.iter().filter(|(name, _)| !names_picture(name));
                others.find_map(|(_, item)| content(item, false, depth + 1))
            })
        }
        _ => None,
    }
}

/// A text is a URL, a data URI, or Base64 where that is allowed. A relative URL is none of them.
fn from_text(value: &Value, head: &str, may_be_base64: bool) -> Option<Video> {
    let after = |scheme: &'static str| {
        let start = head.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some((scheme, head.get(scheme.len()..)?))
    };
    if let Some((scheme, rest)) = after("https://").or_else(|| after("http://")) {
        let has_host =
            rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || !c.is_ascii());
        return (has_host && !is_picture(rest))
            .then(|| Video::default().with_url(&spelled(value, head, scheme)));
    }
    let (scheme, is_data) = match after("data:") {
        Some((scheme, rest)) => (scheme, is_video_data(rest)),
        None => ("", may_be_base64 && is_base64(head)),
    };
    is_data.then(|| Video { data: Some(spelled(value, head, scheme)), ..Video::default() })
}

/// The text without spaces around it and with its scheme in lower case. A reference to a long text stays.
fn spelled(value: &Value, head: &str, scheme: &str) -> Value {
    match value {
        Value::String(text) if text.len() != head.len() || !text.starts_with(scheme) => {
            [scheme, head.get(scheme.len()..).unwrap_or_default()].concat().into()
        }
        _ => value.clone(),
    }
}

/// Whether the part of a data URI behind `data:` has bytes, and not those of a picture or a text.
fn is_video_data(rest: &str) -> bool {
    let (kind, bytes) = rest.split_once(',').unwrap_or_default();
    let kind = kind.trim_start().to_ascii_lowercase();
    !bytes.is_empty() && !kind.starts_with("image/") && !kind.starts_with("text/")
}

/// Whether the name is that of a picture beside a video.
fn names_picture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["thumb", "poster", "preview", "cover", "image"].iter().any(|part| contains(&name, part))
}

fn is_picture(url: &str) -> bool {
    let path = url.split(['?', '#'].as_slice()).next().unwrap_or_default().to_ascii_lowercase();
    PICTURES.iter().any(|ending| path.ends_with(ending))
}

fn is_base64(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(&byte);
    text.len() >= MIN_BASE64_LEN
        && text.bytes().all(fits)
        && !NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
}
