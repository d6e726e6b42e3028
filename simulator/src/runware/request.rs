//! Parses a `videoInference` task by the model's page and finds every problem.

use serde_json::{Map, Value};

use super::error::Problem;
use super::{parameters, rules, size};
use crate::image_size::is_web_address;
use crate::listing::{Listing, RequestValues, Size};
use crate::prompt_directives::PromptDirectives;
use crate::rng::Rng;
use crate::rng::fnv1a;
use filmgate_simulator_video::{Format, Video};

/// A valid request, and its price.
pub(super) struct JobRequest {
    /// One video for each result.
    pub(super) videos: Vec<Video>,
    /// The price of one video.
    pub(super) cost: u64,
    pub(super) directives: PromptDirectives,
    pub(super) webhook: Option<String>,
    pub(super) upload: Option<String>,
    pub(super) ttl_ms: Option<u64>,
    pub(super) include_cost: bool,
    pub(super) is_checked: bool,
}

/// Parses a task. `known_video` returns the size of an earlier video by its id.
pub(super) fn parse(
    listing: &'static Listing,
    task: &Map<String, Value>,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<JobRequest, Vec<Problem>> {
    let values = RequestValues { listing, input: task };
    if listing.passthrough {
        return Ok(parse_passthrough(&values));
    }
    let mut problems = parameters::problems(&values);
    problems.extend(rules::problems(&values));
    match size::of(&values, known_video) {
        Ok(size) if problems.is_empty() => Ok(platform(&values, size, values.seconds())),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

/// A request for a model that accepts any input: readable fields are used, others ignored.
fn parse_passthrough(values: &RequestValues<'_>) -> JobRequest {
    let seconds = values.integer("duration").unwrap_or(4).clamp(1, 60);
    let size = Size { tier: "", width: 1280, height: 720 };
    platform(values, size, u32::try_from(seconds).unwrap_or(4))
}

/// The parameters that every model has. One that does not fit counts as absent.
fn platform(values: &RequestValues<'_>, size: Size, seconds: u32) -> JobRequest {
    let format = match values.text("outputFormat") {
        Some("WEBM") => Format::Webm,
        Some("MOV") => Format::Mov,
        _ => Format::Mp4,
    };
    let results = values.integer("numberResults").filter(|n| (1..=4).contains(n));
    let Size { width, height, .. } = size;
    let address = |path: &str| values.text(path).filter(|text| is_web_address(text));
    let ttl_s = values.integer("ttl").filter(|seconds| *seconds >= 60);
    let ttl_s = ttl_s.and_then(|seconds| u64::try_from(seconds).ok());
    let prompt = values.text("positivePrompt").unwrap_or("");
    JobRequest {
        videos: looks(values, results.unwrap_or(1))
            .map(|look| Video { prompt: prompt.to_owned(), look, seconds, width, height, format })
            .collect(),
        cost: values.cost(size.tier),
        directives: PromptDirectives::of(prompt),
        webhook: address("webhookURL").map(str::to_owned),
        upload: address("uploadEndpoint").map(str::to_owned),
        ttl_ms: ttl_s.map(|seconds| seconds.saturating_mul(1000)),
        include_cost: values.flag("includeCost").unwrap_or(false),
        is_checked: match values.text("safety.mode") {
            Some(mode) => mode != "none",
            None => values.flag("safety.checkContent").unwrap_or(false),
        },
    }
}

/// The look of each result: the same request looks the same, whatever its taskUUID.
fn looks(values: &RequestValues<'_>, results: i64) -> impl Iterator<Item = u64> {
    let mut task = values.input.clone();
    task.remove("taskUUID");
    let text = serde_json::to_string(&task).unwrap_or_default();
    let id = values.listing.id;
    let mut rng = Rng::new(fnv1a(&[id.as_bytes(), text.as_bytes()]));
    (0..results).map(move |_| rng.bits())
}
