//! The response.

use crate::common::{
    JobDriver, T0, UUID, ack, ok, row, rows, runware_request, script, video_row, with,
};
use filmgate::money::Usd;
use filmgate::outcome::{Status, VideoResult};
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

const RESPONSE: &str = include_str!("../fixtures/core/runware_response.json");

fn example() -> Value {
    serde_json::from_str(RESPONSE).unwrap()
}

/// The result of a task that ends with this row.
fn outcome_of(last: Value) -> VideoResult {
    let request = with(runware_request(), json!({ "size": "1792x1024", "ttlSeconds": 3600 }));
    let driver = JobDriver::new(
        crate::common::job(Runware, &request),
        script(vec![ack(), ok(json!({ "data": [last] }))]),
    );
    driver.run().result().clone()
}

fn changed(name: &str, value: Value) -> VideoResult {
    let mut row = example();
    row[name] = value;
    outcome_of(row)
}

fn without(name: &str) -> VideoResult {
    let mut row = example();
    row.as_object_mut().unwrap().remove(name);
    outcome_of(row)
}

#[test]
fn response_example() {
    // It has no status; the video alone is enough.
    let outcome = outcome_of(example());
    assert_eq!(outcome.raw, json!({ "data": [example()] }));
    let handle = crate::common::job(Runware, &runware_request()).handle;
    let shown = outcome.to_json(&handle);
    assert_eq!(shown["costUsd"], 4.0);
    assert_eq!(shown["charge"], "charged");
    assert_eq!(shown["videos"].as_array().unwrap().len(), 1);
}

#[test]
fn response_task_type() {
    assert_eq!(outcome_of(example()).raw["data"][0]["taskType"], "videoInference");
}

#[test]
fn response_task_uuid() {
    // Rows of other tasks are ignored; ours is found in upper case, too.
    let strange = row(&json!({ "taskUUID": "11111111-2222-4333-8444-555555555555",
        "videoUUID": "x", "videoURL": "https://a.example.com/other.mp4" }));
    let mut own = example();
    own["taskUUID"] = json!(UUID.to_uppercase());
    let answer = ok(json!({ "data": [strange, own] }));
    let driver = JobDriver::new(
        crate::common::job(Runware, &runware_request()),
        script(vec![ack(), answer]),
    );
    let driver = driver.run();
    assert_eq!(driver.result().videos.len(), 1);
    assert_eq!(driver.result().videos[0].seed, Some(443_404_476));
}

#[test]
fn response_video_uuid() {
    let id = "93666777-2328-4441-a0d4-b6df40eb0a1a";
    assert_eq!(outcome_of(example()).videos[0].id.as_deref(), Some(id));
}

#[test]
fn response_video_url() {
    let url =
        "https://vm.runware.ai/video/os/a04d20/ws/5/vi/93666777-2328-4441-a0d4-b6df40eb0a1a.mp4";
    let outcome = outcome_of(example());
    assert_eq!(outcome.videos[0].url.as_deref(), Some(url));
    // The `ttl` of the request: an hour.
    assert_eq!((outcome.videos[0].expires_at.unwrap() - T0) / 60_000, 60);
    // Anything else is not the video's URL: the task is polled again.
    let mut strange = example();
    strange["videoURL"] = json!("javascript:alert(1)");
    let replies = [strange, example()].map(|row| ok(json!({ "data": [row] })));
    let replies = [vec![ack()], replies.to_vec()].concat();
    let job = crate::common::job(Runware, &runware_request());
    let driver = JobDriver::new(job, script(replies)).run();
    assert_eq!(driver.result().videos[0].url.as_deref(), Some(url));
}

#[test]
fn response_video_base64_data() {
    assert_eq!(outcome_of(example()).videos[0].data, None);
    let outcome = changed("videoBase64Data", json!("AAAAIGZ0eXA="));
    assert_eq!(outcome.videos[0].data, Some(json!("AAAAIGZ0eXA=")));
}

#[test]
fn response_video_data_uri() {
    let uri = json!("data:video/mp4;base64,AAAAIGZ0eXA=");
    assert_eq!(changed("videoDataURI", uri.clone()).videos[0].data, Some(uri));
}

#[test]
fn response_seed() {
    assert_eq!(outcome_of(example()).videos[0].seed, Some(443_404_476));
    assert_eq!(without("seed").videos[0].seed, None);
}

#[test]
fn response_nsfw_content() {
    assert_eq!(outcome_of(example()).videos[0].nsfw, None);
    assert_eq!(changed("NSFWContent", json!(true)).videos[0].nsfw, Some(true));
    assert_eq!(changed("NSFWContent", json!(false)).videos[0].nsfw, Some(false));
}

#[test]
fn response_cost() {
    let outcome = outcome_of(example());
    assert_eq!(outcome.cost, Some(Usd(4_000_000)));
    let quote =
        crate::common::order(Runware, &with(runware_request(), json!({ "size": "1792x1024" })));
    assert_eq!(outcome.quote_delta(quote.quote.total), Some(Usd(0)), "the example's $4 for 8 s");
    assert_eq!(changed("cost", json!(2.4)).cost, Some(Usd(2_400_000)));
    assert_eq!(without("cost").cost, None);
}

#[test]
fn response_cost_of_several() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let replies = vec![ack(), rows(&[video_row(1)]), rows(&[video_row(1), video_row(2)])];
    let driver = JobDriver::new(crate::common::job(Runware, &request), script(replies)).run();
    assert_eq!(driver.result().cost, Some(Usd(4_800_000)));
    assert_eq!(driver.job.status(), Status::Completed);
}

#[test]
fn response_outputs() {
    assert_eq!(without("outputs").videos[0].remix_id, None);
    assert_eq!(changed("outputs", json!({})).videos[0].remix_id, None);
}

#[test]
fn response_outputs_video_id() {
    let id = "video_69c581a1a7688190bf24a177278b6187000b0b6342cde7b3";
    assert_eq!(outcome_of(example()).videos[0].remix_id.as_deref(), Some(id));
    // It goes into the next request unchanged.
    let next = with(runware_request(), json!({ "size": null, "remixId": id }));
    assert_eq!(crate::common::wire(Runware, &next)[0]["inputs"]["videoId"], id);
}
