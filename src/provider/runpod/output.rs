//! Finds the video in a job's output, and its cost.
//!
//! Documented are `output.video_url` (the model's page), `output.result` (RunPod's tutorial), `output.url`
//! and the output itself (RunPod's SDK). Users' workers nest these, send the bytes as a data URI or as
//! ComfyUI's `{"type":"base64","filename":…,"data":…}`, and put pictures, links and the input beside them.
//! The words of a name or a type say what a value is, and so does the file extension of a URL.

use std::sync::LazyLock;

use crate::json::text::{Text, after_start, after_untyped};
use crate::json::{Object, Value};
use crate::money::{Usd, read_usd};
use crate::outcome::Video;
use crate::provider::{contains, split_once};

/// Which names are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Those that say that they hold a result, and what is nested in them.
    Results,
    /// All, for what is certainly a video: the outputs of users' own endpoints are not documented.
    Everywhere,
    /// Those that say that they hold a result, for what is certainly a video: the job does not say that it
    /// completed, and a link may lead to its log.
    Certain,
}

/// What a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A video, as `video_url`.
    Video,
    /// A result, as `url`.
    Result,
    /// Nothing: only what is certainly a video counts.
    Other,
    /// A picture or a sound, as `thumbnail`: the same, as a last choice.
    Medium,
    /// Not a result, as `input`.
    Excluded,
}

/// What a file extension says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Video,
    NoVideo,
    Unknown,
}

/// A value that is a video, as far as is known.
struct Candidate<'a> {
    value: &'a Value,
    url: Option<String>,
    /// Lower is better.
    rank: u8,
    /// The nearest object around it with a cost.
    costed: Option<&'a Object>,
    /// How many objects around it have a cost.
    costs: u32,
}

impl Candidate<'_> {
    fn is_same(&self, other: &Self) -> bool {
        match self.url {
            Some(_) => self.url == other.url,
            None => self.value == other.value,
        }
    }
}

/// The most videos of a job at a user's own endpoint. A public one makes one.
pub(super) const MAX_VIDEOS: usize = 100;

/// Names that are searched first, in this order.
const FIRST_NAMES: &[&str] = &["video_url", "video", "videos", "result", "url", "output"];
const COST_NAMES: &[&str] = &["cost", "cost_usd", "costUsd", "total_cost"];
/// Names that hold what an object is.
const TYPE_NAMES: &[&str] = &[
    "type",
    "kind",
    "role",
    "format",
    "media_type",
    "mime_type",
    "mimeType",
    "content_type",
    "contentType",
];
/// Names that hold the name of an object's file.
const FILE_NAMES: &[&str] = &["filename", "file_name", "fileName", "name"];
/// The maximum length of a type in bytes.
const MAX_TYPE_LEN: usize = 60;

const VIDEO_WORDS: &str = "video|videos|videourl|mp4|webm|film|movie|clip";
const PICTURE_WORDS: &str = "\
    image|images|thumbnail|thumbnails|thumb|thumbs|poster|cover|picture|pictures|photo|screenshot|\
    frame|frames|icon|avatar|logo|gif|gifs|png|jpg|jpeg|webp|preview|previews";
const SOUND_WORDS: &str = "audio|sound|music|voice|subtitle|subtitles|captions|transcript";
const RESULT_WORDS: &str = "\
    result|results|url|urls|uri|href|output|outputs|data|file|files|download|asset|assets|artifact|\
    artifacts|media|content|response|generation|generations|base64|b64";
const INPUT_WORDS: &str = "input|inputs|source|reference|references|ref|original|init";
const EXCLUDED_WORDS: &str = "\
    request|params|parameters|args|arguments|prompt|config|settings|options|workflow|log|logs|\
    traceback|error|errors|warning|warnings|docs|documentation|help|support|webhook|callback|status|\
    cancel|api|console|dashboard|terms|license";

/// The longest word of these lists.
const MAX_WORD_LEN: usize = 13;

/// The words of a name's role, each with the place of its list: the lists are too long to be read for each name.
static ROLES: LazyLock<Object> = LazyLock::new(|| {
    let lists =
        [VIDEO_WORDS, PICTURE_WORDS, SOUND_WORDS, RESULT_WORDS, INPUT_WORDS, EXCLUDED_WORDS];
    let mut roles = Object::new();
    for (place, list) in lists.iter().enumerate() {
        list.split('|').for_each(|word| drop(roles.insert(word.to_owned(), place.into())));
    }
    roles
});

