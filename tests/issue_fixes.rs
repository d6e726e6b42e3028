//! Any request: every issue has a message, and every suggested fix resolves its issue and causes no other at its field.

use crate::common::{proptest_config, runpod_request, runware_request, set, with};
use crate::listings_vs_simulator::{agreement::requests as requests_of_listings, fit};
use filmgate::issue::Severity;
use filmgate::request::{Policy, UNREADABLE, parse};
use filmgate::untyped::validate;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const PICTURE: &str = "https://pictures.example.com/baker.jpeg";

/// Fields with valid and invalid values.
fn values() -> Vec<(&'static str, Vec<Value>)> {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let unreadable = json!({ UNREADABLE: "not_finite" });
    vec![
        ("prompt", vec![json!("A fox"), json!("x"), json!(""), json!(7), json!("a".repeat(6001))]),
        (
            "image",
            vec![
                json!(PICTURE),
                json!("http://pictures.example.com/a.png"),
                json!(data),
                json!([PICTURE, PICTURE]),
                json!(["javascript:0", PICTURE]),
                json!([{ "image": PICTURE, "frame": "last" }]),
                json!([{ "image": PICTURE, "frame": "last" }, PICTURE]),
                json!({ "image": PICTURE, "frame": "last", "fram": 1 }),
                json!([[5], [6]]),
                json!(""),
            ],
        ),
        (
            "duration",
            vec![json!(8), json!(5), json!("8"), json!(" 7 "), json!(4.5), json!("x"), unreadable],
        ),
        ("resolution", vec![json!("720p"), json!("1080p"), json!("4k"), json!(""), json!(7)]),
        (
            "size",
            vec![
                json!("1280x720"),
                json!("1792x1024"),
                json!("300x200"),
                json!("0x0"),
                json!("1080"),
                json!(5),
            ],
        ),
        ("aspectRatio", vec![json!("16:9"), json!("9:16"), json!("1:1"), json!("")]),
        ("n", vec![json!(1), json!(4), json!(0), json!(-3), json!(99), json!("2"), json!(2.5)]),
        ("remixId", vec![json!("video_1"), json!(""), json!(" a"), json!(1)]),
        ("output", vec![json!({ "type": "base64", "format": "avi", "quality": 5, "colour": 1 })]),
        ("output.quality", vec![json!(50), json!(5), json!(100), json!("50"), json!("5")]),
        ("output.format", vec![json!("mp4"), json!("webm"), json!("avi")]),
        ("output.type", vec![json!("url"), json!("base64")]),
        ("contentCheck", vec![json!("none"), json!("full"), json!("medium")]),
        ("ttlSeconds", vec![json!(60), json!(59), json!("30")]),
        ("uploadUrl", vec![json!("http://a.example.com/b"), json!("file:///a")]),
        ("webhookUrl", vec![json!("HTTP://a.example.com/b"), json!("https://10.0.0.1/")]),
        ("includeCost", vec![json!(false), json!("no")]),
        ("deliveryMethod", vec![json!("sync"), json!("async"), json!("later")]),
        ("taskUUID", vec![json!(crate::common::UUID), json!("1"), json!("")]),
        ("allowInlineImages", vec![json!(true), json!("yes")]),
        ("input", vec![json!({}), json!({ "taskUUID": "x" })]),
        ("providerOptions.runware", vec![json!({ "model": "x", "a": 1 }), json!([])]),
        ("providerOptions.runpod", vec![json!({ "webhook": "x" })]),
        ("model", vec![json!("runpod:echo"), json!("runware:a@1"), json!("sora-9"), json!(5)]),
        ("promt", vec![json!("typo")]),
        ("something", vec![json!("else")]),
    ]
}

fn requests() -> impl Strategy<Value = Value> {
    let change = select(values()).prop_flat_map(|(name, values)| (Just(name), select(values)));
    let base = prop_oneof![Just(runpod_request()), Just(runware_request()), Just(json!({}))];
    (base, prop::collection::vec(change, 1..5)).prop_map(|(base, changes)| {
        changes
            .into_iter()
            .fold(base, |request, (name, value)| with(request, json!({ name: value })))
    })
}

/// The general issues, and those of each provider.
fn lists(found: &Value) -> Vec<(String, Vec<Value>)> {
    let list = |issues: &Value| issues.as_array().unwrap().clone();
    let listings = found["listings"].as_array().unwrap().iter();
    let of = listings.map(|listing| (listing["provider"].to_string(), list(&listing["issues"])));
    std::iter::once(("everyone".to_owned(), list(&found["issues"]))).chain(of).collect()
}

fn errors_at(issues: &[Value], path: &Value) -> usize {
    let there = |issue: &&Value| issue["severity"] == "error" && issue["path"] == *path;
    issues.iter().filter(there).count()
}

fn apply(request: &Value, fix: &Value) -> Value {
    let mut mended = request.clone();
    if let Some(path) = fix["remove"].as_str() {
        set(&mut mended, path, None);
    }
    set(&mut mended, fix["path"].as_str().unwrap(), fix.get("value").cloned());
    mended
}

