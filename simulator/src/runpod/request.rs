//! Parses a RunPod request: the envelope, and the input by the endpoint's page.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::image_size;
use crate::listing::{Kind, Listing, Parameter, Provider, RequestValues, Size, shape};
use crate::prompt_directives::PromptDirectives;
use crate::rng::fnv1a;
use filmgate_simulator_video::{Format, Video};

/// A request's envelope; a job is created only if it is valid.
pub(super) struct Envelope {
    pub(super) input: Map<String, Value>,
    pub(super) webhook: Option<String>,
    pub(super) execution_timeout_ms: Option<u64>,
    pub(super) ttl_ms: u64,
}

/// A valid request, and its price.
pub(super) struct JobRequest {
    pub(super) video: Video,
    pub(super) cost: u64,
    pub(super) directives: PromptDirectives,
}

/// How long a job lives by default.
const DEFAULT_TTL_MS: u64 = 24 * 60 * 60 * 1000;
/// Seconds of video from an endpoint that accepts any input, if none are given.
const DEFAULT_SECONDS: i64 = 4;

impl Envelope {
    /// Parses the envelope; the error is the text of an HTTP 400.
    pub(super) fn read(body: &[u8], max_bytes: usize) -> Result<Self, String> {
        if body.len() > max_bytes {
            return Err(format!("request body exceeds {} MB", max_bytes / 1_000_000));
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
            return Err("request body is not a JSON object".to_owned());
        };
        let Some(Value::Object(input)) = body.remove("input") else {
            return Err("'input' is required and must be an object".to_owned());
        };
        let policy = body.get("policy");
        let milliseconds = |name: &str| match policy.and_then(|policy| policy.get(name)) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64().filter(|ms| *ms > 0) {
                Some(ms) => Ok(Some(ms)),
                None => Err(format!("'policy.{name}' must be a positive integer")),
            },
        };
        // A URL that cannot be called is not an error: the webhook never comes.
        let webhook = body.get("webhook").and_then(Value::as_str);
        Ok(Self {
            execution_timeout_ms: milliseconds("executionTimeout")?,
            ttl_ms: milliseconds("ttl")?.unwrap_or(DEFAULT_TTL_MS),
            webhook: webhook.filter(|url| image_size::is_web_address(url)).map(str::to_owned),
            input,
        })
    }
}

/// Parses the input; the error becomes the job's error. Unknown fields are ignored, and a `null`
/// field counts as absent.
pub(super) fn parse(
    listing: &'static Listing,
    input: &Map<String, Value>,
) -> Result<JobRequest, String> {
    if listing.passthrough {
        return Ok(parse_passthrough(listing, input));
    }
    let look = look(listing, input);
    let mut input = Cow::Borrowed(input);
    if input.values().any(Value::is_null) {
        input.to_mut().retain(|_, value| !value.is_null());
    }
    let values = RequestValues { listing, input: &input };
    for parameter in listing.parameters() {
        check(&values, parameter)?;
    }
    let (tier, width, height) = size(&values);
    let prompt = values.text("prompt").unwrap_or("");
    let seconds = values.seconds();
    Ok(JobRequest {
        video: Video {
            prompt: prompt.to_owned(),
            look,
            seconds,
            width,
            height,
            format: Format::Mp4,
        },
        cost: values.cost(tier),
        directives: PromptDirectives::of(prompt),
    })
}

/// A request for an endpoint that accepts any input.
fn parse_passthrough(listing: &'static Listing, input: &Map<String, Value>) -> JobRequest {
    let values = RequestValues { listing, input };
    let seconds = values.integer("duration").unwrap_or(DEFAULT_SECONDS);
    let prompt = values.text("prompt").unwrap_or("");
    JobRequest {
        video: Video {
            prompt: prompt.to_owned(),
            look: look(listing, input),
            seconds: u32::try_from(seconds.clamp(1, 60)).unwrap_or(1),
            width: 1280,
            height: 720,
            format: Format::Mp4,
        },
        cost: values.cost(""),
        directives: PromptDirectives::of(prompt),
    }
}

