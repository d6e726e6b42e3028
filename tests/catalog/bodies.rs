//! The body of each listing against its documentation: name, path, type and value.

use std::collections::{BTreeMap, BTreeSet};

use filmgate::catalog::{BUILT_IN, Listing, MODELS};
use filmgate::request::{Policy, listings, parse};
use serde_json::{Map, Value};

/// Requests, and the bodies of a listing.
const BODIES: &str = include_str!("bodies.json");
/// The parameters of each listing's page; `runware` contains those that all its pages share.
const DOCUMENTED: &str = include_str!("documented.json");

/// Documented parameters without a field, and why. `providerOptions` reaches them.
const LEFT_OUT: &[(&str, &str)] = &[
    ("width", "of models whose sizes could not be read"),
    ("height", "the same"),
    ("routing", "no document says what it holds"),
    ("safety.checkContent", "says what `safety.mode` says"),
    ("input.flow_shift", "a knob of one family, without a range"),
    ("input.high_noise_loras", "weights of one's own: objects, not values"),
    ("input.low_noise_loras", "weights of one's own: objects, not values"),
    ("inputs.draftId", "finishes a draft by an id whose place in the answer is not documented"),
    ("inputs.elements", "objects whose form could not be read"),
    ("inputs.referenceAudios", "a list of sounds: a request has one, which the video follows"),
    ("inputs.referenceVoices", "known from a copy of an old guide alone"),
    ("providerSettings.klingai.fast", "known from a copy of an old guide alone"),
    ("providerSettings.klingai.multiPrompt", "a driver of several prompts, each with its length"),
    ("providerSettings.runway.contentModeration.publicFigureThreshold", "one maker's own word"),
    ("providerSettings.vidu.bgm", "not confirmed for this model"),
    ("providerSettings.vidu.movementAmplitude", "not confirmed for this model"),
    ("providerSettings.vidu.style", "not confirmed for this model"),
    ("settings", "of models whose settings could not be read"),
    ("settings.edit", "an object whose form could not be read"),
    ("settings.safetyFilter", "its meaning is inverted as worded, and not confirmed"),
    ("settings.sourcePosition", "an object whose form could not be read"),
    ("speech", "an object whose form could not be read"),
];

fn bodies() -> Vec<Value> {
    serde_json::from_str(BODIES).unwrap()
}

/// The documented parameters of a listing, by path.
fn documented(provider_model_id: &str) -> (Map<String, Value>, BTreeMap<String, Value>) {
    let all: Value = serde_json::from_str(DOCUMENTED).unwrap();
    let page = all["listings"][provider_model_id].as_object().unwrap().clone();
    let mut places = BTreeMap::new();
    if provider_model_id.contains(':') {
        places.extend(all["runware"].as_object().unwrap().clone());
    }
    places.extend(page["parameters"].as_object().unwrap().clone());
    (page, places)
}

fn every_listing() -> impl Iterator<Item = &'static Listing> {
    MODELS.iter().flat_map(|model| model.listings.iter())
}

/// The values of a body with their paths.
fn leaves(place: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (name, below) in map {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                leaves(&place, below, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                leaves(&format!("{place}[]"), item, found);
            }
        }
        _ => found.push((place.to_owned(), value.clone())),
    }
}

#[test]
fn each_request_becomes_its_body() {
    for case in bodies() {
        let (request, issues) = parse(&case["request"], Policy::default());
        assert_eq!(issues, [], "{case}");
        let found = listings(&request, &BUILT_IN).unwrap();
        let named = found
            .iter()
            .find(|(_, own)| own.provider_model_id == case["providerModelId"].as_str().unwrap());
        let (model, listing) = named.unwrap();
        let fit = request.encode_for(model, listing);
        let order = fit.prepared.unwrap_or_else(|| panic!("{case}: {:#?}", fit.issues));
        assert_eq!(order.body, case["body"], "{}", case["request"]);
    }
}

/// Every parameter of every row is tested.
#[test]
fn each_parameter_of_each_row_is_in_a_body() {
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in bodies() {
        let fields = case["request"].as_object().unwrap().keys().cloned();
        let provider_model_id = case["providerModelId"].as_str().unwrap().to_owned();
        sent.entry(provider_model_id).or_default().extend(fields);
    }
    for listing in every_listing() {
        let sent = sent
            .get(&*listing.provider_model_id)
            .unwrap_or_else(|| panic!("{}", listing.provider_model_id));
        for param in listing.params.iter().filter(|param| !param.provider_field.is_empty()) {
            let path = param.field.path();
            let by_parts = path == "size" && sent.contains("resolution");
            let by_default = param.always_sent && !param.required;
            assert!(
                sent.contains(path) || by_parts || by_default,
                "{}: {path}",
                listing.provider_model_id
            );
        }
    }
}