proptest! {
    #![proptest_config(proptest_config(400))]

    #[test]
    fn each_issue_has_a_code_and_a_path(request in requests()) {
        for (_, issues) in lists(&validate(&request, Policy::default())) {
            for issue in issues {
                prop_assert!(issue["message"].as_str().unwrap().len() > 10, "{issue}");
                prop_assert!(issue["code"].is_string() && issue["path"].is_string());
            }
        }
    }

    #[test]
    fn each_fix_resolves_its_issue(request in requests()) {
        let before = validate(&request, Policy::default());
        for (at, (whose, issues)) in lists(&before).into_iter().enumerate() {
            let errors = issues.iter().filter(|issue| issue["severity"] == "error");
            for issue in errors.filter(|issue| issue.get("fix").is_some()) {
                let mended = apply(&request, &issue["fix"]);
                let after = lists(&validate(&mended, Policy::default()));
                let then = after.get(at).map_or(0, |(_, after)| errors_at(after, &issue["path"]));
                let now = errors_at(&issues, &issue["path"]);
                prop_assert!(then < now, "{whose}: {issue}\nin {request}\nmended {mended}");
            }
        }
    }

    #[test]
    fn checking_is_deterministic(request in requests()) {
        let once = validate(&request, Policy::default());
        prop_assert_eq!(once, validate(&request, Policy::default()));
    }
}

/// Fields of any listing with values that are seldom accepted.
fn unusual() -> Vec<(&'static str, Vec<Value>)> {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let video = "https://media.example.com/a.mp4";
    vec![
        ("prompt", vec![json!(""), json!(" ")]),
        ("negativePrompt", vec![json!(""), json!("blur")]),
        ("image", vec![json!(PICTURE), json!(data), Value::Null]),
        ("lastFrameImage", vec![json!(PICTURE)]),
        ("referenceImages", vec![json!([PICTURE]), json!([])]),
        ("referenceVideos", vec![json!([video])]),
        ("video", vec![json!(video)]),
        (
            "duration",
            (0..=16)
                .map(Value::from)
                .chain([json!("5"), json!("8s"), json!(30), json!(5.5)])
                .collect(),
        ),
        (
            "resolution",
            [
                "480p",
                "720p",
                "1080p",
                "4k",
                "4K",
                "540p",
                "768p",
                "720",
                "1280x720",
                "1920x1080",
                "HD",
            ]
            .map(Value::from)
            .to_vec(),
        ),
        (
            "size",
            ["1280x720", "720x1280", "1920x1080", "960x960", "1280*720", "1x1"]
                .map(Value::from)
                .to_vec(),
        ),
        ("aspectRatio", ["16:9", "9:16", "1:1", "portrait", "1280x720"].map(Value::from).to_vec()),
        ("shotType", vec![json!("multi")]),
        ("enhancePrompt", vec![json!(false), json!(true)]),
        ("loop", vec![json!(true)]),
        ("hdr", vec![json!(true), json!(false)]),
        ("exr", vec![json!(true)]),
        ("generateAudio", vec![json!(true), json!("on")]),
        ("fps", vec![json!(24), json!(25), json!("24")]),
    ]
}

proptest! {
    #![proptest_config(proptest_config(4_000))]

    #[test]
    fn a_fix_is_never_refused(
        (listing, request) in requests_of_listings(),
        changes in prop::collection::vec(select(unusual()).prop_flat_map(|(name, values)| (Just(name), select(values))), 0..5),
    ) {
        let id = &*listing.provider_model_id;
        let mut request = changes
            .into_iter()
            .fold(request, |request, (name, value)| with(request, json!({ name: value })));
        for _ in 0..12 {
            // A conversion that every listing needs comes first: a listing may lack the field.
            let general = parse(&request, Policy::default()).1;
            let found = fit(id, &request);
            let mut errors = found.issues.iter().filter(|issue| issue.severity == Severity::Error);
            let Some(fix) = errors.find_map(|issue| issue.fix.as_ref()) else {
                return Ok(());
            };
            let is_general = general.iter().any(|issue| issue.fix.as_ref() == Some(fix));
            let mended = apply(&request, &serde_json::to_value(fix).unwrap());
            let after = fit(id, &mended);
            let mut errors = after.issues.iter().filter(|issue| issue.severity == Severity::Error);
            let refused = errors.find(|issue| issue.path == fix.path).filter(|_| !is_general);
            prop_assert!(refused.is_none(), "{id}: {fix:?}\nin {request}\nthen {refused:?}\nin {mended}");
            request = mended;
        }
        prop_assert!(false, "{id}: fixes without end: {request}");
    }
}

