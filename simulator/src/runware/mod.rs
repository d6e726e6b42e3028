//! Runware's one endpoint, `/runware/v1`: an array of tasks in, rows and errors out.
//!
//! Where the documents are silent: a taskUUID reused after its task has ended is a second, paid
//! task; an accepted task can be invisible for a time; a video that starts from an image costs the
//! most expensive tier unless the image is known to be small; a missing duration means the maximum;
//! audio that neither the request nor a default decides costs the higher price; a video whose length
//! follows a video or an audio file has five seconds.

mod error;
mod job;
mod parameters;
mod pricing;
mod request;
mod response;
mod rules;
mod size;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use error::{legacy_error, server_error};
pub(crate) use pricing::{is_pricing, respond as pricing};
pub(crate) use response::duplicate_rows;

use crate::deliveries::Content;
use crate::fault::Operation;
use crate::field::{self, Odd, Oddity};
use crate::http::{Request, Response};
use crate::ledger::{Bill, RecordedSubmission, SubmitOutcome};
use crate::listing::{self, Listing, Provider};
use crate::money::usd;
use crate::rng::is_uuid_v4;
use crate::state::{Event, State};
use error::Problem;
use job::{Ending, Failure, Job};
use request::JobRequest;
use response::{INFERENCE, Row, Rows};

/// Runware's tasks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Runware {
    jobs: HashMap<String, Job>,
    /// The size of every finished video, by the id that a remix refers to.
    video_sizes: HashMap<String, (u32, u32)>,
}

/// The operation of a request with this body: its first task decides.
pub(crate) fn operation(body: &[u8]) -> Option<Operation> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        task_type: Option<String>,
    }
    let heads: Vec<Head> = serde_json::from_slice(body).ok()?;
    match heads.first()?.task_type.as_deref()? {
        INFERENCE => Some(Operation::Submit),
        "getResponse" => Some(Operation::Poll),
        "getTaskDetails" => Some(Operation::Details),
        _ => None,
    }
}

impl Runware {
    /// A dry run validates and prices: nothing is created, recorded or billed.
    pub(crate) fn handle(
        &mut self,
        state: &mut State,
        request: &Request,
        dry_run: bool,
    ) -> Response {
        if request.method != "POST" {
            return Problem::new("methodNotAllowed", "Send a POST request.")
                .with_status(405)
                .of_request();
        }
        let is_broke = match request.key() {
            None | Some("bad-key") => {
                if !dry_run {
                    record_unread(state, &request.body);
                }
                return error::unauthorized();
            }
            Some(key) => key == "broke-key",
        };
        let tasks = match serde_json::from_slice(&request.body) {
            Ok(Value::Array(tasks)) if !tasks.is_empty() => tasks,
            Ok(_) => {
                let message = "The request body must be an array of tasks.";
                return Problem::new("invalidRequestBody", message).of_request();
            }
            Err(_) => {
                return Problem::new("invalidJSON", "The request body is not JSON.").of_request();
            }
        };
        let mut rows = Rows::default();
        for task in &tasks {
            match task {
                Value::Object(task) if dry_run => self.price(state, &mut rows, task, is_broke),
                Value::Object(task) => self.task(state, &mut rows, task, &tasks, is_broke),
                _ => {
                    let problem = Problem::new("invalidTask", "A task must be an object.");
                    rows.reject(problem, "N/A", "N/A", "");
                }
            }
        }
        rows.into_response()
    }

