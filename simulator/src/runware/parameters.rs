//! Problems of single parameters.

use serde_json::{Map, Value, json};

use super::error::Problem;
use crate::listing::{Frames, Kind, Parameter, Provider, RequestValues, is_image};

pub(super) fn problems(values: &RequestValues<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    unknown(values, values.input, "", &mut problems);
    for parameter in values.listing.parameters() {
        match values.value(parameter.path) {
            Some(value) if !parameter.kind.accepts(value, Provider::Runware) => {
                problems.push(invalid(parameter));
            }
            Some(Value::Array(items)) => {
                if let Kind::Frames(frames) = parameter.kind {
                    problems.extend(wrong_frames(parameter.path, frames, items));
                }
            }
            None if parameter.required => problems.push(missing(parameter.path)),
            _ => {}
        }
    }
    problems
}

/// Names that the model's page does not document, at any depth, such as another maker's settings.
fn unknown(
    values: &RequestValues<'_>,
    object: &Map<String, Value>,
    outer: &str,
    to: &mut Vec<Problem>,
) {
    for (name, value) in object {
        let path = format!("{outer}{name}");
        let is_known = !name.contains('.') && values.listing.parameter(&path).is_some();
        if is_known && !value.is_object() {
            continue;
        }
        let inside = format!("{path}.");
        let mut parameters = values.listing.parameters();
        let has_fields = parameters.any(|parameter| parameter.path.starts_with(&inside));
        match value {
            _ if name.contains('.') => to.push(unsupported(&path)),
            Value::Object(fields) if has_fields => unknown(values, fields, &inside, to),
            _ if is_known => {}
            _ if has_fields => to.push(wrong_type(&path, "object")),
            _ => to.push(unsupported(&path)),
        }
    }
}

/// The frame images of a video, each a string or an object with its position.
fn wrong_frames(path: &str, frames: Frames, items: &[Value]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut positions = Vec::new();
    for item in items {
        let image = match item {
            Value::Object(frame) => {
                let known = |name: &String| ["image", "frame"].contains(&name.as_str());
                let names = frame.keys().filter(|name| !known(name));
                problems.extend(names.map(|name| unsupported(&format!("{path}.{name}"))));
                if let Some(position) = frame.get("frame") {
                    positions.push(if *position == 0 { json!("first") } else { position.clone() });
                }
                frame.get("image")
            }
            image => Some(image),
        };
        let image = image.and_then(Value::as_str);
        if !image.is_some_and(|image| is_image(image, Provider::Runware)) {
            let message = "A frame image must be a UUID, a URL, a data URI or Base64.";
            problems.push(Problem::new("invalidFrameImages", message).about(path));
        }
    }
    let allowed: &[Value] = match frames {
        Frames::First => &[json!("first"), json!(0)],
        Frames::FirstAndLast | Frames::Keys => &[json!("first"), json!("last"), json!(0)],
    };
    let fits = |position: &Value| {
        allowed.contains(position) || (frames == Frames::Keys && position.as_u64().is_some())
    };
    let is_twice = positions.iter().enumerate().any(|(at, position)| {
        let mut earlier = positions.iter().take(at);
        earlier.any(|other| other == position)
    });
    if is_twice || !positions.iter().all(fits) {
        let message = match frames {
            Frames::First => "This model only supports the first frame.",
            _ => "Each frame image needs a position of its own.",
        };
        let problem = Problem::new("unsupportedFrame", message).about(format!("{path}.frame"));
        problems.push(problem.with("allowedValues", json!(allowed)));
    }
    problems
}

pub(super) fn missing(path: &str) -> Problem {
    let message = format!("The '{path}' parameter is required.");
    Problem::new(&code("missing", path), message).about(path)
}

fn unsupported(path: &str) -> Problem {
    let message = format!("Unsupported use of '{path}' parameter.");
    Problem::new("unknownParameter", message).about(path)
}

fn wrong_type(path: &str, wanted: &str) -> Problem {
    let message = format!("'{path}' must be of type {wanted}.");
    let problem = Problem::new(&code("invalid", path), message);
    problem.about(path).with("type", wanted)
}

/// A value that does not fit, with the allowed ones.
pub(super) fn wrong_value(path: &str) -> Problem {
    let code = match path {
        "duration" => "unsupportedDuration".to_owned(),
        _ => code("invalid", path),
    };
    let message = format!("Invalid value for '{path}' parameter.");
    Problem::new(&code, message).about(path)
}

fn invalid(parameter: &Parameter) -> Problem {
    let path = parameter.path;
    let wrong = wrong_value(path);
    let number = if path == "duration" { "float" } else { "integer" };
    match parameter.kind {
        Kind::Flag => wrong_type(path, "boolean"),
        Kind::Object => wrong_type(path, "object"),
        Kind::Words(words) => wrong.with("type", "string").with("allowedValues", json!(words)),
        Kind::Integers(integers) => {
            wrong.with("type", number).with("allowedValues", json!(integers))
        }
        Kind::Integer(min, max) | Kind::IntegerOrAuto(min, max) => {
            let wrong = wrong.with("type", number).with("min", min);
            match max {
                i64::MAX => wrong,
                _ => wrong.with("max", max),
            }
        }
        Kind::Number(min, max) => {
            wrong.with("type", "float").with("min", json!(min)).with("max", json!(max))
        }
        Kind::Text(min, usize::MAX) => wrong.with("type", "string").with("min", min),
        Kind::Text(min, max) => {
            let wrong =
                wrong.with_message(format!("'{path}' must be {min} to {max} characters long."));
            wrong.with("type", "string").with("min", min).with("max", max)
        }
        Kind::Address => {
            wrong.with_message(format!("'{path}' must be a valid URI.")).with("type", "string")
        }
        Kind::Image | Kind::Clip => wrong.with("type", "string"),
        Kind::Frames(frames) => list(wrong, frames.max_count()),
        Kind::Images(max) | Kind::Clips(max) | Kind::Items(_, max) => list(wrong, max),
    }
}

fn list(wrong: Problem, max: usize) -> Problem {
    let wrong = wrong.with("type", "array").with("min", 1);
    match max {
        usize::MAX => wrong,
        _ => wrong.with("max", max),
    }
}

/// `invalidOutputFormat` for `outputFormat`, `missingWidth` for `width`.
fn code(what: &str, path: &str) -> String {
    let mut pending = path.rsplit('.').next().unwrap_or(path).chars();
    let first = pending.next().map(|first| first.to_ascii_uppercase());
    what.chars().chain(first).chain(pending).collect()
}
