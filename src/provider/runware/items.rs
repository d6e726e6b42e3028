//! The rows and errors of one task in a response, in any of the known formats: rows below `data` or
//! `results`, alone, or in a list; errors below `errors` or `error`, as objects, lists or texts, or in the
//! place of a row; and the legacy `{"error":true,"errorId":…,"errorMessage":…}`.
//! What stands inside an object that names a task is about that task.

use crate::json::{Object, Value};

use super::error::{Entry, Subject};
use super::video::{names_video, video};
use crate::json::text::{Text, without_marks};
use crate::outcome::Video;
use crate::uuid::is_uuid;

/// Maximum rows, and errors, that are read; a request has at most twenty videos.
const MAX_ITEMS: usize = 100;

/// The HTTP status of an error in a row: the row is there, whatever the response's status.
const OK: u16 = 200;

/// Where rows are listed. `results` is in public reports of other tasks.
const LISTS: &[&str] = &["data", "results"];
/// Under which a proxy puts a whole response.
const WRAPPERS: &[&str] = &["response", "result", "output", "body", "payload"];
/// Where errors are.
const ERRORS: &[&str] = &["errors", "error"];

/// What a response says about a task.
#[derive(Debug)]
pub(super) struct Items<'a> {
    /// The rows of the task.
    pub(super) rows: Vec<Row<'a>>,
    /// The errors of the task, and those that name no task.
    pub(super) errors: Vec<Entry<'a>>,
    /// Whether rows are listed, and be it none.
    pub(super) is_list: bool,
    wanted: Option<&'a str>,
}

/// A row of a task.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) json: &'a Value,
    pub(super) task: &'a str,
    pub(super) state: State,
}

/// What a row says.
#[derive(Debug)]
pub(super) enum State {
    /// The video is not finished, or an acknowledgment.
    Pending,
    /// The video is finished.
    Finished(Box<Video>),
    /// The video is said to be finished, but the row has neither a URL nor data.
    Empty,
    /// The video failed.
    Failed,
    /// There is an error in place of a row.
    Error,
}

impl<'a> Items<'a> {
    /// Reads what is about the task; without one, what is about any task.
    pub(super) fn read(json: &'a Value, wanted: Option<&'a str>) -> Self {
        Self::read_within(json, wanted, None)
    }

    /// The same of a value that is about a task even where it does not name it.
    pub(super) fn read_within(
        json: &'a Value,
        wanted: Option<&'a str>,
        task: Option<&'a str>,
    ) -> Self {
        let is_list =
            json.is_array() || LISTS.iter().any(|name| json.get(name).is_some_and(Value::is_array));
        let mut items = Items { rows: Vec::new(), errors: Vec::new(), is_list, wanted };
        items.add(json, task);
        items
    }

    fn len(&self) -> usize {
        self.rows.len() + self.errors.len()
    }

    fn wants(&self, task: &str) -> bool {
        self.wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(task))
    }

    fn add(&mut self, json: &'a Value, task: Option<&'a str>) {
        let map = match json {
            Value::Array(items) => return items.iter().for_each(|item| self.add(item, task)),
            Value::Object(map) if !Text::is_reference(json) => map,
            _ => return,
        };
        let task = task_of(json).or(task);
        let before = self.len();
        for name in LISTS {
            if let Some(inner) = map.get(*name) {
                self.add(inner, task);
            }
        }
        let is_list = LISTS.iter().any(|name| map.contains_key(*name));
        if task.is_none() && !is_list {
            for inner in WRAPPERS.iter().filter_map(|name| map.get(*name)) {
                self.add(inner, None);
            }
            if self.len() > before {
                return;
            }
        }
        match task {
            Some(task) if self.len() == before && !(is_list && is_bare(json)) => {
                self.add_row(json, task, map)
            }
            _ => self.add_errors(json, task, map, is_list),
        }
    }

    fn add_row(&mut self, json: &'a Value, task: &'a str, map: &'a Object) {
        let is_of_poll = || Entry::new(json, Some(task)).subject(OK) == Subject::Poll;
        match state(json) {
            // A row can also hold an error about the key, or say that the task is not there.
            State::Failed if is_of_poll() => self.push_error(json, Some(task)),
            State::Error => self.add_errors(json, Some(task), map, false),
            state if self.rows.len() < MAX_ITEMS && self.wants(task) => {
                self.rows.push(Row { json, task, state });
            }
            _ => {}
        }
    }

    /// Adds the errors of an object. One without a list of rows may itself be the error.
    fn add_errors(
        &mut self,
        json: &'a Value,
        task: Option<&'a str>,
        map: &'a Object,
        is_list: bool,
    ) {
        let mut named =
            ERRORS.iter().filter_map(|name| map.get(*name)).filter(|one| !is_blank(one));
        match named.next() {
            Some(Value::Bool(_)) => self.push_error(json, task),
            Some(inner) => {
                self.add_error(inner, task);
                named.for_each(|inner| self.add_error(inner, task));
            }
            None if !is_list => {
                let is_error = match task {
                    Some(_) => has_code(json),
                    None => has_code(json) || Entry::new(json, None).has_words(),
                };
                if is_error {
                    self.push_error(json, task);
                }
            }
            None => {}
        }
    }

    fn add_error(&mut self, json: &'a Value, task: Option<&'a str>) {
        match json {
            Value::Array(items) => items.iter().for_each(|item| self.add_error(item, task)),
            _ if is_blank(json) => {}
            Value::Object(map) if !Text::is_reference(json) => {
                let task = task_of(json).or(task);
                let inner = ERRORS.iter().find_map(|name| map.get(*name));
                match inner.filter(|inner| inner.is_array() || inner.is_object()) {
                    Some(inner) if !has_code(json) && !is_blank(inner) => {
                        self.add_error(inner, task)
                    }
                    _ => self.push_error(json, task),
                }
            }
            _ => self.push_error(json, task),
        }
    }

    fn push_error(&mut self, json: &'a Value, task: Option<&'a str>) {
        if self.errors.len() < MAX_ITEMS && task.is_none_or(|task| self.wants(task)) {
            self.errors.push(Entry::new(json, task));
        }
    }
}

