//! Any JSON as a request, a body, a record, a handle or a webhook: no panic, no spinning, and the
//! guarantees hold.

use crate::common::{
    JobDriver, LIMITS, Reply, T0, UUID, job, no_rows, ok, proptest_config, raw, request_for, row,
    runpod_request, runpod_status, runware_request, set, video_row, with,
};
use filmgate::job::{Handle, Input, Job, Output};
use filmgate::plan::PlanOptions;
use filmgate::provider::{Body, ProviderId, Response};
use filmgate::request::{Field, Policy};
use filmgate::untyped::{plan, quote, validate};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Names that some parser knows.
const NAMES: &[&str] = &[
    "id",
    "status",
    "output",
    "error",
    "errors",
    "data",
    "taskUUID",
    "taskType",
    "videoURL",
    "videoUUID",
    "video_url",
    "cost",
    "progress",
    "message",
    "code",
    "response",
    "request",
    "image",
    "frame",
    "model",
    "input",
    "providerOptions",
    "runpod",
    "runware",
    "phase",
    "handle",
    "end",
    "videos",
    "n",
    "revision",
    "\u{0}outside",
    "\u{0}unreadable",
    "head",
    "length",
];

fn leaves() -> impl Strategy<Value = Value> {
    let words = vec![
        "COMPLETED",
        "FAILED",
        "IN_QUEUE",
        "CANCELLED",
        "success",
        "error",
        "processing",
        "N/A",
        "https://a.example.com/v.mp4",
        "conflictTaskUUID",
        UUID,
        "",
        "{\"a\":1}",
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(words).prop_map(Value::from),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    leaves().prop_recursive(4, 32, 5, |inner| {
        let name = prop_oneof![
            4 => select(NAMES).prop_map(str::to_owned),
            2 => select(Field::ALL).prop_map(|field| field.path().to_owned()),
            1 => any::<String>(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A response that may be about our job.
fn answers() -> impl Strategy<Value = Reply> {
    let body = prop_oneof![
        2 => anything(),
        2 => (anything(), select(NAMES), anything()).prop_map(|(value, name, more)| {
            json!({ "id": "job-1", "status": value, name: more })
        }),
        2 => anything().prop_map(|value| json!({ "data": [row(&json!({ "status": value }))] })),
        2 => (1u32..3, anything(), select(NAMES)).prop_map(|(at, value, name)| {
            let mut done = row(&video_row(at));
            done[name] = value;
            json!({ "data": [done] })
        }),
        1 => anything().prop_map(|value| {
            json!({ "errors": [{ "code": value, "message": "No.", "taskUUID": UUID }] })
        }),
    ];
    let status = select(vec![200u16, 200, 200, 400, 401, 404, 429, 500, 503]);
    prop_oneof![
        4 => (status.clone(), body).prop_map(|(status, body)| raw(status, &body.to_string())),
        1 => (status, any::<String>()).prop_map(|(status, text)| raw(status, &text)),
        1 => Just(Reply::ConnectionLost(50)),
        1 => Just(Reply::NoResponse),
        1 => Just(no_rows()),
        1 => Just(runpod_status("IN_QUEUE")),
    ]
}

fn providers() -> impl Strategy<Value = ProviderId> {
    select(ProviderId::ALL)
}

proptest! {
    #![proptest_config(proptest_config(400))]

    #[test]
    fn any_request(value in anything(), path in select(NAMES), field in select(Field::ALL)) {
        let within = [
            value.clone(),
            with(runpod_request(), json!({ path: value.clone() })),
            with(runware_request(), json!({ field.path(): value.clone() })),
            json!({ "model": "runpod:echo-video", "input": { "a": value } }),
        ];
        for request in within {
            let found = validate(&request, Policy::default());
            prop_assert_eq!(&found, &validate(&request, Policy::default()));
            // Valid requests can be planned, others cannot.
            let options = PlanOptions { available_providers: ProviderId::ALL.to_vec(), ..PlanOptions::default() };
            let planned = plan(&request, &options, Policy::default());
            // A request without a model can be priced, but not planned.
            let named = request.get("model").is_some_and(|model| !model.is_null());
            let ok = found["ok"].as_bool().unwrap() && named;
            prop_assert_eq!(ok, planned.is_ok(), "{}", request);
            prop_assert_eq!(quote(&request, Policy::default()).as_array().unwrap().len(),
                found["listings"].as_array().unwrap().len());
        }
    }

    #[test]
    fn any_options(value in anything(), name in select(vec!["provider", "maxCostUsd", "availableProviders"])) {
        let _ = PlanOptions::read(&value);
        let _ = PlanOptions::read(&json!({ name: value }));
    }

    #[test]
    fn any_webhook(value in anything(), provider in providers()) {
        let _ = provider.read_webhook(&value);
        let mut driver = JobDriver::new(job(provider, &request_for(provider)), |_, _| runpod_status("IN_QUEUE"));
        driver.run_until(T0 + 1_000);
        driver.job.handle_input(driver.now, Input::Webhook(value));
        prop_assert!(driver.job.handle.is_valid());
    }

    #[test]
    fn any_responses(provider in providers(), replies in prop::collection::vec(answers(), 1..8)) {
        let mut next = replies.into_iter().cycle();
        let world = move |_: u64, _: &filmgate::provider::Request| next.next().unwrap();
        let driver = JobDriver::new(job(provider, &request_for(provider)), world).run();
        prop_assert!(driver.now - T0 <= (LIMITS.timeout + LIMITS.request_timeout).as_millis() as u64);
        prop_assert!(driver.count("submit") <= 5);
        prop_assert!(driver.job.handle.is_valid());
        if let Ok(outcome) = driver.done.as_ref().unwrap() {
            prop_assert!(!outcome.videos.is_empty());
        }
    }

    /// RunPod bills each submit that it accepts: after a possibly accepted one none is sent.
    #[test]
    fn runpod_never_gets_a_second_submit(replies in prop::collection::vec(answers(), 1..8)) {
        let mut next = replies.into_iter().cycle();
        let mut taken = false;
        let world = move |_: u64, request: &filmgate::provider::Request| {
            let reply = next.next().unwrap();
            if crate::common::operation_of(request) == "submit" {
                assert!(!taken, "sent again");
                taken = !matches!(&reply, Reply::After(_, Response { status: 429, .. }));
            }
            reply
        };
        JobDriver::new(job(ProviderId::Runpod, &runpod_request()), world).run();
    }

    #[test]
    fn any_bytes_as_a_body(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let read = Body::parse(&text);
        prop_assert!(!matches!(read, Body::Empty) || text.trim().is_empty());
    }

    #[test]
    fn any_bytes_as_a_state(bytes in prop::collection::vec(any::<u8>(), 0..300), provider in providers(), wait in 0u64..4_000) {
        let _ = Job::from_state(&bytes);
        // Within a real one: its texts and lists get any length, and its values any kind.
        let mut driver = JobDriver::new(job(provider, &request_for(provider)), |_, _| runpod_status("IN_QUEUE"));
        driver.run_until(T0 + wait);
        let state = driver.job.state();
        let at = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % state.len();
        let cut = [&state[..at], &bytes].concat();
        let changed = [&cut, state.get(cut.len()..).unwrap_or_default()].concat();
        for state in [cut, changed] {
            if let Some(job) = Job::from_state(&state) {
                let _ = (job.record(), job.state());
            }
        }
    }

    #[test]
    fn any_handle(value in anything(), path in select(vec!["version", "provider", "model",
        "providerModelId", "id", "jobId", "n", "createdAt", "submittedAt", "acceptedAt", "endedAt",
        "ttlSeconds", "quote"])) {
        let mut handle = json!({
            "version": 1, "provider": "runware", "model": "m", "providerModelId": "a:1@1", "id": UUID,
            "n": 1, "createdAt": T0, "acceptedAt": T0,
        });
        handle[path] = value;
        if let Ok(handle) = serde_json::from_value::<Handle>(handle)
            && let Ok(job) = Job::adopt(T0, handle, 1_000, LIMITS) {
            let driver = JobDriver::new(job, |_, _| no_rows()).run();
            prop_assert_eq!(driver.count("submit"), 0);
        }
    }

    #[test]
    fn any_record(value in anything(), path in paths(), wait in 0u64..4_000, provider in providers()) {
        let mut driver = JobDriver::new(job(provider, &request_for(provider)), |_, request| {
            match crate::common::operation_of(request) {
                "submit" => runpod_status("IN_QUEUE"),
                _ => ok(json!({ "id": "a", "status": "COMPLETED", "data": [row(&video_row(1))],
                    "output": "https://a.example.com/v.mp4" })),
            }
        });
        driver.run_until(T0 + wait);
        let mut record = driver.records.last().unwrap().clone();
        set(&mut record, &path, Some(value));
        if let Ok(job) = Job::resume(T0 + 5_000, record, u32::MAX, LIMITS) {
            resumed(job);
        }
    }
}

/// Paths of a record.
fn paths() -> impl Strategy<Value = String> {
    select(vec![
        "status",
        "phase",
        "submission.body",
        "submission.sync",
        "polling.typicalDurationMs",
        "submission.minDurationMs",
        "submission.firstSent",
        "submission.sends",
        "polling.consecutiveNotFound",
        "requests.consecutiveErrors",
        "polling.consecutiveStalls",
        "polling.progress",
        "polling.videos",
        "end",
        "cancelWanted",
        "submission.webhookJobId",
        "persistence.revision",
        "persistence.saving",
        "persistence.dirty",
        "requests.inFlight",
        "requests.nextId",
        "requests.wakeAt",
        "requests.timeoutMs",
        "deadline",
        "handle.n",
        "handle.jobId",
        "handle.acceptedAt",
        "handle.endedAt",
        "handle.ttlSeconds",
        "handle.quote",
        "handle.createdAt",
    ])
    .prop_map(str::to_owned)
}

/// Runs a job with any record: limited steps, and no panic.
fn resumed(mut job: Job) {
    let mut now = T0 + 5_000;
    for _ in 0..2_000 {
        let mut inputs = Vec::new();
        let at = loop {
            match job.poll_output() {
                Output::Save { revision, .. } => inputs.push(Input::Saved(revision)),
                Output::Transmit { id, .. } => {
                    let response = no_rows().response().clone();
                    inputs.push(Input::Response { id, response });
                }
                Output::Timeout(at) => break at,
                Output::Done(_) => return,
                Output::Update(_) | Output::Cancelled(_) => {}
                _ => unreachable!("there is no other"),
            }
        };
        if inputs.is_empty() {
            now = now.max(at);
            inputs.push(Input::Timeout);
        }
        for input in inputs {
            job.handle_input(now, input);
        }
    }
    panic!("the job spins");
}

#[test]
fn counters_at_their_maximum() {
    for provider in ProviderId::ALL {
        for path in [
            "submission.sends",
            "polling.consecutiveNotFound",
            "requests.consecutiveErrors",
            "polling.consecutiveStalls",
            "requests.nextId",
            "persistence.revision",
        ] {
            let mut driver = JobDriver::new(job(*provider, &request_for(*provider)), |_, _| {
                runpod_status("IN_QUEUE")
            });
            driver.run_until(T0 + 1_000);
            let mut record = driver.records.last().unwrap().clone();
            set(&mut record, path, Some(json!(u32::MAX)));
            resumed(Job::resume(T0 + 5_000, record, u32::MAX, LIMITS).unwrap());
        }
    }
}
