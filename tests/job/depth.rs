//! Answers that nest deeper than anyone could store and read again.

use filmgate::job::Job;
use filmgate::provider::Body;
use filmgate::provider::ProviderId::Runpod;
use filmgate::request::{DEEPEST, UNREADABLE};
use serde_json::{Value, json};

use crate::common::*;
use crate::film;

/// The value, so many levels down.
fn nested(levels: u32, inner: Value, wrap: fn(Value) -> Value) -> Value {
    (0..levels).fold(inner, |value, _| wrap(value))
}

const WRAPS: [fn(Value) -> Value; 2] = [|value| json!([value]), |value| json!({ "a": value })];

#[test]
fn what_is_too_deep_is_marked_and_the_rest_stays() {
    for wrap in WRAPS {
        let parsed = |json: &Value| Body::parse(&json.to_string());
        let deepest = nested(DEEPEST, json!(1), wrap);
        assert_eq!(parsed(&deepest), Body::Json(deepest));
        let mark = json!({ UNREADABLE: "too_deep" });
        for more in [1, 2, 60] {
            let deeper = nested(DEEPEST + more, json!(1), wrap);
            let marked = nested(DEEPEST + 1, mark.clone(), wrap);
            assert_eq!(parsed(&deeper), Body::Json(marked));
        }
    }
}

#[test]
fn a_video_beside_it_is_not_lost() {
    for wrap in WRAPS {
        let deep = nested(100, json!(1), wrap);
        let done = json!({ "id": RUNPOD_ID, "status": "COMPLETED", "note": deep,
            "output": { "video_url": RUNPOD_VIDEO } });
        let film = film(Runpod, vec![pod("IN_QUEUE"), ok(done)]).run();
        assert_eq!(film.outcome().videos.len(), 1);
        let stored = film.records.last().unwrap().to_string();
        let read = serde_json::from_str(&stored).unwrap();
        assert!(Job::resume(film.now, read, film.revision, LIMITS).is_ok());
    }
}