const VIDEO_EXTENSIONS: &str = "mp4|webm|mov|mkv|m4v|avi|mpg|mpeg|ogv|3gp|flv|wmv";
/// Pictures, sounds and texts.
const OTHER_EXTENSIONS: &str = "\
    jpg|jpeg|jpe|jfif|png|webp|gif|avif|heic|heif|svg|bmp|tif|tiff|ico|mp3|wav|aac|flac|m4a|ogg|\
    opus|txt|json|html|htm|log|md|csv|xml|pdf|srt|vtt";

/// The most likely videos of a job's output, at most `max`, each once, and what they cost together; `None` without one.
pub(super) fn find_videos(
    output: &Value,
    job: &Value,
    search: Search,
    max: usize,
) -> Option<(Vec<Video>, Option<Usd>)> {
    let mut best = Best { candidates: Vec::new(), max };
    let context = Context { role: Role::Result, is_bytes: false, costed: None, costs: 0 };
    collect(output, search, context, &mut best);
    let found = best.candidates;
    let first = found.first()?;
    let (mut sum, mut parts, mut last) = (Usd(0), 0, None);
    for map in found.iter().filter_map(|one| one.costed) {
        if !last.replace(map).is_some_and(|last| std::ptr::eq(last, map)) {
            (sum, parts) = (Usd::sum([sum, own_cost(map)?]), parts + 1);
        }
    }
    let cost = if found.iter().any(|one| one.costs != first.costs) {
        // A cost around all, beside one of a part, may be the sum.
        None
    } else if parts == 0 {
        find_cost(output).or_else(|| find_cost(job))
    } else {
        Some(sum)
    };
    let is_each = cost.is_some() && parts == found.len();
    let mut videos = Vec::new();
    for one in &found {
        let own =
            if found.len() == 1 { cost } else { one.costed.filter(|_| is_each).and_then(own_cost) };
        let video = Video { cost: own, ..Video::default() };
        videos.push(match &one.url {
            // The text of a reference is outside the module.
            Some(_) if one.value.is_object() => video.with_url(one.value),
            Some(url) => video.with_url(&url.as_str().into()),
            None => Video { data: Some(one.value.clone()), ..video },
        });
    }
    Some((videos, cost))
}

/// The cost in an output: its own, or else the first one in a result.
pub(super) fn find_cost(output: &Value) -> Option<Usd> {
    match output {
        Value::Array(items) => items.iter().find_map(find_cost),
        // What a picture cost is not what the video cost.
        Value::Object(map) if object_role(map) == Role::Medium => None,
        Value::Object(map) => own_cost(map).or_else(|| {
            // No other value has a field. A worker's output can have thousands, and a look at a name is slow.
            let mut fields = map.iter().filter(|(_, value)| is_nested(value));
            fields.find_map(|(name, value)| match role(name) {
                Role::Video | Role::Result => find_cost(value),
                _ => None,
            })
        }),
        _ => None,
    }
}

/// Whether a job without a video says, in any words, that it costs something.
pub(super) fn claims_cost(value: &Value, is_cost: bool) -> bool {
    const WORDS: &str = "cost|costs|price|billed|billing|charged|fee|amount|usd|credits|spent";
    match value {
        Value::Bool(is_billed) => is_cost && *is_billed,
        Value::Number(number) => is_cost && number.as_f64().is_some_and(|amount| amount > 0.0),
        Value::String(text) => is_cost && text.contains(|c: char| matches!(c, '1'..='9')),
        Value::Array(items) => items.iter().any(|item| claims_cost(item, is_cost)),
        Value::Object(map) => map.iter().any(|(name, item)| {
            let has = |list: &str| words(name).any(|word| is_one_of(word, list));
            // What claims nothing under any name needs no look at it.
            let may_claim = is_nested(item) || claims_cost(item, true);
            may_claim && !has(INPUT_WORDS) && claims_cost(item, is_cost || has(WORDS))
        }),
        Value::Null => false,
    }
}

/// Whether a job names the file of a video, also where nobody can read it, as on a volume.
pub(super) fn names_video_file(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let is_path = text.contains('/') && !text.contains(char::is_whitespace);
            is_path && (url_kind(text) == FileKind::Video || file_kind(text) == FileKind::Video)
        }
        Value::Array(items) => items.iter().any(names_video_file),
        Value::Object(map) => {
            let is_searched = |name: &str| !words(name).any(|word| is_one_of(word, INPUT_WORDS));
            map.iter().any(|(name, item)| names_video_file(item) && is_searched(name))
        }
        _ => false,
    }
}