    fn task(
        &mut self,
        state: &mut State,
        rows: &mut Rows,
        task: &Map<String, Value>,
        request: &[Value],
        is_broke: bool,
    ) {
        let text = |name: &str| task.get(name).and_then(Value::as_str);
        let task_type = text("taskType").unwrap_or("N/A");
        let id = text("taskUUID").unwrap_or("N/A");
        if !matches!(task_type, INFERENCE | "getResponse" | "getTaskDetails" | "mediaStorage") {
            let message = "Invalid or missing 'taskType'.";
            let problem = Problem::new("invalidTaskType", message).about("taskType");
            return rows.reject(problem, task_type, id, "");
        }
        if !is_uuid_v4(id) {
            let code = if id == "N/A" { "missingTaskUUID" } else { "invalidTaskUUID" };
            let message = "The 'taskUUID' parameter must be a UUID v4.";
            if task_type == INFERENCE {
                record(state, task, SubmitOutcome::Rejected);
            }
            return rows.reject(Problem::new(code, message).about("taskUUID"), task_type, id, "");
        }
        match task_type {
            "getResponse" => self.poll(state, rows, id),
            "getTaskDetails" => self.details(state, rows, id),
            "mediaStorage" => store_media(state, rows, task, id),
            _ => {
                let parsed = self.parse(state, task, id, is_broke);
                match parsed {
                    Ok((listing, job_request)) => {
                        self.accept(state, listing, job_request, id, task, request);
                        rows.instead = self.jobs.get(id).and_then(|job| {
                            field::runware::answer(&job.odd.with(state.moment), id)
                        });
                        rows.data.push(response::acknowledgement(id));
                    }
                    Err((page, problems)) => {
                        for problem in problems {
                            rows.reject(problem, task_type, id, page);
                        }
                    }
                }
            }
        }
    }

    /// A task of a dry run: one row with the price of each result, or the errors. The documents say that the
    /// response has the cost, but not where.
    fn price(&self, state: &mut State, rows: &mut Rows, task: &Map<String, Value>, is_broke: bool) {
        let text = |name: &str| task.get(name).and_then(Value::as_str);
        let id = text("taskUUID").unwrap_or("N/A");
        let submissions = state.ledger.submissions.len();
        match self.parse(state, task, id, is_broke) {
            Ok((_, job_request)) => {
                let row =
                    json!({ "taskType": INFERENCE, "taskUUID": id, "cost": usd(job_request.cost) });
                rows.data.extend(job_request.videos.iter().map(|_| row.clone()));
            }
            Err((page, problems)) => {
                for problem in problems {
                    rows.reject(problem, INFERENCE, id, page);
                }
            }
        }
        state.ledger.submissions.truncate(submissions);
    }

    /// Parses a generation task. A rejected one is recorded; the error contains the page to link to.
    #[allow(clippy::type_complexity, reason = "two halves of one answer, used once")]
    fn parse(
        &self,
        state: &mut State,
        task: &Map<String, Value>,
        id: &str,
        is_broke: bool,
    ) -> Result<(&'static Listing, JobRequest), (&'static str, Vec<Problem>)> {
        if let Some(job) = self.jobs.get(id).filter(|job| job.is_running(state.now_ms)) {
            record(state, task, SubmitOutcome::Conflict);
            let message = "A task with this 'taskUUID' is already being processed.";
            return Err((
                "",
                vec![Problem::new(field::runware::conflict(&job.odd), message).about("taskUUID")],
            ));
        }
        let rejected = |state: &mut State, page, problems| {
            record(state, task, SubmitOutcome::Rejected);
            Err((page, problems))
        };
        let model = task.get("model").and_then(Value::as_str);
        let Some(listing) = model.and_then(|model| listing::find(Provider::Runware, model)) else {
            let code = if task.contains_key("model") { "invalidModel" } else { "missingModel" };
            let message = "Invalid or missing 'model': no such model.";
            return rejected(state, "", vec![Problem::new(code, message).about("model")]);
        };
        if is_broke {
            let message = "Insufficient credits to run this task.";
            let problem = Problem::new("insufficientCredits", message).with_status(402);
            return rejected(state, listing.page, vec![problem]);
        }
        match request::parse(listing, task, |id| self.video_sizes.get(id).copied()) {
            Ok(job_request) => Ok((listing, job_request)),
            Err(problems) => rejected(state, listing.page, problems),
        }
    }

