//! The rows of Runware's responses.

use serde_json::{Value, json};

use super::error::Problem;
use super::job::{Ending, Failure, Job, PlannedResult};
use crate::config::{RowStatus, WebhookBody};
use crate::field;
use crate::http::Response;
use crate::money::usd;
use crate::state::State;

/// The task type of every generation.
pub(super) const INFERENCE: &str = "videoInference";

/// The rows and errors of a request, task by task.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) data: Vec<Value>,
    pub(super) errors: Vec<Value>,
    /// The HTTP status of the first rejected task.
    first_error_status: Option<u16>,
    /// The whole response, if an oddity replaces it.
    pub(super) instead: Option<Response>,
    /// Whether empty errors stand beside the data.
    pub(super) is_empty_error_shown: bool,
}

impl Rows {
    pub(super) fn reject(&mut self, problem: Problem, task_type: &str, id: &str, page: &str) {
        self.first_error_status.get_or_insert(problem.status);
        self.errors.push(problem.of_task(task_type, id, page));
    }

    /// A request with only rejected tasks is an HTTP error; any other is not.
    pub(super) fn into_response(self) -> Response {
        if let Some(response) = self.instead {
            return response;
        }
        match self.first_error_status {
            Some(status) if self.data.is_empty() => {
                Response::json(status, &json!({ "errors": self.errors }))
            }
            _ if self.errors.is_empty() && self.is_empty_error_shown => {
                Response::json(200, &json!({ "data": self.data, "errors": [], "error": {} }))
            }
            _ if self.errors.is_empty() => Response::json(200, &json!({ "data": self.data })),
            _ => Response::json(200, &json!({ "data": self.data, "errors": self.errors })),
        }
    }
}

/// A task as it is acknowledged.
pub(super) fn acknowledgement(id: &str) -> Value {
    json!({ "taskType": INFERENCE, "taskUUID": id })
}

/// A result as it is now: a row of `data` or of `errors`.
pub(super) enum Row {
    Data(Value),
    Error(Value),
    Both(Value, Value),
}

/// What field mode has to know about a task.
pub(super) fn task<'a>(state: &'a State, id: &'a str, job: &Job) -> field::runware::Task<'a> {
    field::runware::Task {
        id,
        origin: &state.origin,
        accepted_ms: job.accepted_ms,
        ends_ms: job.ends_ms(),
        at_ms: state.now_ms,
    }
}

pub(super) fn row(state: &State, id: &str, job: &Job, result: &PlannedResult, at_ms: u64) -> Row {
    let odd = job.odd.with(state.moment);
    let task = task(state, id, job);
    if at_ms < result.ends_ms {
        let mut row = acknowledgement(id);
        let status = match state.config.row_status {
            RowStatus::Legacy => "pending",
            RowStatus::Current | RowStatus::Absent => "processing",
        };
        set(&mut row, "status", status);
        if at_ms >= job.started_ms {
            set(&mut row, "progress", job.percent(result, at_ms));
        }
        let beside = row.as_object_mut().and_then(|row| field::runware::running(&odd, &task, row));
        return match beside {
            Some(error) => Row::Both(row, error),
            None => Row::Data(row),
        };
    }
    match &result.ending {
        Ending::Failed(Failure::Odd) => match field::runware::failed(&odd, id) {
            Ok(row) => Row::Data(row),
            Err(error) => Row::Error(error),
        },
        Ending::Failed(failure) => {
            let problem = problem(*failure).with("status", "error");
            Row::Error(problem.of_task(INFERENCE, id, &job.page))
        }
        Ending::Completed { video_id, remix_id, seed, video } => {
            let mut row = acknowledgement(id);
            if state.config.row_status != RowStatus::Absent {
                set(&mut row, "status", "success");
            }
            set(&mut row, "videoUUID", video_id.as_str());
            set(&mut row, "videoURL", state.video_url(video_id, video));
            set(&mut row, "seed", *seed);
            if job.can_be_remixed() {
                set(&mut row, "outputs", json!({ "videoId": remix_id }));
            }
            if job.include_cost {
                set(&mut row, "cost", usd(job.cost));
            }
            if job.is_checked {
                set(&mut row, "NSFWContent", false);
            }
            if let Some(row) = row.as_object_mut() {
                field::runware::finished(&odd, &task, result.ends_ms, video, row);
            }
            Row::Data(row)
        }
    }
}

fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::Inference | Failure::Odd => {
            Problem::new("inferenceError", "The generation failed.")
        }
        Failure::Unsafe => Problem::new("nsfwContentDetected", "NSFW content was detected."),
        Failure::Moderated => Problem::new(
            "providerContentPolicyViolation",
            "The provider rejected the request under its content policy.",
        ),
    }
}

/// A finished task as `getTaskDetails` shows it; the acknowledgement before that.
pub(super) fn details(state: &State, id: &str, job: &Job) -> Value {
    let response = if job.is_running(state.now_ms) {
        json!({ "data": [acknowledgement(id)] })
    } else {
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        for result in &job.results {
            match row(state, id, job, result, state.now_ms) {
                Row::Data(row) => data.push(row),
                Row::Error(row) => errors.push(row),
                Row::Both(row, error) => {
                    data.push(row);
                    errors.push(error);
                }
            }
        }
        match (data.is_empty(), errors.is_empty()) {
            (_, true) => json!({ "data": data }),
            (true, false) => json!({ "errors": errors }),
            (false, false) => json!({ "data": data, "errors": errors }),
        }
    };
    json!({
        "taskType": "getTaskDetails",
        "taskUUID": id,
        "request": job.request,
        "response": response,
    })
}

/// The body of a webhook about one result.
pub(super) fn webhook(state: &State, id: &str, job: &Job, result: &PlannedResult) -> String {
    let row = row(state, id, job, result, state.now_ms);
    match (row, state.config.webhook) {
        (Row::Data(row) | Row::Both(row, _), WebhookBody::Envelope) => {
            json!({ "data": [row] }).to_string()
        }
        (Row::Error(row), WebhookBody::Envelope) => json!({ "errors": [row] }).to_string(),
        (Row::Data(row) | Row::Both(row, _) | Row::Error(row), WebhookBody::Flat) => {
            row.to_string()
        }
    }
}

/// The same response with every row twice.
pub(crate) fn duplicate_rows(mut response: Response) -> Response {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&response.body) else {
        return response;
    };
    for name in ["data", "errors"] {
        if let Some(Value::Array(rows)) = body.get_mut(name) {
            *rows = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
        }
    }
    response.body = Value::Object(body).to_string().into_bytes();
    response.length = response.body.len();
    response
}

fn set(row: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(row) = row {
        row.insert(name.to_owned(), value.into());
    }
}
