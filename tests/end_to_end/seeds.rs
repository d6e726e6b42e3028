//! Every parameter of the two model pages, completed.

use filmgate::money::Usd;
use filmgate::outcome::Status;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::{Value, json};

use crate::common::*;
use crate::end_to_end::bridge::{Sim, assert_truthful};

const PICTURE: &str = "https://pictures.example.com/baker.jpeg";

/// Runs the request; its cost lies within the quote, and its video can be fetched.
fn completed(provider: ProviderId, request: &Value) -> (Sim, filmgate::outcome::VideoResult) {
    let sim = Sim::new();
    let driver = sim.drive(provider, request).run();
    assert!(matches!(driver.done, Some(Ok(_))), "{request}: {:?}", driver.done);
    assert_eq!(driver.job.status(), Status::Completed);
    let outcome = driver.result().clone();
    let quote = driver.job.handle.quote.map(|quote| (quote.min, quote.max));
    if outcome.cost.is_some() && quote.is_some() {
        assert_eq!(outcome.quote_delta(quote), Some(Usd(0)), "{request}");
    }
    // Each download encodes a whole video.
    if let Some(video) = outcome.videos.first() {
        let url = video.url.as_deref().unwrap();
        let path = url.strip_prefix("https://videos.example.com").unwrap();
        assert_eq!(sim.send(driver.now, "HEAD", path, None).response().status, 200);
    }
    assert_truthful(&driver, &sim);
    (sim, outcome)
}

#[test]
fn runpod_each_duration_and_size() {
    for resolution in ["720p", "1080p"] {
        for duration in [4, 8, 12] {
            let changes = json!({ "resolution": resolution, "duration": duration });
            let (_, outcome) = completed(Runpod, &with(runpod_request(), changes));
            let cents = duration * if resolution == "720p" { 30 } else { 50 };
            assert_eq!(outcome.cost, Some(Usd(cents * 10_000)));
            assert!(outcome.queue_time_ms.is_some() && outcome.execution_time_ms.is_some());
        }
    }
}

#[test]
fn runpod_each_delivery_method() {
    for changes in [
        json!({ "deliveryMethod": "sync" }),
        json!({ "deliveryMethod": "async" }),
        json!({ "webhookUrl": "https://hooks.example.com/x" }),
        json!({ "image": "data:image/png;base64,iVBORw0KGgo=", "allowInlineImages": true }),
        json!({ "image": { "image": PICTURE } }),
        json!({ "prompt": "x" }),
        json!({ "taskUUID": UUID }),
        json!({ "providerOptions": { "runpod": { "policy": { "lowPriority": true } } } }),
    ] {
        completed(Runpod, &with(runpod_request(), changes));
    }
}

#[test]
fn runware_each_duration_size_and_count() {
    for (size, tenths) in [
        ("1280x720", 3),
        ("720x1280", 3),
        ("1920x1080", 5),
        ("1080x1920", 5),
        ("1792x1024", 5),
        ("1024x1792", 5),
    ] {
        for (duration, n) in [(4, 1), (8, 2), (12, 3), (16, 4), (20, 1)] {
            let changes = json!({ "size": size, "duration": duration, "n": n });
            let (_, outcome) = completed(Runware, &with(runware_request(), changes));
            assert_eq!(outcome.videos.len(), n);
            let n = i64::try_from(n).unwrap();
            assert_eq!(outcome.cost, Some(Usd(duration * tenths * n * 100_000)));
        }
    }
}

#[test]
fn runware_each_option() {
    let image = |image: Value| json!({ "size": null, "image": image });
    let uuid = "aac49721-1964-481a-ae78-8a4e29b91402";
    for changes in [
        json!({ "output": { "type": "url", "format": "mp4", "quality": 20 } }),
        json!({ "output": { "format": "webm", "quality": 99 } }),
        json!({ "output": { "format": "mov" } }),
        json!({ "contentCheck": "none" }),
        json!({ "contentCheck": "fast" }),
        json!({ "contentCheck": "full" }),
        json!({ "ttlSeconds": 60 }),
        json!({ "uploadUrl": "https://uploads.example.com/put" }),
        json!({ "webhookUrl": "https://hooks.example.com/x" }),
        json!({ "deliveryMethod": "async" }),
        json!({ "taskUUID": "0b0b0b0b-0000-4000-8000-00000000000a" }),
        json!({ "prompt": "🦊🦊" }),
        json!({ "prompt": "🦊".repeat(6000) }),
        json!({ "size": null, "resolution": "1080p", "aspectRatio": "9:16" }),
        image(json!(PICTURE)),
        image(json!(uuid)),
        image(json!("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAYAAAA=")),
        image(json!("iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAYAAAA=")),
        image(json!({ "image": PICTURE, "frame": "first" })),
        image(json!([{ "image": uuid, "frame": 0 }])),
    ] {
        completed(Runware, &with(runware_request(), changes));
    }
}

#[test]
fn runware_cost_is_included_on_request() {
    let (_, told) = completed(Runware, &runware_request());
    assert_eq!(told.cost, Some(Usd(2_400_000)));
    let (sim, untold) =
        completed(Runware, &with(runware_request(), json!({ "includeCost": false })));
    assert_eq!(untold.cost, None);
    assert_eq!(sim.ledger().total_micro_usd, 2_400_000);
}

#[test]
fn a_video_is_remixed() {
    let sim = Sim::new();
    let first = sim.drive(Runware, &runware_request()).run();
    let remix = first.result().videos[0].remix_id.clone().unwrap();
    let own = "0b0b0b0b-0000-4000-8000-00000000000a";
    let changes = json!({ "size": null, "remixId": remix, "taskUUID": own });
    let mut second = sim.drive(Runware, &with(runware_request(), changes));
    second.now = first.now;
    let second = second.run();
    assert_eq!(second.result().videos.len(), 1);
    assert_eq!(sim.accepted(), 2);
}

#[test]
fn models_outside_the_catalog() {
    let echo = |model: &str| json!({ "model": model, "input": { "anything": true } });
    let (_, pod) = completed(Runpod, &echo("runpod:echo-video"));
    let (_, ware) = completed(Runware, &echo("runware:sim:echo@1"));
    assert_eq!((pod.cost, ware.cost), (Some(Usd(100_000)), Some(Usd(100_000))));
}

#[test]
fn webhooks_contain_the_job_id() {
    let hook = "https://hooks.example.com/x";
    for provider in ProviderId::ALL {
        let sim = Sim::new();
        let request = with(request_for(*provider), json!({ "webhookUrl": hook }));
        let mut driver = sim.drive(*provider, &request);
        driver.run_until(T0 + 30_000);
        let hooks = sim.webhooks(T0 + 70_000);
        assert_eq!(hooks.len(), 1);
        assert_eq!(hooks[0].0, hook);
        let notice = provider.read_webhook(&hooks[0].1).unwrap();
        assert_eq!(Some(notice.job_id), driver.job.handle.job_id);
        assert_eq!(notice.status, Status::Completed);
    }
}