    fn accept(
        &mut self,
        state: &mut State,
        listing: &'static Listing,
        job_request: JobRequest,
        id: &str,
        task: &Map<String, Value>,
        request: &[Value],
    ) {
        let now_ms = state.now_ms;
        let run = self.jobs.get(id).map_or(1, |job| job.run + 1);
        let job_duration_ms = state
            .config
            .job_duration_ms
            .saturating_mul(if job_request.directives.slow { 10 } else { 1 });
        let started_ms = now_ms.saturating_add(state.config.queue_ms(job_duration_ms));
        let working_ms = now_ms.saturating_add(job_duration_ms) - started_ms;
        let mut odd = state.new_odd(Provider::Runware, || {
            let prompt = task.get("positivePrompt").and_then(Value::as_str);
            prompt.unwrap_or_default().to_owned()
        });
        odd.bills_failures = odd.is_failure() && field::runware::bills_failure(&odd);
        let results = job::plan(
            &mut state.rng,
            job_request.videos,
            job_request.directives,
            odd.is_failure(),
            started_ms,
            working_ms,
        );
        for (index, result) in results.iter().enumerate() {
            let id = id.to_owned();
            state.schedule(result.ends_ms, Event::RunwareResult { id, run, index });
        }
        let job = Job {
            run,
            model: listing.id.to_owned(),
            page: listing.page.to_owned(),
            request: Value::Array(request.iter().map(without_long_strings).collect()),
            visible_ms: now_ms.saturating_add(state.config.visibility_delay_ms),
            started_ms,
            results,
            cost: job_request.cost,
            include_cost: job_request.include_cost,
            is_checked: job_request.is_checked,
            webhook: job_request.webhook,
            upload: job_request.upload,
            ttl_ms: job_request.ttl_ms,
            submit: record(state, task, SubmitOutcome::Accepted),
            accepted_ms: now_ms,
            odd,
        };
        self.jobs.insert(id.to_owned(), job);
    }

    fn poll(&mut self, state: &mut State, rows: &mut Rows, id: &str) {
        let known = |job: &&Job| job.is_known(state.now_ms, state.config.runware_retention_ms);
        let Some(job) = self.jobs.get(id).filter(known) else {
            return;
        };
        let now_ms = state.now_ms;
        let odd = job.odd.with(state.moment);
        let task = response::task(state, id, job);
        if let Some((data, errors)) = field::runware::instead(&odd, &task) {
            rows.data.extend(data);
            rows.errors.extend(errors);
            return;
        }
        let has_started = job.results.iter().any(|result| result.ends_ms <= now_ms);
        for result in &job.results {
            if has_started && result.ends_ms > now_ms && !state.config.pending_rows {
                continue;
            }
            if state.now_ms >= result.ends_ms && matches!(result.ending, Ending::Completed { .. }) {
                state.ledger.mark_fetched(job.submit);
            }
            match response::row(state, id, job, result, state.now_ms) {
                Row::Data(row) => rows.data.push(row),
                Row::Error(row) => rows.errors.push(row),
                Row::Both(row, error) => {
                    rows.data.push(row);
                    rows.errors.push(error);
                }
            }
        }
        rows.is_empty_error_shown |= odd.has(Oddity::EmptyErrors);
        state.quoted = Some(odd);
    }

    fn details(&mut self, state: &mut State, rows: &mut Rows, id: &str) {
        let known = |job: &&Job| job.is_known(state.now_ms, state.config.details_retention_ms);
        let Some(job) = self.jobs.get(id).filter(known) else {
            let problem = Problem::new("taskFailedOrNotFound", "No task with this 'taskUUID'.");
            let problem = problem.about("taskUUID").with_status(404);
            return rows.reject(problem, "getTaskDetails", id, "");
        };
        if !job.is_running(state.now_ms) {
            state.ledger.mark_fetched(job.submit);
        }
        rows.data.push(response::details(state, id, job));
        state.quoted = Some(job.odd.with(state.moment));
    }

    pub(crate) fn odd(&self, id: &str) -> Option<&Odd> {
        self.jobs.get(id).map(|job| &job.odd)
    }

    /// Whether the task has a video, or will have one, that `getTaskDetails` finds.
    pub(crate) fn has_video(&self, id: &str, now_ms: u64, retention_ms: u64) -> bool {
        self.jobs.get(id).is_some_and(|job| {
            let mut results = job.results.iter();
            results.any(|result| matches!(result.ending, Ending::Completed { .. }))
                && job.is_known(now_ms, retention_ms)
        })
    }

