//! Requests in other APIs' spelling: with the fixes applied, what is sent is what was wished; or there is no fix.
//!
//! Each row of the table is an API, its fields, and the same wish in our fields; null: nothing says it for certain.

use filmgate::catalog::MODELS;
use filmgate::issue::{Fix, Issue, Severity};
use filmgate::request::{Policy, parse};
use serde_json::{Map, Value, json};

use crate::common::set;

const ROWS: &str = include_str!("foreign.json");
const PICTURE: &str = "https://media.example.com/base.png";
const VIDEO: &str = "https://media.example.com/base.mp4";

/// Requests for different modes, so that each field is supported somewhere.
fn bases() -> Vec<Value> {
    let with = |more: Value| {
        let mut base = json!({ "prompt": "A heron", "duration": 5, "resolution": "720p" });
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    vec![
        with(json!({})),
        with(json!({ "image": PICTURE })),
        with(json!({ "resolution": null })),
        with(json!({ "resolution": null, "image": PICTURE, "duration": 8 })),
        with(json!({ "resolution": null, "referenceImages": [PICTURE] })),
        with(json!({ "resolution": null, "referenceVideos": [VIDEO], "image": PICTURE })),
        with(json!({ "resolution": null, "duration": 8 })),
        with(json!({ "resolution": null, "duration": 6 })),
        with(json!({ "resolution": "1080p", "hdr": true })),
        with(
            json!({ "image": PICTURE, "characterOrientation": "image", "referenceVideos": [VIDEO] }),
        ),
        with(json!({ "video": VIDEO, "resolution": null, "duration": null })),
        with(json!({ "audio": VIDEO, "image": PICTURE })),
    ]
}

/// The base with some fields, without those of the base that say the same as one of the row.
fn request(base: &Value, (fields, wish): (&Value, &Value), own: &Value) -> Value {
    let mut request = base.as_object().unwrap().clone();
    for row in [fields, wish] {
        for name in row.as_object().unwrap_or(&Map::new()).keys() {
            request.remove(name);
            if name == "size" {
                request.remove("resolution");
            }
        }
    }
    request.extend(own.as_object().unwrap().clone());
    Value::Object(request)
}

fn apply(request: &mut Value, fix: &Fix) {
    if let Some(path) = &fix.remove {
        set(request, path, None);
    }
    set(request, &fix.path, fix.value.clone());
}

/// The request with every fix of its general issues applied, and the errors that are left.
fn fixed(request: &Value) -> (Value, Vec<Issue>) {
    let mut request = request.clone();
    for _ in 0..10 {
        let issues = parse(&request, Policy::default()).1;
        let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
        let Some(fix) = errors.filter_map(|issue| issue.fix.as_ref()).next() else {
            return (request, issues);
        };
        apply(&mut request, fix);
    }
    panic!("the fixes have no end: {request}");
}

/// The body for each listing; the listing's own fixes are applied, too.
fn bodies(request: &Value, fixes: bool) -> Vec<Option<Value>> {
    let listings =
        MODELS.iter().flat_map(|model| model.listings.iter().map(|one| (&*model.id, one)));
    let parsed = parse(request, Policy::default()).0;
    let body = |(model, listing)| {
        let (mut request, mut parsed) = (request.clone(), parsed.clone());
        for _ in 0..5 {
            let candidate = parsed.encode_for(model, listing);
            let mut found = candidate.issues.iter().filter_map(|issue| issue.fix.as_ref());
            match (candidate.prepared, found.next()) {
                (Some(prepared), _) => return Some(prepared.body),
                (None, Some(fix)) if fixes => {
                    apply(&mut request, fix);
                    parsed = parse(&request, Policy::default()).0;
                }
                _ => return None,
            }
        }
        None
    };
    listings.map(body).collect()
}

#[test]
fn a_fixed_request_in_another_apis_spelling_is_the_wished_one() {
    let rows: Vec<(String, Value, Value)> = serde_json::from_str(ROWS).unwrap();
    assert!(rows.len() >= 300);
    let (mut fixed_rows, mut unfixed) = (0, Vec::new());
    let mut wrong = Vec::new();
    for (api, fields, wish) in &rows {
        let (mut accepted, mut tried) = (0, 0);
        let mut has_errors = false;
        for base in bases() {
            // Two modes that take it are enough.
            if tried > 1 {
                break;
            }
            let before = accepted;
            let (fixed, errors) = fixed(&request(&base, (fields, wish), fields));
            let is_about = |issue: &&Issue| {
                let top = issue.path.split('.').next().unwrap();
                issue.severity == Severity::Error && fields.get(top).is_some()
            };
            if errors.iter().any(|issue| is_about(&issue)) {
                has_errors = true;
                continue;
            }
            if wish.is_null() {
                // Only a listing may refuse it.
                accepted += bodies(&fixed, true).iter().flatten().count();
                continue;
            }
            let wished = bodies(&request(&base, (fields, wish), wish), false);
            for (body, wished) in bodies(&fixed, true).iter().zip(&wished) {
                if let Some(wished) = wished {
                    accepted += 1;
                    if body.as_ref() != Some(wished) {
                        wrong.push(format!("{api} {fields}: {body:?}, not {wished}"));
                    }
                }
            }
            tried += u32::from(accepted > before);
        }
        match (wish.is_null(), has_errors) {
            (true, false) if accepted > 0 => wrong.push(format!("{api} {fields} has a fix")),
            (false, true) => unfixed.push(format!("{api} {fields}")),
            (false, false) if accepted == 0 => {
                wrong.push(format!("{api} {fields}: no listing takes it"))
            }
            (false, false) => fixed_rows += 1,
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    println!("{fixed_rows} of {} are fixed, not: {unfixed:#?}", rows.len());
    assert!(unfixed.is_empty(), "without a fix: {unfixed:#?}");
}
