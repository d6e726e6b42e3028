//! The bodies of RunPod's responses.

use serde_json::{Value, json};

use super::job::{Ending, Job, Status};
use crate::config::{Output, Progress};
use crate::field;
use crate::http::Response;
use crate::listing::{self, Address, Provider};
use crate::money::usd;
use crate::state::State;

/// A job as `/status` shows it and as a webhook contains it.
pub(super) fn body(state: &State, id: &str, job: &Job, at_ms: u64) -> Value {
    let body = documented_body(state, id, job, at_ms);
    let odd = job.odd.with(state.moment);
    let status = job.status(at_ms);
    if odd.all().is_empty() || matches!(job.ending, Ending::Refused { .. }) {
        return body;
    }
    let body = field::runpod::Body {
        origin: &state.origin,
        ends_ms: job.ends_ms,
        at_ms,
        status,
        body,
        input: job.input.as_ref(),
    };
    field::runpod::body(&odd, body)
}

/// The answer to a poll in place of the job, in field mode.
pub(super) fn instead(state: &State, job: &Job) -> Option<Response> {
    let odd = job.odd.with(state.moment);
    field::runpod::not_found(&odd, job.accepted_ms, state.now_ms).or_else(|| {
        field::runpod::other_job(&odd, &state.origin, job.accepted_ms, state.now_ms)
            .map(|other| Response::json(200, &other))
    })
}

fn documented_body(state: &State, id: &str, job: &Job, at_ms: u64) -> Value {
    let status = job.status(at_ms);
    let mut body = json!({ "id": id, "status": status_name(state, status) });
    let mut set = |name: &str, value: Value| {
        if let Some(body) = body.as_object_mut() {
            body.insert(name.to_owned(), value);
        }
    };
    if matches!(status, Status::InQueue | Status::Cancelled) {
        return body;
    }
    if let Ending::Refused { error } = &job.ending {
        set("error", error.as_str().into());
        return body;
    }
    set("delayTime", (job.started_ms - job.accepted_ms).into());
    set("workerId", job.worker.as_str().into());
    if status == Status::Running {
        let percent = job.percent(at_ms);
        match state.config.progress {
            Progress::Object => set("output", json!({ "progress": percent })),
            Progress::Text => set("output", format!("{percent}%").into()),
            Progress::None => {}
        }
        return body;
    }
    set("executionTime", (job.ends_ms - job.started_ms).into());
    match &job.ending {
        Ending::Completed { video_id, video, cost } => {
            let url = state.video_url(video_id, video);
            let odd = job.odd.with(state.moment);
            let output = field::runpod::output(&odd, &state.origin, &url, &usd(*cost), video)
                .or_else(|| output(output_shape(state, job), url, *cost));
            if let Some(output) = output {
                set("output", output);
            }
        }
        Ending::Failed { error, .. } | Ending::Refused { error } => {
            set("error", error.as_str().into())
        }
        Ending::TimedOut { .. } => set("error", "job timed out".into()),
    }
    body
}

/// The position of the URL: as the endpoint documents it, unless the settings override it.
fn output_shape(state: &State, job: &Job) -> Output {
    let listing = listing::find(Provider::Runpod, &job.endpoint);
    match (state.config.output, listing.map(|listing| listing.address)) {
        (Output::Documented, Some(Address::Result)) => Output::Result,
        (chosen, _) => chosen,
    }
}

fn output(shape: Output, url: String, cost: u64) -> Option<Value> {
    let cost = usd(cost);
    match shape {
        Output::Documented | Output::VideoUrl => Some(json!({ "video_url": url, "cost": cost })),
        Output::Result => Some(json!({ "result": url, "cost": cost })),
        Output::Url => Some(json!({ "url": url, "cost": cost })),
        Output::Bare => Some(url.into()),
        Output::None => None,
    }
}

fn status_name(state: &State, status: Status) -> &str {
    match status {
        Status::InQueue => "IN_QUEUE",
        Status::Running => &state.config.running_status,
        Status::Completed => "COMPLETED",
        Status::Failed => "FAILED",
        Status::Cancelled => "CANCELLED",
        Status::TimedOut => "TIMED_OUT",
    }
}

/// A generation error as JSON inside a string, which is how RunPod's workers report one.
pub(super) fn worker_error(kind: &str, message: &str, worker: &str) -> String {
    json!({
        "error_type": format!("<class '{kind}'>"),
        "error_message": message,
        "error_traceback": format!("Traceback (most recent call last):\n{kind}: {message}\n"),
        "hostname": worker,
    })
    .to_string()
}

/// An HTTP error without a job.
pub(super) fn error(status: u16, error: &str) -> Response {
    Response::json(status, &json!({ "error": error }))
}