    /// A result is finished.
    pub(crate) fn finish(&mut self, state: &mut State, id: &str, run: u32, index: usize) {
        let Some(job) = self.jobs.get(id).filter(|job| job.run == run) else {
            return;
        };
        let Some(result) = job.results.get(index) else {
            return;
        };
        let is_odd = matches!(result.ending, Ending::Failed(Failure::Odd));
        if matches!(result.ending, Ending::Completed { .. }) || (is_odd && job.odd.bills_failures) {
            let (id, model, at_ms) = (id.to_owned(), job.model.clone(), state.now_ms);
            let bill = Bill { provider: Provider::Runware, id, model, micro_usd: job.cost, at_ms };
            state.ledger.record_bill(job.submit, bill);
        }
        if let Ending::Completed { video_id, remix_id, video, .. } = &result.ending {
            self.video_sizes.insert(remix_id.clone(), (video.width, video.height));
            let ttl_ms = job.ttl_ms.unwrap_or(state.config.video_ttl_ms);
            state.store_video(Provider::Runware, video_id, video, ttl_ms);
            if let Some(upload) = &job.upload {
                state.send(Provider::Runware, upload, Content::Upload(video.clone()));
            }
        }
        if let Some(webhook) = &job.webhook {
            let body = response::webhook(state, id, job, result);
            state.send(Provider::Runware, webhook, Content::Webhook(body));
        }
        if index + 1 == job.results.len() {
            let config = &state.config;
            let retention_ms = config.runware_retention_ms.max(config.details_retention_ms);
            let forget_ms = state.now_ms.saturating_add(retention_ms);
            state.schedule(forget_ms, Event::RunwareForget { id: id.to_owned(), run });
        }
    }

    pub(crate) fn forget(&mut self, id: &str, run: u32) {
        if self.jobs.get(id).is_some_and(|job| job.run == run) {
            self.jobs.remove(id);
        }
    }
}

/// Whether a request only asks what it would cost.
pub(crate) fn is_dry_run(request: &Request) -> bool {
    let has_header = request.header("x-runware-dry-run") == Some("1");
    has_header && operation(&request.body) == Some(Operation::Submit)
}

/// Stores an image, without its bytes: the answer has the id and the URL of the stored image.
fn store_media(state: &mut State, rows: &mut Rows, task: &Map<String, Value>, id: &str) {
    let text = |name: &str| task.get(name).and_then(Value::as_str);
    let parameter = match (text("operation"), text("media")) {
        (Some("upload"), Some(media)) if !media.is_empty() => {
            let media_id = state.rng.uuid();
            let url = format!("https://im.runware.ai/media/{media_id}.png");
            return rows.data.push(json!({
                "taskType": "mediaStorage",
                "taskUUID": id,
                "operation": "upload",
                "mediaUUID": media_id.to_string(),
                "mediaURL": url,
            }));
        }
        (Some("upload"), _) => "media",
        _ => "operation",
    };
    let message = format!("Invalid or missing '{parameter}'.");
    let problem = Problem::new("invalidParameter", message).about(parameter);
    rows.reject(problem, "mediaStorage", id, "");
}

/// A copy for storage, without inline images.
fn without_long_strings(value: &Value) -> Value {
    const MAX_BYTES: usize = 64 * 1024;
    match value {
        Value::String(text) if text.len() > MAX_BYTES => Value::from("(left out)"),
        Value::Array(values) => values.iter().map(without_long_strings).collect(),
        Value::Object(fields) => {
            let fields =
                fields.iter().map(|(name, value)| (name.clone(), without_long_strings(value)));
            Value::Object(fields.collect())
        }
        _ => value.clone(),
    }
}

fn record(
    state: &mut State,
    task: &Map<String, Value>,
    outcome: SubmitOutcome,
) -> crate::ledger::SubmissionIndex {
    let text = |name: &str| task.get(name).and_then(Value::as_str).map(str::to_owned);
    let key = text("taskUUID").filter(|id| is_uuid_v4(id));
    state.ledger.record_submission(RecordedSubmission {
        model: text("model"),
        id: key.clone(),
        key,
        ..RecordedSubmission::new(Provider::Runware, state.now_ms, outcome)
    })
}

/// Records the submissions of a request that failed authentication.
fn record_unread(state: &mut State, body: &[u8]) {
    let Ok(Value::Array(tasks)) = serde_json::from_slice(body) else {
        return;
    };
    for task in tasks.iter().filter_map(Value::as_object) {
        if task.get("taskType").and_then(Value::as_str) == Some(INFERENCE) {
            record(state, task, SubmitOutcome::Rejected);
        }
    }
}
