//! Any input gets a response, and nothing is billed twice.

use std::collections::HashMap;

use crate::common::{
    CLIP, Harness, IMAGE, ORIGIN, RUN_MS, SORA, SOUND, UUID, input, task, task_for,
};
use filmgate_simulator::{Config, Request, Simulator};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(UUID)),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop_oneof![
            Just("inputs".to_owned()),
            Just("frameImages".to_owned()),
            Just("safety".to_owned()),
            Just("frame".to_owned()),
            Just("klingai".to_owned()),
            Just("inputs.frameImages".to_owned()),
            "[a-z]{1,6}",
        ];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name, inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// A field of the documents' examples with any value.
fn spoilt(example: Value) -> impl Strategy<Value = Value> {
    let names: Vec<_> = example.as_object().unwrap().keys().cloned().collect();
    let extra = [
        "inputs",
        "safety",
        "ttl",
        "numberResults",
        "webhookURL",
        "outputFormat",
        "providerSettings",
        "settings",
        "resolution",
        "duration",
    ];
    let names: Vec<_> = names.into_iter().chain(extra.map(str::to_owned)).collect();
    (vec((prop::sample::select(names), any_json()), 0..3)).prop_map(move |changes| {
        let mut example = example.clone();
        for (name, value) in changes {
            // Replaces the whole value, or one value inside.
            match (example.get_mut(&name), value) {
                (Some(Value::Object(inner)), Value::Object(changes)) => inner.extend(changes),
                (_, value) => example[name] = value,
            }
        }
        example
    })
}

/// One of Runware's models with nearly all of its parameters.
fn any_model() -> impl Strategy<Value = Value> {
    let prompt = "A fox";
    let frames = json!([{ "image": IMAGE, "frame": "first" }, { "image": IMAGE, "frame": "last" }]);
    prop::sample::select(vec![
        (
            "klingai:kling@o1",
            json!({ "positivePrompt": prompt, "inputs": { "referenceImages": [IMAGE],
                "referenceVideos": [CLIP] }, "providerSettings": { "klingai": { "fast": true } } }),
        ),
        (
            "klingai:kling-video@3-pro",
            json!({ "positivePrompt": prompt, "inputs": { "frameImages": frames, "elements": [{}] },
                "providerSettings": { "klingai":
                    { "multiPrompt": [{ "prompt": prompt, "duration": 3 }] } } }),
        ),
        (
            "bytedance:seedance@1.5-pro",
            json!({ "positivePrompt": prompt, "resolution": "480p", "duration": "auto",
                "inputs": { "frameImages": frames } }),
        ),
        (
            "luma:ray@3.2",
            json!({ "positivePrompt": prompt, "width": 700, "height": 500, "duration": 5,
                "inputs": { "frameImages": frames }, "settings": { "loop": false, "edit": {} } }),
        ),
        ("google:3@3", json!({ "positivePrompt": prompt, "inputs": { "video": CLIP } })),
        (
            "runway:1@2",
            json!({ "positivePrompt": prompt, "width": 960, "height": 960, "seed": 1,
                "providerSettings": { "runway": { "contentModeration": {} } } }),
        ),
        (
            "alibaba:wan@2.6-flash",
            json!({ "positivePrompt": prompt, "resolution": "720p", "inputs": { "audio": SOUND },
                "providerSettings": { "alibaba": { "shotType": "multi" } } }),
        ),
    ])
    .prop_flat_map(|(model, fields)| spoilt(task_for(model, fields)))
}

/// One of RunPod's endpoints with nearly all of its parameters.
fn any_endpoint() -> impl Strategy<Value = (&'static str, Value)> {
    let prompt = "A fox";
    prop::sample::select(vec![
        (
            "kling-video-o1-r2v",
            json!({ "prompt": prompt, "images": [IMAGE], "aspect_ratio": "1:1", "seed": -1 }),
        ),
        (
            "p-video",
            json!({ "prompt": prompt, "image": IMAGE, "audio": SOUND, "draft": true, "fps": 24 }),
        ),
        (
            "wan-2-2-t2v-720-lora",
            json!({ "prompt": prompt, "image": IMAGE,
                "high_noise_loras": [{ "path": "https://a.test/a", "scale": 1 }] }),
        ),
        ("wan-2-5", json!({ "prompt": prompt, "image": IMAGE, "size": "832*480", "duration": 10 })),
        (
            "seedance-v1-5-pro-i2v",
            json!({ "prompt": prompt, "image": IMAGE, "aspect_ratio": "21:9" }),
        ),
    ])
    .prop_flat_map(|(endpoint, input)| (Just(endpoint), spoilt(input)))
}

