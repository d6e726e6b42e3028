//! Responses that nest deeper than can be stored and parsed again.

use filmgate::job::Job;
use filmgate::provider::Body;
use filmgate::provider::ProviderId::Runpod;
use filmgate::request::{MAX_DEPTH, UNREADABLE};
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

/// The value, nested this many levels deep.
fn nested(levels: u32, inner: Value, wrap: fn(Value) -> Value) -> Value {
    (0..levels).fold(inner, |value, _| wrap(value))
}

const WRAPS: [fn(Value) -> Value; 2] = [|value| json!([value]), |value| json!({ "a": value })];

#[test]
fn values_that_are_too_deep_are_marked_and_the_rest_stays() {
    for wrap in WRAPS {
        let parsed = |json: &Value| Body::parse(&json.to_string());
        let deepest = nested(MAX_DEPTH, json!(1), wrap);
        assert_eq!(parsed(&deepest), Body::Json(deepest));
        let mark = json!({ UNREADABLE: "too_deep" });
        for more in [1, 2, 60] {
            let deeper = nested(MAX_DEPTH + more, json!(1), wrap);
            let marked = nested(MAX_DEPTH + 1, mark.clone(), wrap);
            assert_eq!(parsed(&deeper), Body::Json(marked));
        }
    }
}

#[test]
fn a_video_beside_a_deep_value_is_not_lost() {
    for wrap in WRAPS {
        let deep = nested(100, json!(1), wrap);
        let done = json!({ "id": RUNPOD_ID, "status": "COMPLETED", "note": deep,
            "output": { "video_url": RUNPOD_VIDEO } });
        let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), ok(done)]).run();
        assert_eq!(driver.result().videos.len(), 1);
        let stored = driver.records.last().unwrap().to_string();
        let read = serde_json::from_str(&stored).unwrap();
        assert!(Job::resume(driver.now, read, driver.revision, LIMITS).is_ok());
    }
}