/// Whether a value has values inside.
fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

/// Whether an output has a link of any kind, as `s3://bucket/abc`: it may be the video's, under a name that says nothing.
pub(super) fn names_link(value: &Value) -> bool {
    match value {
        Value::String(text) => contains(text, "://") && !text.contains(char::is_whitespace),
        Value::Array(items) => items.iter().any(names_link),
        Value::Object(map) => {
            map.iter().any(|(name, item)| names_link(item) && role(name) != Role::Excluded)
        }
        _ => false,
    }
}

fn own_cost(map: &Object) -> Option<Usd> {
    COST_NAMES.iter().find_map(|name| map.get(*name).and_then(read_usd))
}

/// What is known about a value from the names and objects around it.
#[derive(Clone, Copy)]
struct Context<'a> {
    role: Role,
    /// The value is the bytes of a video, in Base64.
    is_bytes: bool,
    /// As of a candidate.
    costed: Option<&'a Object>,
    costs: u32,
}

/// The best candidates, of one rank.
struct Best<'a> {
    candidates: Vec<Candidate<'a>>,
    max: usize,
}

impl<'a> Best<'a> {
    fn add(&mut self, one: Candidate<'a>) {
        if self.candidates.first().is_some_and(|best| one.rank < best.rank) {
            self.candidates.clear();
        }
        let is_best = self.candidates.first().is_none_or(|best| one.rank == best.rank);
        let is_new = || !self.candidates.iter().any(|other| other.is_same(&one));
        if is_best && self.candidates.len() < self.max && is_new() {
            self.candidates.push(one);
        }
    }
}

/// Keeps the best videos of a value.
fn collect<'a>(value: &'a Value, search: Search, context: Context<'a>, best: &mut Best<'a>) {
    match value {
        text if Text::read(text).is_some() => {
            let head = Text::read(text).map_or("", |text| text.head);
            let rank = rank(head, context);
            if let Some(rank) = rank.filter(|rank| search != Search::Certain || *rank < LINK) {
                let Context { costed, costs, .. } = context;
                best.add(Candidate { value, url: http_url(head), rank, costed, costs });
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| collect(item, search, context, best));
        }
        Value::Object(map) => {
            let object_role = object_role(map);
            if object_role == Role::Excluded {
                return;
            }
            let context = match own_cost(map) {
                Some(_) => Context { costed: Some(map), costs: context.costs + 1, ..context },
                None => context,
            };
            let mut field = |name: &str, value: &'a Value| {
                if may_be_video(value)
                    && let Some(context) = context_of(name, search, context, object_role)
                {
                    collect(value, search, context, best);
                }
            };
            for name in FIRST_NAMES {
                if let Some(value) = map.get(*name) {
                    field(name, value);
                }
            }
            for (name, value) in map {
                if !FIRST_NAMES.contains(&name.as_str()) {
                    field(name, value);
                }
            }
        }
        _ => {}
    }
}

/// Whether the value is or holds a video under some name.
fn may_be_video(value: &Value) -> bool {
    match Text::read(value) {
        Some(text) => {
            http_url(text.head).is_some() || is_video_data(text.head) || is_base64(text.head)
        }
        None => is_nested(value),
    }
}

/// The context of a field; `None` if it is not searched.
fn context_of<'a>(
    name: &str,
    search: Search,
    around: Context<'a>,
    object_role: Role,
) -> Option<Context<'a>> {
    let role = match (role(name), object_role, around.role) {
        (Role::Excluded, ..) => return None,
        (Role::Medium, ..) => Role::Medium,
        // The object says what it is, wherever it is.
        (Role::Video | Role::Result, Role::Video, _) => Role::Video,
        (_, _, Role::Medium) => Role::Medium,
        (Role::Video, ..) => Role::Video,
        (_, Role::Medium, _) => Role::Medium,
        (Role::Result, _, Role::Video) => Role::Video,
        (Role::Result, ..) => Role::Result,
        (_, _, Role::Video) => Role::Other,
        _ if search == Search::Everywhere => Role::Other,
        _ => return None,
    };
    let is_base64 = |word: &str| is_one_of(word, "base64|b64");
    let is_bytes =
        role == Role::Video && (object_role == Role::Video || words(name).any(is_base64));
    Some(Context { role, is_bytes, ..around })
}

