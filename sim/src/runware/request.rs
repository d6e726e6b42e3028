//! Reading a `videoInference` task, as the model's page describes it. Every problem is found.

use serde_json::{Map, Value, json};

use super::error::Problem;
use super::inputs::{self, Start};
use crate::ids::Dice;
use crate::listing::{Listing, Size};
use crate::picture_size::is_web_address;
use crate::prompt::Wishes;
use crate::runpod::whole;
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

/// The parameters of a task, read one by one; what is wrong with them is gathered.
pub(super) struct Parameters<'a> {
    pub(super) task: &'a Map<String, Value>,
    pub(super) problems: Vec<Problem>,
}

const KNOWN: [&str; 18] = [
    "taskType",
    "taskUUID",
    "model",
    "positivePrompt",
    "width",
    "height",
    "duration",
    "inputs",
    "numberResults",
    "outputType",
    "outputFormat",
    "outputQuality",
    "webhookURL",
    "deliveryMethod",
    "uploadEndpoint",
    "safety",
    "ttl",
    "includeCost",
];

/// Reads a task. `known_video` tells the size of an earlier video, by its id.
pub(super) fn order(
    listing: &Listing,
    task: &Map<String, Value>,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<Order, Vec<Problem>> {
    let mut read = Parameters {
        task,
        problems: Vec::new(),
    };
    if listing.passthrough {
        return Ok(anything(listing, &mut read));
    }
    for name in task.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        let message = format!("Unsupported use of '{name}' parameter.");
        read.problem(Problem::new("unknownParameter", message).about(name.as_str()));
    }
    let prompt = prompt(&mut read, listing);
    let size = start(&mut read, listing, known_video);
    let seconds = seconds(&mut read, listing);
    read.choice("outputType", &["URL"]);
    read.choice("deliveryMethod", &["async"]);
    read.number("outputQuality", 20, Some(99));
    let order = platform(&mut read, listing, prompt, size, seconds);
    if read.problems.is_empty() {
        Ok(order)
    } else {
        Err(read.problems)
    }
}

/// An order for a model that takes any input: what can be read is, what cannot is ignored.
fn anything(listing: &Listing, read: &mut Parameters<'_>) -> Order {
    let prompt = read
        .task
        .get("positivePrompt")
        .and_then(Value::as_str)
        .unwrap_or("");
    let seconds = read
        .task
        .get("duration")
        .and_then(whole)
        .unwrap_or(4)
        .clamp(1, 60);
    let size = Size {
        tier: "",
        width: 1280,
        height: 720,
    };
    platform(read, listing, prompt, size, seconds)
}

/// The parameters that every model has.
fn platform(
    read: &mut Parameters<'_>,
    listing: &Listing,
    prompt: &str,
    size: Size,
    seconds: u32,
) -> Order {
    let format = match read.choice("outputFormat", &["MP4", "WEBM", "MOV"]) {
        Some("WEBM") => Format::Webm,
        Some("MOV") => Format::Mov,
        _ => Format::Mp4,
    };
    let results = read
        .number("numberResults", 1, Some(listing.results))
        .unwrap_or(1);
    let looks = looks(listing, read.task, results);
    let Size { width, height, .. } = size;
    Order {
        films: looks
            .map(|look| Film {
                look,
                seconds,
                width,
                height,
                format,
            })
            .collect(),
        cost: listing.price.of(size.tier, seconds),
        wishes: Wishes::of(prompt),
        webhook: read.address("webhookURL"),
        upload: read.address("uploadEndpoint"),
        life_ms: read
            .number("ttl", 60, None)
            .map(|seconds| u64::from(seconds) * 1000),
        include_cost: read.flag("includeCost").unwrap_or(false),
        is_checked: safety(read),
    }
}