fn check(values: &RequestValues<'_>, parameter: &Parameter) -> Result<(), String> {
    let Parameter { path, kind, required, .. } = parameter;
    let is_blank = |value: &&Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    let value = values.value(path);
    match value.filter(|value| !(*required && is_blank(value))) {
        Some(value) if kind.accepts(value, Provider::Runpod) => Ok(()),
        None if !required => Ok(()),
        // The documents' own example reports a missing value like a wrong one here.
        None if !matches!(kind, Kind::Integers(_) | Kind::Words(_)) => {
            Err(format!("Missing required field: {path}"))
        }
        _ => Err(format!("Invalid {path}: must be {}", expected(path, kind))),
    }
}

/// A description of the allowed values.
fn expected(path: &str, kind: &Kind) -> String {
    let unit = if path == "duration" { " seconds" } else { "" };
    match kind {
        Kind::Words(words) => join_or(words),
        Kind::Integers(integers) => {
            let integers: Vec<_> = integers.iter().map(i64::to_string).collect();
            let integers: Vec<_> = integers.iter().map(String::as_str).collect();
            format!("{}{unit}", join_or(&integers))
        }
        Kind::Integer(i64::MIN, _) => "a whole number".to_owned(),
        Kind::Integer(min, i64::MAX) => format!("a whole number from {min}"),
        Kind::Integer(min, max) | Kind::IntegerOrAuto(min, max) => {
            format!("{min} to {max}{unit}")
        }
        Kind::Number(min, max) if *min > f64::MIN => format!("{min} to {max}"),
        Kind::Number(..) => "a number".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Text(..) => "text".to_owned(),
        Kind::Image => "a URL or a data URI".to_owned(),
        Kind::Address | Kind::Clip => "a URL".to_owned(),
        Kind::Images(max) => format!("1 to {max} URLs or data URIs"),
        Kind::Frames(_) | Kind::Clips(_) => "a list of URLs".to_owned(),
        Kind::Object => "an object".to_owned(),
        Kind::Items(fields, _) => {
            let names: Vec<_> = fields.iter().map(|field| field.path).collect();
            format!("a list of objects with {}", names.join(" and "))
        }
    }
}

/// The tier and the pixels of the video. Its orientation follows an inline image, unless the request
/// gives an aspect ratio.
fn size(values: &RequestValues<'_>) -> (&'static str, u32, u32) {
    let named = values.word("size").or(values.word("resolution"));
    if let Some(size) = named.and_then(|name| in_pixels(values.listing, name)) {
        return (size.tier, size.width, size.height);
    }
    let tier = values.listing.tiers().find(|tier| Some(*tier) == named);
    let picture = values.text("image").and_then(image_size::of);
    let ratio = match values.word("aspect_ratio") {
        Some(ratio) => ratio
            .split_once(':')
            .and_then(|(across, down)| Some((across.parse().ok()?, down.parse().ok()?))),
        None => picture.map(|(width, height)| if height > width { (9, 16) } else { (16, 9) }),
    };
    let (width, height) = shape(tier.or(named).unwrap_or(""), ratio.unwrap_or((16, 9)));
    (tier.unwrap_or(""), width, height)
}

/// A size written as `1280*720`.
fn in_pixels(listing: &Listing, name: &str) -> Option<Size> {
    let (width, height) = name.split_once('*')?;
    listing.sized(width.parse().ok()?, height.parse().ok()?)
}

fn look(listing: &Listing, input: &Map<String, Value>) -> u64 {
    let input = serde_json::to_string(input).unwrap_or_default();
    fnv1a(&[listing.id.as_bytes(), input.as_bytes()])
}

/// `4, 8, or 12`.
fn join_or(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} or {second}"),
        [rest @ .., last] => format!("{}, or {last}", rest.join(", ")),
    }
}