/// The rank of a result that may be no video.
const LINK: u8 = 3;

/// How likely a text is the video; lower is better.
fn rank(text: &str, context: Context<'_>) -> Option<u8> {
    let is_video = match http_url(text) {
        Some(url) => match url_kind(&url) {
            FileKind::Video => true,
            FileKind::NoVideo => return None,
            FileKind::Unknown => false,
        },
        None if is_video_data(text) => true,
        None if context.is_bytes && is_base64(text) => true,
        None => return None,
    };
    match (context.role, is_video) {
        (Role::Video, _) => Some(0),
        (Role::Result, true) => Some(1),
        (Role::Other, true) => Some(2),
        (Role::Result, false) => Some(LINK),
        (Role::Medium, true) => Some(4),
        (Role::Other | Role::Medium, false) | (Role::Excluded, _) => None,
    }
}

/// The role by the words of a name.
fn role(name: &str) -> Role {
    let (mut medium, mut other) = (None, Role::Other);
    for word in words(name).filter(|word| word.len() <= MAX_WORD_LEN) {
        match ROLES.get(&word.to_ascii_lowercase()).and_then(Value::as_i64) {
            // The last word decides: `image_to_video` is a video, `video_thumbnail` a picture.
            Some(0) => medium = Some(Role::Video),
            Some(1) => medium = Some(Role::Medium),
            Some(2) => other = Role::Medium,
            Some(3) if other == Role::Other => other = Role::Result,
            Some(4..) => return Role::Excluded,
            _ => {}
        }
    }
    medium.unwrap_or(other)
}

/// The role of an object's values, by the name of its file or its type.
fn object_role(map: &Object) -> Role {
    let text = |name: &&str| map.get(*name).and_then(Value::as_str);
    let file = FILE_NAMES.iter().filter_map(text).map(file_kind);
    match file.into_iter().find(|kind| *kind != FileKind::Unknown) {
        Some(FileKind::Video) => return Role::Video,
        Some(_) => return Role::Medium,
        None => {}
    }
    let types = TYPE_NAMES.iter().filter_map(text).filter(|text| text.len() <= MAX_TYPE_LEN);
    let roles = types.map(|text| match role(text) {
        Role::Excluded if !words(text).any(|word| is_one_of(word, INPUT_WORDS)) => Role::Other,
        role => role,
    });
    roles.into_iter().find(|role| *role != Role::Other).unwrap_or(Role::Other)
}

/// The words of a name, as in `videoUrl`, `video_url` and `video/mp4`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    #[cfg(test)]
    tests::SCANNED.set(tests::SCANNED.get() + 1);
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let mut was_lower = false;
        let ends = |c: char| {
            let is_end = !c.is_ascii_alphanumeric() || was_lower && c.is_ascii_uppercase();
            was_lower = c.is_ascii_lowercase();
            is_end
        };
        let (word, after) = rest.split_at_checked(rest.find(ends).unwrap_or(rest.len()))?;
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Whether a word is in a list of small words with `|` between them. It is the inner loop of all searches: splitting the
/// list takes ten times as long.
fn is_one_of(word: &str, list: &str) -> bool {
    let mut left = word.bytes();
    let mut fits = true;
    for byte in list.bytes() {
        if byte != b'|' {
            fits = fits && left.next().is_some_and(|own| own.to_ascii_lowercase() == byte);
        } else if fits && left.len() == 0 {
            return true;
        } else {
            (left, fits) = (word.bytes(), true);
        }
    }
    fits && left.len() == 0
}

/// A URL with its scheme in lower case and without spaces around it.
fn http_url(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = after_start(text, "https://").or_else(|| after_start(text, "http://"))?;
    let scheme = text.get(..text.len() - rest.len())?;
    let has_host =
        rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || !c.is_ascii());
    // A sentence can begin with a URL.
    let is_plain = !rest.contains(char::is_whitespace);
    let is_text = !rest.contains(char::is_control);
    (has_host && is_text && (is_plain || url_kind(text) == FileKind::Video))
        .then(|| scheme.to_ascii_lowercase() + rest)
}

/// A data URI of a video, or the Base64 of an MP4's or WebM's first bytes.
fn is_video_data(text: &str) -> bool {
    let text = text.trim_start();
    let is_mp4 =
        text.starts_with("AAAA") && text.get(6..).is_some_and(|rest| rest.starts_with("Z0eX"));
    if let Some(bytes) = after_untyped(text) {
        return is_video_data(bytes);
    }
    ["data:video/", "data:application/mp4"].iter().any(|start| after_start(text, start).is_some())
        || is_mp4
        || text.starts_with("GkXfo")
}

