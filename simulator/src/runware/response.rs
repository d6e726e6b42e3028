//! The rows Runware answers with.

use serde_json::{Value, json};

use super::error::Problem;
use super::job::{Ending, Failure, Job, Planned};
use crate::config::{RowStatus, WebhookBody};
use crate::http::Answer;
use crate::money::usd;
use crate::state::World;

/// What every accepted task is.
pub(super) const INFERENCE: &str = "videoInference";

/// What a request comes to, task by task.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) data: Vec<Value>,
    pub(super) errors: Vec<Value>,
    /// The HTTP status of the first task that was refused.
    refused: Option<u16>,
}

impl Rows {
    pub(super) fn refuse(&mut self, problem: Problem, task_type: &str, id: &str, page: &str) {
        self.refused.get_or_insert(problem.status);
        self.errors.push(problem.of_task(task_type, id, page));
    }

    /// A request that came to nothing but refusals is an HTTP error; any other is not.
    pub(super) fn into_answer(self) -> Answer {
        match self.refused {
            Some(status) if self.data.is_empty() => {
                Answer::json(status, &json!({ "errors": self.errors }))
            }
            _ if self.errors.is_empty() => Answer::json(200, &json!({ "data": self.data })),
            _ => Answer::json(200, &json!({ "data": self.data, "errors": self.errors })),
        }
    }
}

/// A task as it was accepted.
pub(super) fn acknowledgement(id: &str) -> Value {
    json!({ "taskType": INFERENCE, "taskUUID": id })
}

/// A result as it is now: a row of `data`, or of `errors`.
pub(super) enum Row {
    Data(Value),
    Error(Value),
}

pub(super) fn row(world: &World, id: &str, job: &Job, result: &Planned, at_ms: u64) -> Row {
    if at_ms < result.ends_ms {
        let mut row = acknowledgement(id);
        let word = match world.config.row_status {
            RowStatus::Legacy => "pending",
            RowStatus::Current | RowStatus::Absent => "processing",
        };
        set(&mut row, "status", word);
        if at_ms >= job.started_ms {
            set(&mut row, "progress", job.percent(result, at_ms));
        }
        return Row::Data(row);
    }
    match &result.ending {
        Ending::Failed(failure) => {
            let problem = problem(*failure).with("status", "error");
            Row::Error(problem.of_task(INFERENCE, id, &job.page))
        }
        Ending::Film {
            video,
            remix,
            seed,
            film,
        } => {
            let mut row = acknowledgement(id);
            if world.config.row_status != RowStatus::Absent {
                set(&mut row, "status", "success");
            }
            set(&mut row, "videoUUID", video.as_str());
            set(&mut row, "videoURL", world.video_url(video, film));
            set(&mut row, "seed", *seed);
            if job.can_be_remixed() {
                set(&mut row, "outputs", json!({ "videoId": remix }));
            }
            if job.include_cost {
                set(&mut row, "cost", usd(job.cost));
            }
            if job.is_checked {
                set(&mut row, "NSFWContent", false);
            }
            Row::Data(row)
        }
    }
}

fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::Inference => Problem::new("inferenceError", "The generation failed."),
        Failure::Unsafe => Problem::new("nsfwContentDetected", "NSFW content was detected."),
        Failure::Moderated => Problem::new(
            "providerContentPolicyViolation",
            "The provider refused the request under its content policy.",
        ),
    }
}

/// All of a finished task, as `getTaskDetails` shows it; the acknowledgement before that.
pub(super) fn details(world: &World, id: &str, job: &Job) -> Value {
    let response = if job.is_running(world.now_ms) {
        json!({ "data": [acknowledgement(id)] })
    } else {
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        for result in &job.results {
            match row(world, id, job, result, world.now_ms) {
                Row::Data(row) => data.push(row),
                Row::Error(row) => errors.push(row),
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
pub(super) fn webhook(world: &World, id: &str, job: &Job, result: &Planned) -> String {
    let row = row(world, id, job, result, world.now_ms);
    match (row, world.config.webhook) {
        (Row::Data(row), WebhookBody::Envelope) => json!({ "data": [row] }).to_string(),
        (Row::Error(row), WebhookBody::Envelope) => json!({ "errors": [row] }).to_string(),
        (Row::Data(row) | Row::Error(row), WebhookBody::Flat) => row.to_string(),
    }
}

/// The same answer with every row twice.
pub(crate) fn doubled(mut answer: Answer) -> Answer {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else {
        return answer;
    };
    for name in ["data", "errors"] {
        if let Some(Value::Array(rows)) = body.get_mut(name) {
            *rows = rows
                .iter()
                .flat_map(|row| [row.clone(), row.clone()])
                .collect();
        }
    }
    answer.body = Value::Object(body).to_string().into_bytes();
    answer.length = answer.body.len();
    answer
}

fn set(row: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(row) = row {
        row.insert(name.to_owned(), value.into());
    }
}
