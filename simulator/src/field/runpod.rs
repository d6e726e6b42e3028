//! RunPod's odd bodies.

use serde_json::{Value, json};

use super::{MAX_LATE_MS, Odd, Oddity, base64};
use crate::http::Response;
use crate::runpod::Status;
use filmgate_simulator_video::Video;

/// The reason of a generation that fails by an oddity.
pub(crate) const REASON: &str = "the worker gave up in step 3";
/// How long a stuck job runs.
pub(crate) const STUCK_MS: u64 = 7_200_000;

/// A job's body before it becomes odd.
pub(crate) struct Body<'a> {
    pub(crate) origin: &'a str,
    pub(crate) ends_ms: u64,
    pub(crate) at_ms: u64,
    pub(crate) status: Status,
    pub(crate) body: Value,
    pub(crate) input: Option<&'a Value>,
}

/// The answer to a submit.
pub(crate) fn answer(odd: &Odd, id: &str, response: Response) -> Response {
    use Oddity::*;
    let job = json!({ "id": id, "status": "IN_QUEUE" });
    let body = if odd.has(IdOnly) {
        json!({ "id": id })
    } else if odd.has(IdWithoutStatus) {
        json!({ "id": id, "status": null })
    } else if odd.has(IdInData) {
        json!({ "data": job })
    } else if odd.has(IdInResult) {
        json!({ "result": job })
    } else if odd.has(IdInList) {
        json!([job])
    } else if odd.has(IdInText) {
        Value::from(job.to_string())
    } else if odd.has(RunpodErrorAfter) {
        let status = if odd.variant(RunpodErrorAfter, 2) == 0 { 500 } else { 503 };
        return Response::json(status, &json!({ "error": "invalid input: insufficient balance" }));
    } else {
        return response;
    };
    Response::json(200, &body)
}

/// Whether a poll gets a 404, and with which body.
pub(crate) fn not_found(odd: &Odd, accepted_ms: u64, at_ms: u64) -> Option<Response> {
    let oddity = Oddity::NotFoundAtFirst;
    odd.lasts(oddity, accepted_ms, at_ms, u64::MAX).then(|| match odd.variant(oddity, 3) {
        0 => Response::json(404, &json!({ "error": "job not found" })),
        1 => Response::json(
            404,
            &json!({ "status": 404, "title": "Not Found", "detail": "job not found" }),
        ),
        _ => Response::empty(404),
    })
}

/// The body of another job, if the poll gets that one.
pub(crate) fn other_job(odd: &Odd, origin: &str, accepted_ms: u64, at_ms: u64) -> Option<Value> {
    let oddity = Oddity::OtherJob;
    odd.lasts(oddity, accepted_ms, at_ms, 30_000).then(|| {
        let id = "0badc0de-0000-4000-8000-000000000000-u1";
        match odd.variant(oddity, 2) {
            0 => json!({ "id": id, "status": "FAILED", "error": "another job failed" }),
            _ => json!({
                "id": id, "status": "COMPLETED",
                "output": { "video_url": format!("{origin}/videos/evil.mp4"), "cost": 9 },
            }),
        }
    })
}

/// The odd body of a job.
pub(crate) fn body(odd: &Odd, job: Body<'_>) -> Value {
    use Oddity::*;
    let Body { origin, at_ms, ends_ms, status, mut body, input } = job;
    let is_over = matches!(status, Status::Completed | Status::Failed);
    let mut set = |name: &str, value: Value| {
        if let Some(fields) = body.as_object_mut() {
            if value.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.to_owned(), value);
            }
        }
    };
    let has_started = status == Status::Running;
    if odd.has(StuckWithError) && has_started {
        set("status", "IN_PROGRESS".into());
        let error = json!({ "message": REASON, "stage": "config" });
        set("output", json!({ "status": "error", "error": error }));
    } else if odd.has(PreviewWhileRunning) && has_started {
        let preview = format!("{origin}/thumbs/preview.png");
        set("output", json!({ "progress": 10, "preview": preview }));
    }
    if is_over && !odd.has(FailedWithVideo) && odd.lasts(OutputLate, ends_ms, at_ms, MAX_LATE_MS) {
        set("output", Value::Null);
    }
    if is_over && let Some(end) = failed(odd) {
        set("error", Value::Null);
        for (name, value) in end {
            set(name, value);
        }
    }
    if is_over && odd.has(EmptyError) {
        let empty = [json!(""), json!(false), json!([]), json!({})];
        let at = usize::try_from(odd.variant(EmptyError, 4)).unwrap_or(0);
        let empty = empty.get(at).cloned().unwrap_or_default();
        if body.get("error").is_none() {
            if let Some(output) = body.get_mut("output").and_then(Value::as_object_mut) {
                output.entry("error").or_insert(empty.clone());
            }
            if let Some(fields) = body.as_object_mut() {
                fields.insert("error".to_owned(), empty);
            }
        }
    }
    if let Some(input) = input.filter(|_| odd.has(InputBeside))
        && let Some(output) = body.get_mut("output").and_then(Value::as_object_mut)
    {
        output.insert("input".to_owned(), input.clone());
    }
    if odd.has(LowerCase)
        && let Some(Value::String(status)) = body.get_mut("status")
    {
        *status = status.to_lowercase();
    }
    body
}