/// The task that a row or an error names. `N/A`, and anything else that is no UUID, names none.
fn task_of(json: &Value) -> Option<&str> {
    let task = json.get("taskUUID")?.as_str()?.trim();
    is_uuid(task, None).then_some(task)
}

/// Whether the object says nothing besides its lists and its task.
fn is_bare(json: &Value) -> bool {
    json.get("status").is_none() && !has_error(json)
}

fn has_error(json: &Value) -> bool {
    let nested = || ERRORS.iter().any(|name| json.get(name).is_some_and(|error| !is_blank(error)));
    has_code(json) || nested()
}

fn has_code(json: &Value) -> bool {
    ["code", "errorCode"].iter().any(|name| {
        json.get(name)
            .and_then(Value::as_str)
            .is_some_and(|code| !code.trim().is_empty() && word(code) == Word::Unknown)
    })
}

/// Whether the value is an error that says nothing, as `""`, `false`, `[]` or `{}`.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(map) => map.values().all(is_blank),
    }
}

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Pending,
    Done,
    Failed,
    Unknown,
}

/// Documented are `processing`, `success`, `error` and, earlier, `pending`. An unknown word is not final.
fn word(status: &str) -> Word {
    const PENDING: &[&str] = &[
        "processing",
        "pending",
        "queued",
        "inqueue",
        "inprogress",
        "running",
        "started",
        "starting",
        "submitted",
        "accepted",
        "waiting",
        "scheduled",
        "generating",
    ];
    const DONE: &[&str] = &[
        "success",
        "successful",
        "succeeded",
        "completed",
        "complete",
        "done",
        "finished",
        "ready",
        "ok",
    ];
    const FAILED: &[&str] = &[
        "error",
        "failed",
        "failure",
        "cancelled",
        "canceled",
        "rejected",
        "timeout",
        "timedout",
        "aborted",
        "blocked",
        "crashed",
        "terminated",
    ];
    let letters = status.chars().take(30).filter(char::is_ascii_alphanumeric);
    let status: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let is_one_of = |words: &[&str]| words.iter().any(|word| *word == status);
    match () {
        () if is_one_of(PENDING) => Word::Pending,
        () if is_one_of(DONE) => Word::Done,
        () if is_one_of(FAILED) => Word::Failed,
        () => Word::Unknown,
    }
}

/// A finished row may carry no status, as in the model page's example; its video is enough. A row with only
/// a `videoUUID` may be under way (Runware's SDK).
fn state(row: &Value) -> State {
    let word = row.get("status").and_then(Value::as_str).map_or(Word::Unknown, word);
    if word == Word::Pending {
        return State::Pending;
    }
    if let Some(video) = video(row) {
        return State::Finished(Box::new(video));
    }
    match word {
        Word::Failed => State::Failed,
        Word::Done if has_error(row) => State::Failed,
        Word::Done => State::Empty,
        Word::Unknown if has_error(row) => State::Error,
        Word::Unknown if names_video(row) => State::Empty,
        _ => State::Pending,
    }
}

/// The response without the parts about other jobs of the same batch.
pub(super) fn without_other_tasks(json: &Value, task: &str) -> Value {
    let mut own = without_marks(json);
    retain_own(&mut own, task);
    own
}

fn retain_own(json: &mut Value, own: &str) {
    let is_own = |item: &Value| task_of(item).is_none_or(|task| task.eq_ignore_ascii_case(own));
    match json {
        Value::Array(items) => {
            items.retain(is_own);
            items.iter_mut().for_each(|item| retain_own(item, own));
        }
        Value::Object(map) => {
            for (_, inner) in map.iter_mut().filter(|(name, _)| {
                LISTS.contains(&name.as_str()) || ERRORS.contains(&name.as_str())
            }) {
                retain_own(inner, own);
            }
        }
        _ => {}
    }
}
