//! How Runware rejects a task: the codes and parameters of its problems.

use serde_json::{Map, Value, json};

use super::{Harness, IMAGE, RUN_MS, UUID, task_for};

/// Changes to the example's fields (`null` removes one), and the codes and parameters of the resulting
/// problems. The example itself is accepted.
pub(crate) fn refused(model: &str, example: &Value, cases: &[(Value, &[(&str, &str)])]) {
    assert_eq!(problems(model, example), [], "{model} {example}");
    for (changes, wanted) in cases {
        let mut fields = example.clone();
        merge(fields.as_object_mut().unwrap(), changes.as_object().unwrap());
        let found = problems(model, &fields);
        let found: Vec<_> =
            found.iter().map(|(code, place)| (code.as_str(), place.as_str())).collect();
        assert_eq!(found, *wanted, "{model} {changes}");
    }
}

pub(crate) fn merge(into: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        match (into.get_mut(name), value) {
            (_, Value::Null) => drop(into.remove(name)),
            (Some(Value::Object(inner)), Value::Object(changes)) => merge(inner, changes),
            _ => drop(into.insert(name.clone(), value.clone())),
        }
    }
}

/// The code and the parameters of each problem; several parameters are joined with a comma.
pub(crate) fn problems(model: &str, fields: &Value) -> Vec<(String, String)> {
    let mut sim = Harness::new();
    let answer = sim.tasks(json!([task_for(model, fields.clone())]));
    sim.wait(RUN_MS);
    sim.poll(UUID);
    let is_taken = answer.status == 200;
    assert_eq!(sim.ledger().total_micro_usd > 0, is_taken, "{model} {fields}");
    let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
    let place = |error: &Value| match &error["parameter"] {
        Value::Array(names) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
            names.join(",")
        }
        name => name.as_str().unwrap().to_owned(),
    };
    errors.iter().map(|error| (error["code"].as_str().unwrap().to_owned(), place(error))).collect()
}

pub(crate) const CLASH: &str = "incompatibleParameters";
pub(crate) const LONG: (&str, &str) = ("unsupportedDuration", "duration");
pub(crate) const SIZES: (&str, &str) = ("unsupportedDimensions", "width,height");
pub(crate) const PROMPT: (&str, &str) = ("invalidPositivePrompt", "positivePrompt");
pub(crate) const FRAMES: (&str, &str) = ("invalidFrameImages", "inputs.frameImages");
pub(crate) const PLACE: (&str, &str) = ("unsupportedFrame", "inputs.frameImages.frame");
pub(crate) const ANY_SIZE: (&str, &str) =
    ("missingDimensions", "width,height,resolution,inputs.frameImages");
pub(crate) const TWO_SIZES: (&str, &str) = (CLASH, "resolution,width,height");

pub(crate) fn unknown(place: &str) -> (&str, &str) {
    ("unknownParameter", place)
}

pub(crate) fn frame(place: impl Into<Value>) -> Value {
    json!({ "image": IMAGE, "frame": place.into() })
}