/// What each result looks like: the same request, whatever its taskUUID, looks the same.
fn looks(listing: &Listing, task: &Map<String, Value>, results: u32) -> impl Iterator<Item = u64> {
    let mut task = task.clone();
    task.remove("taskUUID");
    let text = serde_json::to_string(&task).unwrap_or_default();
    let mut dice = Dice::new(look_of(&[listing.id.as_bytes(), text.as_bytes()]));
    (0..results).map(move |_| dice.bits())
}

fn prompt<'a>(read: &mut Parameters<'a>, listing: &Listing) -> &'a str {
    const NAME: &str = "positivePrompt";
    let (least, most) = listing.prompt;
    match read.task.get(NAME) {
        None => read.problem(
            Problem::new(
                "missingPositivePrompt",
                "The 'positivePrompt' parameter is required.",
            )
            .about(NAME),
        ),
        Some(Value::String(text)) if (least..=most).contains(&text.chars().count()) => return text,
        Some(_) => {
            let message = format!("'positivePrompt' must be {least} to {most} characters long.");
            let problem = Problem::new("invalidPositivePrompt", message).about(NAME);
            read.problem(
                problem
                    .with("type", "string")
                    .with("min", least)
                    .with("max", most),
            );
        }
    }
    ""
}

fn seconds(read: &mut Parameters<'_>, listing: &Listing) -> u32 {
    let longest = listing.seconds.last().copied().unwrap_or(0);
    // What a missing duration means is not documented: the dearest.
    let Some(value) = read.task.get("duration") else {
        return longest;
    };
    if let Some(seconds) = whole(value).filter(|seconds| listing.seconds.contains(seconds)) {
        return seconds;
    }
    let message = "Invalid value for 'duration' parameter.";
    let problem = Problem::new("unsupportedDuration", message).about("duration");
    read.problem(
        problem
            .with("type", "float")
            .with("allowedValues", json!(listing.seconds)),
    );
    longest
}