#[test]
fn each_value_has_the_documented_path_and_type() {
    for case in bodies() {
        let provider_model_id = case["providerModelId"].as_str().unwrap();
        let (page, places) = documented(provider_model_id);
        let mut found = Vec::new();
        leaves("", &case["body"], &mut found);
        for (place, value) in found.iter().filter(|(place, _)| place != "webhook") {
            let place = place.trim_end_matches("[]");
            let documented =
                places.get(place).unwrap_or_else(|| panic!("{provider_model_id}: {place}"));
            assert_fits(&format!("{provider_model_id} {place}"), documented, value);
        }
        let required = |(_, facts): &(&String, &Value)| facts["required"] == true;
        for (place, _) in places.iter().filter(required) {
            // The provider module adds these; a part of an item is required if the item is present.
            let is_ours = matches!(place.as_str(), "taskType" | "taskUUID") || place.contains("[]");
            let is_there = || found.iter().any(|(own, _)| own.starts_with(place.as_str()));
            assert!(
                is_ours || is_there(),
                "{provider_model_id}: {place} is required: {}",
                case["body"]
            );
        }
        let size = (case["body"]["width"].clone(), case["body"]["height"].clone());
        // Of LTX-2.5, no list of sizes could be read.
        if let (false, Some(sizes)) = (size.0.is_null(), page.get("sizes")) {
            let sizes = sizes.as_array().unwrap();
            let listed = sizes.contains(&serde_json::json!([size.0, size.1]));
            assert!(listed, "{provider_model_id}: {size:?}");
        }
    }
}

fn assert_fits(what: &str, documented: &Value, value: &Value) {
    let kind = documented["type"].as_str().unwrap();
    let fits = match value {
        Value::String(_) => kind.contains("string"),
        Value::Bool(_) => kind == "boolean",
        Value::Number(number) => kind == "number" || (kind.contains("integer") && number.is_i64()),
        Value::Array(_) => kind.starts_with("array"),
        _ => false,
    };
    assert!(fits, "{what}: {value} is no {kind}");
    if let Some(allowed) = documented["enum"].as_array() {
        assert!(allowed.contains(value), "{what}: {value} is none of {allowed:?}");
    }
    let number = value.as_f64();
    if let (Some(number), Some(min)) = (number, documented["min"].as_f64()) {
        assert!(number >= min, "{what}: {value} is below {min}");
    }
    if let (Some(number), Some(max)) = (number, documented["max"].as_f64()) {
        assert!(number <= max, "{what}: {value} is above {max}");
    }
    if let (Some(items), Some(most)) = (value.as_array(), documented["max_items"].as_u64()) {
        assert!(items.len() as u64 <= most, "{what}: {value} are more than {most}");
    }
}

/// Every path of a row is documented, and every documented path is in a row or in the exceptions.
#[test]
fn rows_and_pages_have_the_same_paths() {
    let mut unused: BTreeSet<&str> = LEFT_OUT.iter().map(|(place, _)| *place).collect();
    for listing in every_listing() {
        let (_, places) = documented(&listing.provider_model_id);
        let own: BTreeSet<&str> = listing
            .all_params()
            .flat_map(|param| param.provider_field.split(' '))
            .filter(|place| !place.is_empty() && *place != "webhook")
            .collect();
        for place in &own {
            assert!(places.contains_key(*place), "{}: {place}", listing.provider_model_id);
        }
        for place in places.keys() {
            let whole = place.split("[]").next().unwrap();
            let is_part = own.iter().any(|own| own.starts_with(&format!("{place}.")));
            // The provider module writes these two.
            let is_ours = matches!(whole, "taskType" | "taskUUID");
            let is_named = LEFT_OUT.iter().any(|(left, _)| *left == whole);
            unused.remove(whole);
            let is_known = own.contains(whole) || is_part || is_ours || is_named;
            // An object whose parts are all left out.
            let holds_left =
                LEFT_OUT.iter().any(|(left, _)| left.starts_with(&format!("{place}.")));
            assert!(is_known || holds_left, "{}: {place}", listing.provider_model_id);
        }
    }
    assert!(unused.is_empty(), "left out, and in no page: {unused:?}");
}

/// The prompt's limits match the page.
#[test]
fn prompt_limits_match_the_pages() {
    for listing in every_listing() {
        let (page, _) = documented(&listing.provider_model_id);
        let limits = |field, min: &str, max: &str| {
            let Some(param) = listing.param(field) else {
                return;
            };
            let filmgate::catalog::Kind::Text { min: least, max: most } = param.kind else {
                panic!("{}: no text", listing.provider_model_id);
            };
            let number = |name: &str| page.get(name).and_then(Value::as_u64);
            assert_eq!(u64::from(least), number(min).unwrap_or(1), "{}", listing.provider_model_id);
            assert_eq!(most.map(u64::from), number(max), "{}", listing.provider_model_id);
        };
        limits(filmgate::request::Field::Prompt, "prompt_min", "prompt_max");
        limits(filmgate::request::Field::NegativePrompt, "negative_min", "negative_max");
    }
}