/// Whether a text that is known to be bytes is Base64, also as a data URI without a type.
fn is_base64(text: &str) -> bool {
    let text = text.trim();
    let bytes = match after_start(text, "data:") {
        Some(uri) => split_once(uri, ";base64,").map_or("", |(_, bytes)| bytes),
        None => text,
    };
    let is_digit = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\r' | b'\n')
    };
    after_start(text, "data:image/").is_none() && !bytes.is_empty() && bytes.bytes().all(is_digit)
}

/// The kind by the path's file extension, or else by a file's name in the query.
fn url_kind(url: &str) -> FileKind {
    let url = url.split('#').next().unwrap_or_default();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = split_once(path, "://").map_or(path, |(_, rest)| rest);
    let (_, path) = path.split_once('/').unwrap_or(("", ""));
    let of_path = file_kind(path);
    let is_file = |name: &str| is_one_of(name, "filename|file|name|path|key");
    let files = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut files = files.filter(|(name, _)| is_file(name)).map(|(_, value)| file_kind(value));
    match of_path {
        FileKind::Unknown => {
            files.find(|kind| *kind != FileKind::Unknown).unwrap_or(FileKind::Unknown)
        }
        known => known,
    }
}

/// The kind of a file by its extension.
fn file_kind(path: &str) -> FileKind {
    match path.trim_end().rsplit_once('.') {
        Some((_, extension)) if is_one_of(extension, VIDEO_EXTENSIONS) => FileKind::Video,
        Some((_, extension)) if is_one_of(extension, OTHER_EXTENSIONS) => FileKind::NoVideo,
        _ => FileKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::cell::Cell;

    thread_local! {
        /// The names whose words were looked at.
        pub(super) static SCANNED: Cell<usize> = const { Cell::new(0) };
    }

    const FIELDS: usize = 1_000;

    /// The names that one reading of a job looks at, for each of an output's unknown fields.
    fn scans(value: impl Fn(usize) -> Value) -> usize {
        let fields = (0..FIELDS).map(|at| (format!("frobnicated{at}"), value(at)));
        let output = Value::Object(fields.collect());
        let before = SCANNED.get();
        for search in [Search::Everywhere, Search::Certain] {
            assert!(find_videos(&output, &Value::Null, search, MAX_VIDEOS).is_none());
        }
        assert!(find_cost(&output).is_none());
        assert!(!names_video_file(&output) && !claims_cost(&output, false));
        (SCANNED.get() - before) / FIELDS
    }

    #[test]
    fn an_unknown_name_is_looked_at_only_for_a_value_that_may_matter() {
        assert_eq!(scans(|_| json!(null)), 0);
        assert_eq!(scans(|at| json!(format!("the word {}", at % 2 == 0))), 0);
        assert_eq!(scans(|_| json!(0)), 0);
        // Only the search for a claim of costs, for two lists.
        assert_eq!(scans(|at| json!(at + 1)), 2);
        assert_eq!(scans(|_| json!("https://a.test/link")), 2);
        assert!(scans(|at| json!(format!("https://a.test/{}", at + 1))) <= 4);
    }

    #[test]
    fn no_word_is_in_two_lists_or_too_long() {
        let lists =
            [VIDEO_WORDS, PICTURE_WORDS, SOUND_WORDS, RESULT_WORDS, INPUT_WORDS, EXCLUDED_WORDS];
        assert_eq!(ROLES.len(), lists.iter().flat_map(|list| list.split('|')).count());
        assert_eq!(ROLES.keys().map(String::len).max(), Some(MAX_WORD_LEN));
    }

    #[test]
    fn the_words_of_a_name_are_one_look() {
        for (name, expected) in [
            ("frobnicated", Role::Other),
            ("image_to_video", Role::Video),
            ("video_thumbnail", Role::Medium),
            ("audio_url", Role::Medium),
            ("url_of_audio", Role::Medium),
            ("resultUrl", Role::Result),
            ("input_video", Role::Excluded),
            ("video_of_request", Role::Excluded),
            ("video_error_result", Role::Excluded),
            ("DOCUMENTATION", Role::Excluded),
        ] {
            let before = SCANNED.get();
            assert_eq!(role(name), expected, "{name}");
            assert_eq!(SCANNED.get() - before, 1);
        }
    }
}