/// What the film begins with decides its size.
fn start(
    read: &mut Parameters<'_>,
    listing: &Listing,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Size {
    let start = inputs::start(read, listing);
    let (width, height) = (side(read, "width"), side(read, "height"));
    let has_size = read.task.contains_key("width") || read.task.contains_key("height");
    let dearest = inputs::dearest(listing);
    if has_size && !matches!(start, Start::Nothing) {
        let (name, rival) = match start {
            Start::Video(_) => ("inputs.videoId", "a video to remix"),
            _ => ("inputs.frameImages", "a frame image"),
        };
        let message = format!("'width' and 'height' cannot be used with {rival}.");
        let problem = Problem::new("incompatibleParameters", message);
        read.problem(problem.about(json!([name, "width", "height"])));
        return dearest;
    }
    match start {
        Start::Picture(size) => size,
        Start::Video(id) => match known_video(&id) {
            Some((width, height)) => inputs::sized(listing, width, height).unwrap_or(dearest),
            None => {
                let message = "The video to remix was not found.";
                read.problem(Problem::new("invalidVideoId", message).about("inputs.videoId"));
                dearest
            }
        },
        Start::Nothing => match (width, height) {
            (Some(width), Some(height)) => inputs::sized(listing, width, height)
                .unwrap_or_else(|| unsupported(read, listing, dearest)),
            _ => {
                if !has_size {
                    let message =
                        "Either 'inputs.frameImages' or 'width' and 'height' is required.";
                    let problem = Problem::new("missingDimensions", message);
                    read.problem(problem.about(json!(["width", "height", "inputs.frameImages"])));
                }
                dearest
            }
        },
    }
}

fn unsupported(read: &mut Parameters<'_>, listing: &Listing, dearest: Size) -> Size {
    let sizes: Vec<_> = listing
        .sizes
        .iter()
        .map(|size| format!("{}x{}", size.width, size.height))
        .collect();
    let message = "The combination of 'width' and 'height' is not supported by this model.";
    let problem = Problem::new("unsupportedDimensions", message).about(json!(["width", "height"]));
    read.problem(problem.with("allowedValues", json!(sizes)));
    dearest
}

/// A side in pixels. One side alone is a problem of the other.
fn side(read: &mut Parameters<'_>, name: &'static str) -> Option<u32> {
    let other = if name == "width" { "height" } else { "width" };
    if read.task.contains_key(other) && !read.task.contains_key(name) {
        let code = if name == "width" {
            "missingWidth"
        } else {
            "missingHeight"
        };
        let message = "'width' and 'height' must be used together.";
        read.problem(Problem::new(code, message).about(name));
    }
    read.number(name, 1, None)
}

fn safety(read: &mut Parameters<'_>) -> bool {
    let Some(value) = read.task.get("safety") else {
        return false;
    };
    let Value::Object(safety) = value else {
        read.wrong_type("safety", "object");
        return false;
    };
    let mut inner = Parameters {
        task: safety,
        problems: Vec::new(),
    };
    let checked = inner.flag("checkContent").unwrap_or(false);
    let mode = inner.choice("mode", &["none", "fast", "full"]);
    for name in safety
        .keys()
        .filter(|name| !["checkContent", "mode"].contains(&name.as_str()))
    {
        let message = format!("Unsupported use of 'safety.{name}' parameter.");
        inner.problem(Problem::new("unknownParameter", message).about(name.as_str()));
    }
    read.take_from("safety", inner.problems);
    mode.map_or(checked, |mode| mode != "none")
}

impl<'a> Parameters<'a> {
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn wrong_type(&mut self, name: &str, wanted: &str) {
        let message = format!("'{name}' must be of type {wanted}.");
        self.problem(
            Problem::new(&invalid(name), message)
                .about(name)
                .with("type", wanted),
        );
    }

    /// Takes over the problems of an object inside, under its name.
    fn take_from(&mut self, outer: &str, problems: Vec<Problem>) {
        self.problems
            .extend(problems.into_iter().map(|problem| problem.inside(outer)));
    }

    fn choice(&mut self, name: &str, allowed: &[&str]) -> Option<&'a str> {
        let value = self.task.get(name)?;
        let chosen = value.as_str().filter(|text| allowed.contains(text));
        if chosen.is_none() {
            let message = format!("Invalid value for '{name}' parameter.");
            let problem = Problem::new(&invalid(name), message).about(name);
            self.problem(
                problem
                    .with("type", "string")
                    .with("allowedValues", json!(allowed)),
            );
        }
        chosen
    }

    pub(super) fn number(&mut self, name: &str, least: u32, most: Option<u32>) -> Option<u32> {
        let value = self.task.get(name)?;
        let number = whole(value)
            .filter(|number| *number >= least && most.is_none_or(|most| *number <= most));
        if number.is_none() {
            let message = format!("Invalid value for '{name}' parameter.");
            let problem = Problem::new(&invalid(name), message).about(name);
            let problem = problem.with("type", "integer").with("min", least);
            self.problem(match most {
                Some(most) => problem.with("max", most),
                None => problem,
            });
        }
        number
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = self.task.get(name)?.as_bool();
        if flag.is_none() {
            self.wrong_type(name, "boolean");
        }
        flag
    }

    fn address(&mut self, name: &str) -> Option<String> {
        let address = self
            .task
            .get(name)?
            .as_str()
            .filter(|text| is_web_address(text));
        if address.is_none() {
            let message = format!("'{name}' must be a valid URI.");
            self.problem(
                Problem::new(&invalid(name), message)
                    .about(name)
                    .with("type", "string"),
            );
        }
        address.map(str::to_owned)
    }
}

/// `invalidOutputFormat` for `outputFormat`, `invalidTtl` for `ttl`.
fn invalid(name: &str) -> String {
    let mut letters = name.rsplit('.').next().unwrap_or(name).chars();
    let first = letters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().collect());
    format!("invalid{first}{}", letters.as_str())
}