#[test]
fn extreme_times() {
    for (job_duration_ms, queue_share) in
        [(u64::MAX, 0.0), (u64::MAX, 1.0), (u64::MAX / 50, 0.5), (0, 1.0)]
    {
        let mut sim = Harness::new();
        sim.control(
            "config",
            json!({ "jobDurationMs": job_duration_ms, "queueShare": queue_share }),
        );
        let body = json!({ "input": input(), "policy": { "ttl": u64::MAX } });
        sim.post(&format!("{SORA}/run"), &body);
        let id = sim.ledger().submissions[0].id.clone().unwrap();
        sim.tasks(json!([task(json!({ "numberResults": 4, "ttl": u32::MAX }))]));
        for ms in [u64::MAX / 2, u64::MAX] {
            sim.control("advance", json!({ "ms": ms }));
            sim.status(&id);
            sim.poll(UUID);
            sim.post(&format!("{SORA}/retry/{id}"), &json!({}));
        }
        sim.simulator.due_webhooks(u64::MAX);
    }
}

proptest! {
    #[test]
    fn any_bytes_anywhere(
        method in prop::sample::select(vec!["GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE"]),
        path in prop_oneof![
            Just(format!("{SORA}/run")),
            Just(format!("{SORA}/runsync")),
            Just("/runware/v1".to_owned()),
            Just("/control/faults".to_owned()),
            Just("/control/config".to_owned()),
            Just("/control/advance".to_owned()),
            "/[a-z0-9/._%-]{0,40}",
            "/videos/.{0,10}",
        ],
        query in "[a-z0-9=&]{0,20}",
        range in "(bytes=)?[0-9,-]{0,12}",
        body in vec(any::<u8>(), 0..200),
        now_ms in any::<u64>(),
    ) {
        let mut simulator = Simulator::new(Config::default(), 1, ORIGIN);
        let headers = vec![
            ("authorization".to_owned(), "Bearer x".to_owned()),
            ("range".to_owned(), range),
        ];
        let request = Request { method: method.to_owned(), path, query, headers, body };
        simulator.handle(now_ms, &request);
        simulator.due_webhooks(u64::MAX);
    }

    #[test]
    fn any_json_to_either_provider(value in any_json()) {
        let mut sim = Harness::new();
        sim.post(&format!("{SORA}/runsync"), &json!({ "input": value, "policy": value }));
        sim.post("/runpod/v2/echo-video/runsync", &json!({ "input": { "prompt": value } }));
        sim.tasks(value.clone());
        sim.tasks(json!([value]));
        sim.post("/control/faults", &value);
        sim.post("/control/config", &value);
    }

    #[test]
    fn spoilt_examples_end_and_are_billed_once_at_most(
        task in spoilt(task(json!({}))),
        input in spoilt(input()),
    ) {
        let mut sim = Harness::new();
        let accepted = sim.tasks(json!([task])).status == 200;
        sim.post(&format!("{SORA}/run"), &json!({ "input": input }));
        sim.wait(RUN_MS);
        sim.poll(UUID);
        sim.simulator.due_webhooks(sim.now_ms);
        let results = task["numberResults"].as_u64().unwrap_or(1);
        let mut charges = HashMap::new();
        for bill in &sim.ledger().charges {
            *charges.entry(bill.provider).or_insert(0) += 1;
        }
        let runware = charges.remove(&filmgate_simulator::Provider::Runware).unwrap_or(0);
        prop_assert_eq!(runware, if accepted { results } else { 0 });
        prop_assert!(charges.into_values().all(|count| count == 1));
    }

    #[test]
    fn spoilt_examples_of_other_listings_cost_something_or_are_refused(
        task in any_model(),
        (endpoint, input) in any_endpoint(),
    ) {
        let mut sim = Harness::new();
        let accepted = sim.tasks(json!([task])).status == 200;
        sim.wait(RUN_MS);
        sim.poll(UUID);
        let results = task["numberResults"].as_u64().unwrap_or(1);
        let charges = &sim.ledger().charges;
        prop_assert_eq!(charges.len() as u64, if accepted { results } else { 0 });
        prop_assert!(charges.iter().all(|bill| bill.micro_usd > 0), "{}", task);

        let mut sim = Harness::new();
        let accepted = sim.runsync(endpoint, &input).status == 200;
        sim.wait(RUN_MS);
        sim.get("/control/ledger");
        prop_assert_eq!(sim.ledger().total_micro_usd > 0, accepted, "{} {}", endpoint, input);
    }
}
