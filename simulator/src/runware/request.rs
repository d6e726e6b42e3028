//! Reading a `videoInference` task, as the model's page describes it. Every problem is found.

use serde_json::{Map, Value};

use super::error::Problem;
use super::{parameters, rules, size};
use crate::listing::{Given, Listing, Size};
use crate::picture_size::is_web_address;
use crate::prompt_directives::Wishes;
use crate::rng::Dice;
use crate::video::{Film, Format, look_of};

/// What is to be made, and what it costs.
pub(super) struct Order {
    /// One film for each result.
    pub(super) films: Vec<Film>,
    /// The price of one.
    pub(super) cost: u64,
    pub(super) wishes: Wishes,
    pub(super) webhook: Option<String>,
    pub(super) upload: Option<String>,
    pub(super) life_ms: Option<u64>,
    pub(super) include_cost: bool,
    pub(super) is_checked: bool,
}

/// Reads a task. `known_video` tells the size of an earlier video, by its id.
pub(super) fn order(
    listing: &'static Listing,
    task: &Map<String, Value>,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<Order, Vec<Problem>> {
    let given = Given {
        listing,
        input: task,
    };
    if listing.passthrough {
        return Ok(anything(&given));
    }
    let mut problems = parameters::problems(&given);
    problems.extend(rules::problems(&given));
    match size::of(&given, known_video) {
        Ok(size) if problems.is_empty() => Ok(platform(&given, size, given.seconds())),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

/// An order for a model that takes any input: what can be read is, what cannot is ignored.
fn anything(given: &Given<'_>) -> Order {
    let seconds = given.whole("duration").unwrap_or(4).clamp(1, 60);
    let size = Size {
        tier: "",
        width: 1280,
        height: 720,
    };
    platform(given, size, u32::try_from(seconds).unwrap_or(4))
}

/// The parameters that every model has. One that does not fit counts as not given.
fn platform(given: &Given<'_>, size: Size, seconds: u32) -> Order {
    let format = match given.text("outputFormat") {
        Some("WEBM") => Format::Webm,
        Some("MOV") => Format::Mov,
        _ => Format::Mp4,
    };
    let results = given.whole("numberResults").filter(|n| (1..=4).contains(n));
    let Size { width, height, .. } = size;
    let address = |path: &str| given.text(path).filter(|text| is_web_address(text));
    let life_s = given.whole("ttl").filter(|seconds| *seconds >= 60);
    let life_s = life_s.and_then(|seconds| u64::try_from(seconds).ok());
    Order {
        films: looks(given, results.unwrap_or(1))
            .map(|look| Film {
                look,
                seconds,
                width,
                height,
                format,
            })
            .collect(),
        cost: given.cost(size.tier),
        wishes: Wishes::of(given.text("positivePrompt").unwrap_or("")),
        webhook: address("webhookURL").map(str::to_owned),
        upload: address("uploadEndpoint").map(str::to_owned),
        life_ms: life_s.map(|seconds| seconds.saturating_mul(1000)),
        include_cost: given.flag("includeCost").unwrap_or(false),
        is_checked: match given.text("safety.mode") {
            Some(mode) => mode != "none",
            None => given.flag("safety.checkContent").unwrap_or(false),
        },
    }
}

/// What each result looks like: the same request, whatever its taskUUID, looks the same.
fn looks(given: &Given<'_>, results: i64) -> impl Iterator<Item = u64> {
    let mut task = given.input.clone();
    task.remove("taskUUID");
    let text = serde_json::to_string(&task).unwrap_or_default();
    let id = given.listing.id;
    let mut dice = Dice::new(look_of(&[id.as_bytes(), text.as_bytes()]));
    (0..results).map(move |_| dice.bits())
}