/// The fix of a field at Runware's listing of the model.
fn fix_of(request: Value, path: &str) -> Option<Value> {
    let found = validate(&with(json!({ "prompt": "A fox" }), request), Policy::default());
    let listings = found["listings"].as_array().unwrap();
    let issues = &listings.iter().find(|one| one["provider"] == "runware").unwrap()["issues"];
    let mut issues = issues.as_array().unwrap().iter();
    let of: Vec<&Value> = issues
        .by_ref()
        .filter(|issue| issue["path"] == path && issue["severity"] == "error")
        .collect();
    assert_eq!(of.len(), 1, "reported once: {found:#}");
    of[0].get("fix").cloned()
}

#[test]
fn a_fix_is_the_nearest_value_that_every_rule_accepts() {
    let video = "https://media.example.com/a.mp4";
    for (request, seconds) in [
        (json!({ "model": "veo-3.1-fast", "video": video, "duration": 5 }), 7),
        (
            json!({ "model": "veo-3.1-fast", "referenceImages": [PICTURE], "resolution": "720p", "duration": 5 }),
            8,
        ),
        (
            json!({ "model": "veo-3.1-fast", "referenceImages": [PICTURE], "resolution": "720p", "duration": 6 }),
            8,
        ),
        (
            json!({ "model": "wan-2.7", "referenceImages": [PICTURE], "resolution": "720p", "duration": 20 }),
            10,
        ),
        (json!({ "model": "hailuo-2.3", "resolution": "1080p", "duration": 9 }), 6),
        (json!({ "model": "hailuo-2.3", "resolution": "1080p", "duration": 10 }), 6),
        (json!({ "model": "ray-3.2", "resolution": "360p", "loop": true, "duration": 9 }), 5),
        (json!({ "model": "kling-o1", "image": PICTURE, "duration": 2 }), 5),
        (json!({ "model": "kling-o1", "resolution": "720p", "duration": 7 }), 5),
        (json!({ "model": "kling-o1", "resolution": "720p", "duration": 8 }), 10),
    ] {
        let fix = fix_of(request.clone(), "duration");
        assert_eq!(fix, Some(json!({ "path": "duration", "value": seconds })), "{request}");
    }
}

#[test]
fn an_empty_text_that_may_be_absent_is_removed() {
    let wan = json!({ "model": "wan-2.6", "duration": 5, "resolution": "720p" });
    let runway = json!({ "model": "gen-4.5", "duration": 5, "resolution": "720p" });
    let beside = json!({ "prompt": "", "image": PICTURE });
    for (request, path, is_removed) in [
        (with(wan.clone(), json!({ "negativePrompt": "" })), "negativePrompt", true),
        (with(wan.clone(), json!({ "negativePrompt": " \n" })), "negativePrompt", true),
        (with(wan, json!({ "prompt": "" })), "prompt", false),
        (with(runway.clone(), beside), "prompt", true),
        // Something must say what to generate.
        (with(runway, json!({ "prompt": "" })), "prompt", false),
    ] {
        let fix = is_removed.then(|| json!({ "path": path }));
        assert_eq!(fix_of(request.clone(), path), fix, "{request}");
    }
}

#[test]
fn a_missing_value_is_one_that_every_rule_accepts() {
    let video = "https://media.example.com/a.mp4";
    let request = json!({ "model": "veo-3.1-fast", "prompt": "A fox", "video": video });
    let found = validate(&request, Policy::default());
    let listings = found["listings"].as_array().unwrap();
    let own = listings.iter().find(|one| one["provider"] == "runware").unwrap();
    let issues = own["issues"].as_array().unwrap();
    let missing = issues.iter().find(|issue| issue["path"] == "duration").unwrap();
    assert_eq!(
        (&missing["code"], &missing["allowed"]),
        (&json!("required"), &json!([7])),
        "{missing}"
    );
}

#[test]
fn a_size_beside_an_image_that_excludes_it_is_not_suggested() {
    let image = "data:image/png;base64,iVBORw0KGgo=";
    let request = json!({ "model": "seedance-2.0-mini", "duration": 5, "resolution": "1280x720" });
    let with_image = with(request.clone(), json!({ "image": image }));
    assert_eq!(
        fix_of(with_image, "resolution"),
        Some(json!({ "path": "resolution", "value": "720p" }))
    );
    let moved = json!({ "path": "size", "value": "1280x720", "remove": "resolution" });
    assert_eq!(fix_of(request, "resolution"), Some(moved));
}

#[test]
fn a_size_becomes_its_resolution() {
    let fix_of = |size: &str| {
        let request = with(runpod_request(), json!({ "size": size }));
        let found = validate(&request, Policy::default());
        let issues = found["listings"][0]["issues"].as_array().unwrap().clone();
        let issue = issues.into_iter().find(|issue| issue["path"] == "size").unwrap();
        (issue.get("fix").cloned(), request)
    };
    let (fix, request) = fix_of("1080x1920");
    let mended = apply(&request, &fix.unwrap());
    assert_eq!(mended, with(runpod_request(), json!({ "resolution": "1080p" })));
    assert_eq!(validate(&mended, Policy::default())["listings"][0]["ok"], true);
    // RunPod has no 1024p.
    assert_eq!(fix_of("1792x1024").0, None);
}
