//! What is wrong with a task's parameters, each by itself.

use serde_json::{Map, Value, json};

use super::error::Problem;
use crate::listing::{Frames, Given, Kind, Parameter, Provider, is_image};

pub(super) fn problems(given: &Given<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    unknown(given, given.input, "", &mut problems);
    for parameter in given.listing.parameters() {
        match given.value(parameter.path) {
            Some(value) if !parameter.kind.takes(value, Provider::Runware) => {
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

/// Names that the model's page does not have, at any depth: another maker's settings, say.
fn unknown(given: &Given<'_>, object: &Map<String, Value>, outer: &str, to: &mut Vec<Problem>) {
    for (name, value) in object {
        let path = format!("{outer}{name}");
        let is_known = !name.contains('.') && given.listing.parameter(&path).is_some();
        if is_known && !value.is_object() {
            continue;
        }
        let inside = format!("{path}.");
        let mut parameters = given.listing.parameters();
        let has_fields = parameters.any(|parameter| parameter.path.starts_with(&inside));
        match value {
            _ if name.contains('.') => to.push(unsupported(&path)),
            Value::Object(fields) if has_fields => unknown(given, fields, &inside, to),
            _ if is_known => {}
            _ if has_fields => to.push(wrong_type(&path, "object")),
            _ => to.push(unsupported(&path)),
        }
    }
}

/// The pictures of a film, each as a string or as an object with its place.
fn wrong_frames(path: &str, frames: Frames, items: &[Value]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut places = Vec::new();
    for item in items {
        let image = match item {
            Value::Object(frame) => {
                let known = |name: &String| ["image", "frame"].contains(&name.as_str());
                let names = frame.keys().filter(|name| !known(name));
                problems.extend(names.map(|name| unsupported(&format!("{path}.{name}"))));
                if let Some(place) = frame.get("frame") {
                    places.push(if *place == 0 {
                        json!("first")
                    } else {
                        place.clone()
                    });
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
    let fits = |place: &Value| {
        allowed.contains(place) || (frames == Frames::Keys && place.as_u64().is_some())
    };
    let is_twice = places.iter().enumerate().any(|(at, place)| {
        let mut earlier = places.iter().take(at);
        earlier.any(|other| other == place)
    });
    if is_twice || !places.iter().all(fits) {
        let message = match frames {
            Frames::First => "This model only supports the first frame.",
            _ => "Each frame image needs a place of its own.",
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

/// A value that does not fit, and what would.
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
    let number = if path == "duration" {
        "float"
    } else {
        "integer"
    };
    match parameter.kind {
        Kind::Flag => wrong_type(path, "boolean"),
        Kind::Object => wrong_type(path, "object"),
        Kind::Words(words) => wrong
            .with("type", "string")
            .with("allowedValues", json!(words)),
        Kind::Wholes(wholes) => wrong
            .with("type", number)
            .with("allowedValues", json!(wholes)),
        Kind::Whole(least, most) | Kind::WholeOrAuto(least, most) => {
            let wrong = wrong.with("type", number).with("min", least);
            match most {
                i64::MAX => wrong,
                _ => wrong.with("max", most),
            }
        }
        Kind::Number(least, most) => wrong
            .with("type", "float")
            .with("min", json!(least))
            .with("max", json!(most)),
        Kind::Text(least, usize::MAX) => wrong.with("type", "string").with("min", least),
        Kind::Text(least, most) => {
            let wrong = wrong.saying(format!(
                "'{path}' must be {least} to {most} characters long."
            ));
            wrong
                .with("type", "string")
                .with("min", least)
                .with("max", most)
        }
        Kind::Address => wrong
            .saying(format!("'{path}' must be a valid URI."))
            .with("type", "string"),
        Kind::Image | Kind::Clip => wrong.with("type", "string"),
        Kind::Frames(frames) => many(wrong, frames.most()),
        Kind::Images(most) | Kind::Clips(most) | Kind::Items(_, most) => many(wrong, most),
    }
}

fn many(wrong: Problem, most: usize) -> Problem {
    let wrong = wrong.with("type", "array").with("min", 1);
    match most {
        usize::MAX => wrong,
        _ => wrong.with("max", most),
    }
}

/// `invalidOutputFormat` for `outputFormat`, `missingWidth` for `width`.
fn code(what: &str, path: &str) -> String {
    let mut letters = path.rsplit('.').next().unwrap_or(path).chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    what.chars().chain(first).chain(letters).collect()
}
