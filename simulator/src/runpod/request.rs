//! Reading a RunPod request: the envelope, and the input as the endpoint's page describes it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::listing::{Given, Kind, Listing, Parameter, Provider, Size, shape};
use crate::picture_size;
use crate::prompt_directives::Wishes;
use crate::video::{Film, Format, look_of};

/// A request's envelope, without which there is no job.
pub(super) struct Envelope {
    pub(super) input: Map<String, Value>,
    pub(super) webhook: Option<String>,
    pub(super) execution_timeout_ms: Option<u64>,
    pub(super) ttl_ms: u64,
}

/// What is to be made, and what it costs.
pub(super) struct Order {
    pub(super) film: Film,
    pub(super) cost: u64,
    pub(super) wishes: Wishes,
}

/// A job that is never asked for lives this long.
const DEFAULT_TTL_MS: u64 = 24 * 60 * 60 * 1000;
/// Seconds of film from an endpoint that takes any input and was told no duration.
const DEFAULT_SECONDS: i64 = 4;

impl Envelope {
    /// Reads the envelope; the error is the text of an HTTP 400.
    pub(super) fn read(body: &[u8], most_bytes: usize) -> Result<Self, String> {
        if body.len() > most_bytes {
            return Err(format!(
                "request body exceeds {} MB",
                most_bytes / 1_000_000
            ));
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
        // An address that cannot be called is not complained about: the webhook never comes.
        let webhook = body.get("webhook").and_then(Value::as_str);
        Ok(Self {
            execution_timeout_ms: milliseconds("executionTimeout")?,
            ttl_ms: milliseconds("ttl")?.unwrap_or(DEFAULT_TTL_MS),
            webhook: webhook
                .filter(|url| picture_size::is_web_address(url))
                .map(str::to_owned),
            input,
        })
    }
}

/// Reads the input; the error is what the job fails with. Unknown fields are ignored, and one that
/// is `null` is not there.
pub(super) fn order(
    listing: &'static Listing,
    input: &Map<String, Value>,
) -> Result<Order, String> {
    if listing.passthrough {
        return Ok(anything(listing, input));
    }
    let look = look(listing, input);
    let mut input = Cow::Borrowed(input);
    if input.values().any(Value::is_null) {
        input.to_mut().retain(|_, value| !value.is_null());
    }
    let given = Given {
        listing,
        input: &input,
    };
    for parameter in listing.parameters() {
        check(&given, parameter)?;
    }
    let (tier, width, height) = size(&given);
    Ok(Order {
        film: Film {
            look,
            seconds: given.seconds(),
            width,
            height,
            format: Format::Mp4,
        },
        cost: given.cost(tier),
        wishes: Wishes::of(given.text("prompt").unwrap_or("")),
    })
}

/// An order from an endpoint that takes any input.
fn anything(listing: &'static Listing, input: &Map<String, Value>) -> Order {
    let given = Given { listing, input };
    let seconds = given.whole("duration").unwrap_or(DEFAULT_SECONDS);
    Order {
        film: Film {
            look: look(listing, input),
            seconds: u32::try_from(seconds.clamp(1, 60)).unwrap_or(1),
            width: 1280,
            height: 720,
            format: Format::Mp4,
        },
        cost: given.cost(""),
        wishes: Wishes::of(given.text("prompt").unwrap_or("")),
    }
}

fn check(given: &Given<'_>, parameter: &Parameter) -> Result<(), String> {
    let Parameter {
        path,
        kind,
        required,
        ..
    } = parameter;
    let is_blank = |value: &&Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    let value = given.value(path);
    match value.filter(|value| !(*required && is_blank(value))) {
        Some(value) if kind.takes(value, Provider::Runpod) => Ok(()),
        None if !required => Ok(()),
        // The documents' own example tells of what is missing as of what is wrong, here.
        None if !matches!(kind, Kind::Wholes(_) | Kind::Words(_)) => {
            Err(format!("Missing required field: {path}"))
        }
        _ => Err(format!("Invalid {path}: must be {}", wanted(path, kind))),
    }
}

/// What a parameter must be.
fn wanted(path: &str, kind: &Kind) -> String {
    let unit = if path == "duration" { " seconds" } else { "" };
    match kind {
        Kind::Words(words) => either(words),
        Kind::Wholes(wholes) => {
            let wholes: Vec<_> = wholes.iter().map(i64::to_string).collect();
            let wholes: Vec<_> = wholes.iter().map(String::as_str).collect();
            format!("{}{unit}", either(&wholes))
        }
        Kind::Whole(i64::MIN, _) => "a whole number".to_owned(),
        Kind::Whole(least, i64::MAX) => format!("a whole number from {least}"),
        Kind::Whole(least, most) | Kind::WholeOrAuto(least, most) => {
            format!("{least} to {most}{unit}")
        }
        Kind::Number(least, most) if *least > f64::MIN => format!("{least} to {most}"),
        Kind::Number(..) => "a number".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Text(..) => "text".to_owned(),
        Kind::Image => "a URL or a data URI".to_owned(),
        Kind::Address | Kind::Clip => "a URL".to_owned(),
        Kind::Images(most) => format!("1 to {most} URLs or data URIs"),
        Kind::Frames(_) | Kind::Clips(_) => "a list of URLs".to_owned(),
        Kind::Object => "an object".to_owned(),
        Kind::Items(fields, _) => {
            let names: Vec<_> = fields.iter().map(|field| field.path).collect();
            format!("a list of objects with {}", names.join(" and "))
        }
    }
}

/// The tier and the pixels of the film. It lies or stands as the picture does, where that came
/// inside the request and nothing else says.
fn size(given: &Given<'_>) -> (&'static str, u32, u32) {
    let named = given.word("size").or(given.word("resolution"));
    if let Some(size) = named.and_then(|name| in_pixels(given.listing, name)) {
        return (size.tier, size.width, size.height);
    }
    let tier = given.listing.tiers().find(|tier| Some(*tier) == named);
    let picture = given.text("image").and_then(picture_size::of);
    let ratio = match given.word("aspect_ratio") {
        Some(ratio) => ratio
            .split_once(':')
            .and_then(|(across, down)| Some((across.parse().ok()?, down.parse().ok()?))),
        None => picture.map(|(width, height)| if height > width { (9, 16) } else { (16, 9) }),
    };
    let (width, height) = shape(tier.or(named).unwrap_or(""), ratio.unwrap_or((16, 9)));
    (tier.unwrap_or(""), width, height)
}

/// A size that is written as `1280*720`.
fn in_pixels(listing: &Listing, name: &str) -> Option<Size> {
    let (width, height) = name.split_once('*')?;
    listing.sized(width.parse().ok()?, height.parse().ok()?)
}

fn look(listing: &Listing, input: &Map<String, Value>) -> u64 {
    let input = serde_json::to_string(input).unwrap_or_default();
    look_of(&[listing.id.as_bytes(), input.as_bytes()])
}

/// `4, 8, or 12`.
fn either(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} or {second}"),
        [rest @ .., last] => format!("{}, or {last}", rest.join(", ")),
    }
}
