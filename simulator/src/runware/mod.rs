//! Runware's one address, `/runware/v1`: an array of tasks in, rows and errors out.
//!
//! Where the documents are silent: a taskUUID used again after its task has ended is a second,
//! paid task; an accepted task can be invisible for a time; a film that begins with a picture
//! costs the dearest tier unless the picture is known to be small; a missing duration means the
//! longest; sound, where nobody says whether there is any, is what costs more; a film whose length
//! follows a video or a sound has five seconds.

mod error;
mod job;
mod parameters;
mod request;
mod response;
mod rules;
mod size;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use error::{legacy_error, server_error};
pub(crate) use response::doubled;

use crate::deliveries::Content;
use crate::fault::Operation;
use crate::http::{Answer, Request};
use crate::ledger::{Bill, Submit, SubmitOutcome};
use crate::listing::{self, Listing, Provider};
use crate::rng::is_uuid_v4;
use crate::state::{Event, World};
use error::Problem;
use job::{Ending, Job};
use request::Order;
use response::{INFERENCE, Row, Rows};

/// Runware's tasks.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Runware {
    jobs: HashMap<String, Job>,
    /// The size of every finished video, by the id that a remix names.
    videos: HashMap<String, (u32, u32)>,
}

/// What a request with this body is for: its first task decides.
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
    pub(crate) fn handle(&mut self, world: &mut World, request: &Request) -> Answer {
        if request.method != "POST" {
            return Problem::new("methodNotAllowed", "Send a POST request.")
                .with_status(405)
                .of_request();
        }
        let is_broke = match request.key() {
            None | Some("bad-key") => {
                note_unread(world, &request.body);
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
                Value::Object(task) => self.task(world, &mut rows, task, &tasks, is_broke),
                _ => {
                    let problem = Problem::new("invalidTask", "A task must be an object.");
                    rows.refuse(problem, "N/A", "N/A", "");
                }
            }
        }
        rows.into_answer()
    }

    fn task(
        &mut self,
        world: &mut World,
        rows: &mut Rows,
        task: &Map<String, Value>,
        request: &[Value],
        is_broke: bool,
    ) {
        let text = |name: &str| task.get(name).and_then(Value::as_str);
        let task_type = text("taskType").unwrap_or("N/A");
        let id = text("taskUUID").unwrap_or("N/A");
        if !matches!(task_type, INFERENCE | "getResponse" | "getTaskDetails") {
            let message = "Invalid or missing 'taskType'.";
            let problem = Problem::new("invalidTaskType", message).about("taskType");
            return rows.refuse(problem, task_type, id, "");
        }
        if !is_uuid_v4(id) {
            let code = if id == "N/A" {
                "missingTaskUUID"
            } else {
                "invalidTaskUUID"
            };
            let message = "The 'taskUUID' parameter must be a UUID v4.";
            if task_type == INFERENCE {
                note(world, task, SubmitOutcome::Rejected);
            }
            return rows.refuse(
                Problem::new(code, message).about("taskUUID"),
                task_type,
                id,
                "",
            );
        }
        match task_type {
            "getResponse" => self.poll(world, rows, id),
            "getTaskDetails" => self.details(world, rows, id),
            _ => {
                let order = self.order(world, task, id, is_broke);
                match order {
                    Ok((listing, order)) => {
                        self.accept(world, listing, order, id, task, request);
                        rows.data.push(response::acknowledgement(id));
                    }
                    Err((page, problems)) => {
                        for problem in problems {
                            rows.refuse(problem, task_type, id, page);
                        }
                    }
                }
            }
        }
    }

    /// Reads a task that is to make something; a refusal is noted and says which page to read.
    #[allow(
        clippy::type_complexity,
        reason = "two halves of one answer, used once"
    )]
    fn order(
        &self,
        world: &mut World,
        task: &Map<String, Value>,
        id: &str,
        is_broke: bool,
    ) -> Result<(&'static Listing, Order), (&'static str, Vec<Problem>)> {
        if self
            .jobs
            .get(id)
            .is_some_and(|job| job.is_running(world.now_ms))
        {
            note(world, task, SubmitOutcome::Conflict);
            let message = "A task with this 'taskUUID' is already being processed.";
            return Err((
                "",
                vec![Problem::new("conflictTaskUUID", message).about("taskUUID")],
            ));
        }
        let refused = |world: &mut World, page, problems| {
            note(world, task, SubmitOutcome::Rejected);
            Err((page, problems))
        };
        let model = task.get("model").and_then(Value::as_str);
        let Some(listing) = model.and_then(|model| listing::find(Provider::Runware, model)) else {
            let code = if task.contains_key("model") {
                "invalidModel"
            } else {
                "missingModel"
            };
            let message = "Invalid or missing 'model': no such model.";
            return refused(world, "", vec![Problem::new(code, message).about("model")]);
        };
        if is_broke {
            let message = "Insufficient credits to run this task.";
            let problem = Problem::new("insufficientCredits", message).with_status(402);
            return refused(world, listing.page, vec![problem]);
        }
        match request::order(listing, task, |video| self.videos.get(video).copied()) {
            Ok(order) => Ok((listing, order)),
            Err(problems) => refused(world, listing.page, problems),
        }
    }

    fn accept(
        &mut self,
        world: &mut World,
        listing: &'static Listing,
        order: Order,
        id: &str,
        task: &Map<String, Value>,
        request: &[Value],
    ) {
        let now_ms = world.now_ms;
        let run = self.jobs.get(id).map_or(1, |job| job.run + 1);
        let job_duration_ms = world
            .config
            .job_duration_ms
            .saturating_mul(if order.wishes.slow { 10 } else { 1 });
        let started_ms = now_ms.saturating_add(world.config.queue_ms(job_duration_ms));
        let working_ms = now_ms.saturating_add(job_duration_ms) - started_ms;
        let results = job::plan(
            &mut world.dice,
            order.films,
            order.wishes,
            started_ms,
            working_ms,
        );
        for (index, result) in results.iter().enumerate() {
            let id = id.to_owned();
            world.plan(result.ends_ms, Event::RunwareResult { id, run, index });
        }
        let job = Job {
            run,
            model: listing.id.to_owned(),
            page: listing.page.to_owned(),
            request: Value::Array(request.iter().map(shortened).collect()),
            visible_ms: now_ms.saturating_add(world.config.visibility_delay_ms),
            started_ms,
            results,
            cost: order.cost,
            include_cost: order.include_cost,
            is_checked: order.is_checked,
            webhook: order.webhook,
            upload: order.upload,
            life_ms: order.life_ms,
            submit: note(world, task, SubmitOutcome::Accepted),
        };
        self.jobs.insert(id.to_owned(), job);
    }

    fn poll(&mut self, world: &mut World, rows: &mut Rows, id: &str) {
        let known = |job: &&Job| job.is_known(world.now_ms, world.config.runware_retention_ms);
        let Some(job) = self.jobs.get(id).filter(known) else {
            return;
        };
        let now_ms = world.now_ms;
        let begun = job.results.iter().any(|result| result.ends_ms <= now_ms);
        for result in &job.results {
            if begun && result.ends_ms > now_ms && !world.config.pending_rows {
                continue;
            }
            if world.now_ms >= result.ends_ms && matches!(result.ending, Ending::Film { .. }) {
                world.ledger.fetched(job.submit);
            }
            match response::row(world, id, job, result, world.now_ms) {
                Row::Data(row) => rows.data.push(row),
                Row::Error(row) => rows.errors.push(row),
            }
        }
    }

    fn details(&mut self, world: &mut World, rows: &mut Rows, id: &str) {
        let known = |job: &&Job| job.is_known(world.now_ms, world.config.details_retention_ms);
        let Some(job) = self.jobs.get(id).filter(known) else {
            let problem = Problem::new("taskFailedOrNotFound", "No task with this 'taskUUID'.");
            let problem = problem.about("taskUUID").with_status(404);
            return rows.refuse(problem, "getTaskDetails", id, "");
        };
        if !job.is_running(world.now_ms) {
            world.ledger.fetched(job.submit);
        }
        rows.data.push(response::details(world, id, job));
    }

    /// A result's time has come.
    pub(crate) fn finish(&mut self, world: &mut World, id: &str, run: u32, index: usize) {
        let Some(job) = self.jobs.get(id).filter(|job| job.run == run) else {
            return;
        };
        let Some(result) = job.results.get(index) else {
            return;
        };
        if let Ending::Film {
            video, remix, film, ..
        } = &result.ending
        {
            let (id, model, at_ms) = (id.to_owned(), job.model.clone(), world.now_ms);
            let bill = Bill {
                provider: Provider::Runware,
                id,
                model,
                micro_usd: job.cost,
                at_ms,
            };
            world.ledger.bill(job.submit, bill);
            self.videos.insert(remix.clone(), (film.width, film.height));
            let life_ms = job.life_ms.unwrap_or(world.config.video_ttl_ms);
            world.store_film(Provider::Runware, video, film, life_ms);
            if let Some(upload) = &job.upload {
                world.send(Provider::Runware, upload, Content::Upload(film.clone()));
            }
        }
        if let Some(webhook) = &job.webhook {
            let body = response::webhook(world, id, job, result);
            world.send(Provider::Runware, webhook, Content::Webhook(body));
        }
        if index + 1 == job.results.len() {
            let config = &world.config;
            let retention_ms = config.runware_retention_ms.max(config.details_retention_ms);
            let forget_ms = world.now_ms.saturating_add(retention_ms);
            world.plan(
                forget_ms,
                Event::RunwareForget {
                    id: id.to_owned(),
                    run,
                },
            );
        }
    }

    pub(crate) fn forget(&mut self, id: &str, run: u32) {
        if self.jobs.get(id).is_some_and(|job| job.run == run) {
            self.jobs.remove(id);
        }
    }
}