/// The fields of a generation that failed by an oddity.
fn failed(odd: &Odd) -> Option<Vec<(&'static str, Value)>> {
    use Oddity::*;
    let both = |name, value| Some(vec![("status", "FAILED".into()), (name, value)]);
    if odd.has(CompletedFailed) {
        let output = json!({ "status": "FAILED", "error": REASON, "cost": 0 });
        Some(vec![("status", "COMPLETED".into()), ("output", output)])
    } else if odd.has(ReasonInDetail) {
        let mut fields = both("detail", REASON.into())?;
        fields.push(("title", "Generation Error".into()));
        Some(fields)
    } else if odd.has(ReasonInDetailList) {
        both("detail", json!([{ "loc": ["body", "input", "size"], "msg": REASON }]))
    } else if odd.has(ReasonInOutput) {
        both("output", json!({ "error": REASON }))
    } else if odd.has(ReasonIsOutput) {
        both("output", REASON.into())
    } else if odd.has(ReasonInList) {
        both("error", json!([REASON, "see the log"]))
    } else if odd.has(FailedWithVideo) {
        both("error", REASON.into())
    } else {
        None
    }
}

/// The odd output of a finished video; none if its form is the documented one.
pub(crate) fn output(
    odd: &Odd,
    origin: &str,
    url: &str,
    cost: &Value,
    video: &Video,
) -> Option<Value> {
    use Oddity::*;
    // What this one is about must be in the answer.
    if odd.has(FailedWithVideo) {
        return None;
    }
    let cost = if odd.has(RunpodCostText) {
        Some(Value::from(cost.to_string()))
    } else {
        Some(cost.clone()).filter(|_| !odd.has(RunpodCostAbsent))
    };
    let base64 = || base64(video);
    let data = || format!("data:video/mp4;base64,{}", base64());
    let named = |name: &str, value: Value| {
        let mut fields = serde_json::Map::new();
        fields.insert(name.to_owned(), value);
        fields.extend(cost.clone().map(|cost| ("cost".to_owned(), cost)));
        Value::Object(fields)
    };
    let mut output = if odd.has(OutputText) {
        url.into()
    } else if odd.has(OutputList) {
        json!([url])
    } else if odd.has(OutputObjects) {
        json!([named("url", url.into())])
    } else if odd.has(OutputUrl) {
        named("url", url.into())
    } else if odd.has(OutputNested) {
        json!({ "result": named("video_url", url.into()) })
    } else if odd.has(OutputDeep) {
        named("data", json!({ "videos": [{ "url": url }] }))
    } else if odd.has(OutputData) {
        data().into()
    } else if odd.has(OutputDataField) {
        named("video", data().into())
    } else if odd.has(OutputBase64) {
        let file = json!({ "type": "base64", "filename": "video_00001_.mp4", "data": base64() });
        named("images", json!([file]))
    } else if odd.has(OutputLoud) {
        let loud = url.replacen("https:", "HTTPS:", 1).replacen("http:", "HTTP:", 1);
        named("video_url", format!("  {loud} ").into())
    } else if odd.has(OutputPath) {
        named("video_path", "/runpod-volume/out/x.mp4".into())
    } else if odd.has(OutputBucket) {
        named("video_url", "s3://bucket/out/x.mp4".into())
    } else if odd.has(OutputStrange) {
        named("artifact", json!({ "handle": "a1b2c3", "kind": 7 }))
    } else if odd.all().iter().any(|one| {
        matches!(one, EmptyError | Thumbnail | InputBeside | RunpodCostText | RunpodCostAbsent)
    }) {
        named("video_url", url.into())
    } else {
        return None;
    };
    if odd.has(Thumbnail)
        && let Some(fields) = output.as_object_mut()
    {
        let thumbnail = format!("{origin}/thumbs/first.jpg");
        fields.insert("assets".to_owned(), json!([{ "type": "thumbnail", "url": thumbnail }]));
        fields.insert("thumbnail_url".to_owned(), thumbnail.into());
    }
    Some(output)
}
