//! A simulator whose clock the test controls.

pub(crate) mod prices;
pub(crate) mod refusal;

use std::io::Cursor;

use filmgate_simulator::{Config, Ledger, Reply, Request, Simulator};
use mp4::Mp4Reader;
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "http://sim.test";
/// Milliseconds from acceptance to the end of a run; a fifth is spent in the queue.
pub(crate) const RUN_MS: u64 = 10_000;

pub(crate) struct Harness {
    pub(crate) simulator: Simulator,
    pub(crate) now_ms: u64,
    pub(crate) key: Option<&'static str>,
}

/// A response with its body read.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) after_ms: u64,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| *each == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        let config = Config { job_duration_ms: RUN_MS, ..config };
        Self {
            simulator: Simulator::new(config, 7, ORIGIN),
            now_ms: 1_700_000_000_000,
            key: Some("some-key"),
        }
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    pub(crate) fn reply(&mut self, method: &str, path: &str, body: &[u8]) -> Reply {
        self.reply_with(method, path, &[], body)
    }

    pub(crate) fn reply_with(
        &mut self,
        method: &str,
        path: &str,
        extra: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let path = path.strip_prefix(ORIGIN).unwrap_or(path);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let key = self.key.map(|key| ("Authorization", format!("Bearer {key}")));
        let headers = key.iter().map(|(name, value)| (name.to_string(), value.clone()));
        let extra = extra.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.chain(extra).collect(),
            body: body.to_vec(),
        };
        self.simulator.handle(self.now_ms, &request)
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Response {
        answer(self.reply(method, path, body))
    }

    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, b"")
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Response {
        self.send("POST", path, body.to_string().as_bytes())
    }

    pub(crate) fn control(&mut self, path: &str, body: Value) -> Response {
        let answer = self.post(&format!("/control/{path}"), &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.simulator.ledger()
    }

    /// Submits a RunPod input by `/run` and returns the job's id.
    pub(crate) fn run(&mut self, input: Value) -> String {
        let answer = self.post(&format!("{SORA}/run"), &json!({ "input": input }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn status(&mut self, id: &str) -> Response {
        self.get(&format!("{SORA}/status/{id}"))
    }

    /// Submits an input to one of RunPod's endpoints and waits for the result.
    pub(crate) fn runsync(&mut self, endpoint: &str, input: &Value) -> Response {
        let path = format!("/runpod/v2/{endpoint}/runsync");
        self.post(&path, &json!({ "input": input }))
    }

    pub(crate) fn tasks(&mut self, tasks: Value) -> Response {
        self.post("/runware/v1", &tasks)
    }

    pub(crate) fn poll(&mut self, uuid: &str) -> Response {
        self.tasks(json!([{ "taskType": "getResponse", "taskUUID": uuid }]))
    }
}

pub(crate) fn answer(reply: Reply) -> Response {
    let Reply::Respond { after_ms, status, headers, body } = reply else {
        panic!("expected a response, got a reset");
    };
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Response { after_ms, status, headers, bytes: body, body: json }
}

pub(crate) const SORA: &str = "/runpod/v2/sora-2-pro-i2v";

/// RunPod's own example.
pub(crate) fn input() -> Value {
    json!({
        "prompt": "Action: She opened her hands. Ambient Sound: The soft crackling of the fire.",
        "image": "https://example.com/baker.jpeg",
        "size": "720p",
        "duration": 4,
    })
}

pub(crate) const IMAGE: &str = "https://a.test/fox.png";
pub(crate) const CLIP: &str = "https://a.test/fox.mp4";
pub(crate) const SOUND: &str = "https://a.test/fox.mp3";

/// The beginning of an image of 720 by 1280 pixels, which is enough to read its size.
pub(crate) const TALL_PNG: &str =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAtAAAAUACAIAAABAH0oB";

/// Whether a video has an aspect. Sides are even, so a small frame can differ by a pixel or two.
pub(crate) fn has_aspect(bytes: Vec<u8>, across: i32, down: i32) -> bool {
    let length = bytes.len() as u64;
    let video = Mp4Reader::read_header(Cursor::new(bytes), length).unwrap();
    let track = video.tracks().values().next().unwrap();
    let (width, height) = (i32::from(track.width()), i32::from(track.height()));
    (width * down - height * across).abs() <= 2 * across.max(down)
}

pub(crate) const UUID: &str = "982c01aa-813a-4434-aa42-3e512808fd94";
pub(crate) const OTHER_UUID: &str = "50836053-a0ee-4cf5-b9d6-ae7c5d140ada";

/// A task for one of Runware's models with no more than these fields.
pub(crate) fn task_for(model: &str, fields: Value) -> Value {
    let mut task = json!({ "taskType": "videoInference", "taskUUID": UUID, "model": model });
    let fields = fields.as_object().unwrap().clone();
    task.as_object_mut().unwrap().extend(fields);
    task
}

/// Runware's own example with some fields changed; `null` removes one.
pub(crate) fn task(changes: Value) -> Value {
    let mut task = json!({
        "taskType": "videoInference",
        "taskUUID": UUID,
        "model": "openai:3@2",
        "positivePrompt": "A wide shot drifting through a flooded mangrove forest at twilight.",
        "width": 1792,
        "height": 1024,
        "duration": 8,
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => task.as_object_mut().unwrap().remove(name),
            value => task.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    task
}
