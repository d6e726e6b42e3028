//! Reading a RunPod request: the envelope, and the input as the endpoint's page describes it.

use serde_json::{Map, Value};

use crate::listing::{Image, Listing};
use crate::picture_size;
use crate::prompt::Wishes;
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
const DEFAULT_SECONDS: u32 = 4;

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

/// Reads the input; the error is what the job fails with. Unknown fields are ignored.
pub(super) fn order(listing: &Listing, input: &Map<String, Value>) -> Result<Order, String> {
    if listing.passthrough {
        return Ok(anything(listing, input));
    }
    let prompt = text(input, "prompt").filter(|prompt| !prompt.trim().is_empty());
    let prompt = prompt.ok_or("Missing required field: prompt")?;
    let picture = picture(listing, input)?;
    let tier = match input.get("size") {
        None | Some(Value::Null) => listing.sizes.first().map_or("", |size| size.tier),
        Some(value) => value.as_str().unwrap_or(""),
    };
    let Some(size) = listing.sizes.iter().find(|size| size.tier == tier) else {
        let tiers: Vec<_> = listing.sizes.iter().map(|size| size.tier).collect();
        return Err(format!("Invalid size: must be {}", either(&tiers)));
    };
    let seconds = input
        .get("duration")
        .and_then(whole)
        .filter(|s| listing.seconds.contains(s));
    let Some(seconds) = seconds else {
        let seconds: Vec<_> = listing.seconds.iter().map(u32::to_string).collect();
        let seconds: Vec<_> = seconds.iter().map(String::as_str).collect();
        return Err(format!(
            "Invalid duration: must be {} seconds",
            either(&seconds)
        ));
    };
    let upright = picture.is_some_and(|(width, height)| height > width);
    let (width, height) = match upright {
        true => (size.height, size.width),
        false => (size.width, size.height),
    };
    let look = look(listing, input);
    Ok(Order {
        film: Film {
            look,
            seconds,
            width,
            height,
            format: Format::Mp4,
        },
        cost: listing.price.of(size.tier, seconds),
        wishes: Wishes::of(prompt),
    })
}

/// An order from an endpoint that takes any input.
fn anything(listing: &Listing, input: &Map<String, Value>) -> Order {
    let seconds = input
        .get("duration")
        .and_then(whole)
        .unwrap_or(DEFAULT_SECONDS)
        .clamp(1, 60);
    let look = look(listing, input);
    Order {
        film: Film {
            look,
            seconds,
            width: 1280,
            height: 720,
            format: Format::Mp4,
        },
        cost: listing.price.of("", seconds),
        wishes: Wishes::of(text(input, "prompt").unwrap_or("")),
    }
}

/// The picture's size, where it came inside the request.
fn picture(listing: &Listing, input: &Map<String, Value>) -> Result<Option<(u32, u32)>, String> {
    match text(input, "image") {
        Some(image) if image.starts_with("data:image/") => Ok(picture_size::of(image)),
        Some(image) if picture_size::is_web_address(image) => Ok(None),
        Some(_) => Err("Invalid image: must be a URL or a data URI".to_owned()),
        None if listing.image == Image::Optional => Ok(None),
        None => Err("Missing required field: image".to_owned()),
    }
}

fn look(listing: &Listing, input: &Map<String, Value>) -> u64 {
    let input = serde_json::to_string(input).unwrap_or_default();
    look_of(&[listing.id.as_bytes(), input.as_bytes()])
}

fn text<'a>(input: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// A whole number, however it is written: `8` and `8.0` are one.
pub(crate) fn whole(value: &Value) -> Option<u32> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    (0.0..=f64::from(u32::MAX))
        .contains(&number)
        .then_some(number as u32)
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