/// A value to keep: pictures that came inside it are left out.
fn shortened(value: &Value) -> Value {
    const MOST: usize = 64 * 1024;
    match value {
        Value::String(text) if text.len() > MOST => Value::from("(left out)"),
        Value::Array(values) => values.iter().map(shortened).collect(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), shortened(value)));
            Value::Object(fields.collect())
        }
        _ => value.clone(),
    }
}

fn note(
    world: &mut World,
    task: &Map<String, Value>,
    outcome: SubmitOutcome,
) -> crate::ledger::SubmitIndex {
    let text = |name: &str| task.get(name).and_then(Value::as_str).map(str::to_owned);
    let key = text("taskUUID").filter(|id| is_uuid_v4(id));
    world.ledger.submit(Submit {
        model: text("model"),
        id: key.clone(),
        key,
        ..Submit::new(Provider::Runware, world.now_ms, outcome)
    })
}

/// Notes the submits of a request that was turned away at the door.
fn note_unread(world: &mut World, body: &[u8]) {
    let Ok(Value::Array(tasks)) = serde_json::from_slice(body) else {
        return;
    };
    for task in tasks.iter().filter_map(Value::as_object) {
        if task.get("taskType").and_then(Value::as_str) == Some(INFERENCE) {
            note(world, task, SubmitOutcome::Rejected);
        }
    }
}
