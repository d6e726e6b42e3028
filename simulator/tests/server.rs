//! The local server: behavior that needs a real connection.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const RUN_MS: u64 = 300;
const SORA: &str = "/runpod/v2/sora-2-pro-i2v";

struct Server {
    child: Child,
    origin: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_filmgate-simulator"))
            .args(["--port", "0", "--job-duration-ms", &RUN_MS.to_string(), "--seed", "5"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let origin = ready["origin"].as_str().unwrap().to_owned();
        assert_eq!(ready["runpod"], format!("{origin}/runpod/v2"));
        assert_eq!(ready["runware"], format!("{origin}/runware/v1"));
        Self { child, origin }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.origin.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends a request and reads to the connection's end: the bytes received, and how it ended.
    fn exchange(
        &self,
        method: &str,
        path: &str,
        extra: &str,
        body: &str,
    ) -> (Vec<u8>, std::io::Result<()>) {
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let mut stream = self.connect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer k\r\nconnection: close\r\n\
             {extra}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes).map(drop);
        (bytes, end)
    }

    fn send(&self, method: &str, path: &str, extra: &str, body: &str) -> Answer {
        let (bytes, end) = self.exchange(method, path, extra, body);
        end.unwrap();
        let split = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..split]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[split + 4..].to_vec() }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "", &body.to_string())
    }

    fn fault(&self, operation: &str, fault: Value) {
        let rules = json!([{ "operation": operation, "fault": fault }]);
        assert_eq!(self.post("/control/faults", &rules).status, 200);
    }

    fn ledger(&self) -> Value {
        self.send("GET", "/control/ledger", "", "").json()
    }

    fn video(&self) -> String {
        let body = self.post(&format!("{SORA}/runsync"), &input()).json();
        assert_eq!(body["status"], "COMPLETED");
        body["output"]["video_url"].as_str().unwrap().to_owned()
    }
}

fn input() -> Value {
    json!({ "input": { "prompt": "A fox", "image": "https://a.test/fox.png", "duration": 4 } })
}

#[test]
fn a_reset_resets_the_connection() {
    let server = Server::start();
    for (kind, submissions) in [("resetBefore", "lost"), ("resetAfter", "accepted")] {
        server.post("/control/reset", &json!({}));
        server.fault("submit", json!({ "kind": kind }));
        let (bytes, end) =
            server.exchange("POST", &format!("{SORA}/run"), "", &input().to_string());
        assert_eq!(bytes, b"");
        assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset, "{kind}");
        assert_eq!(server.ledger()["submissions"][0]["outcome"], submissions);
    }
}

#[test]
fn a_truncated_stream_ends_before_its_content_length() {
    let server = Server::start();
    let url = server.video();
    let whole = server.send("GET", &url, "", "");
    server.fault("download", json!({ "kind": "truncatedStream" }));
    let cut = server.send("GET", &url, "", "");
    assert_eq!(cut.body, whole.body[..whole.body.len() / 2]);
    assert!(cut.head.contains(&format!("content-length: {}", whole.body.len())));
}

#[test]
fn ranges_and_head_requests_of_a_video() {
    let server = Server::start();
    let url = server.video();
    let whole = server.send("GET", &url, "", "");
    let part = server.send("GET", &url, "range: bytes=10-19\r\n", "");
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[10..20]));
    let total = whole.body.len();
    assert!(part.head.contains(&format!("content-range: bytes 10-19/{total}")));
    let head = server.send("HEAD", &url, "", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert!(head.head.contains(&format!("content-length: {total}")));
}

#[test]
fn a_late_response_is_late() {
    let server = Server::start();
    server.fault("poll", json!({ "kind": "latency", "ms": 400 }));
    let begun = Instant::now();
    server.send("GET", &format!("{SORA}/status/x"), "", "");
    assert!(begun.elapsed() >= Duration::from_millis(400));
}

#[test]
fn an_empty_401_is_empty() {
    let server = Server::start();
    server.fault("submit", json!({ "kind": "empty401" }));
    let answer = server.post(&format!("{SORA}/run"), &input());
    assert_eq!((answer.status, answer.body.len()), (401, 0));
}

#[test]
fn webhooks_and_uploads_arrive() {
    let server = Server::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = json!([{
        "taskType": "videoInference", "taskUUID": "982c01aa-813a-4434-aa42-3e512808fd94",
        "model": "openai:3@2", "positivePrompt": "A fox", "width": 1280, "height": 720,
        "duration": 4, "webhookURL": format!("{address}/hook"),
        "uploadEndpoint": format!("{address}/put"),
    }]);
    assert_eq!(server.post("/runware/v1", &task).status, 200);
    let mut arrived = Vec::new();
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        arrived.push((first, body));
    }
    arrived.sort();
    let row = serde_json::from_slice::<Value>(&arrived[0].1).unwrap()["data"][0].clone();
    assert_eq!(arrived[0].0, "POST /hook HTTP/1.1\r\n");
    assert_eq!(arrived[1].0, "PUT /put HTTP/1.1\r\n");
    let video = server.send("GET", row["videoURL"].as_str().unwrap(), "", "");
    assert_eq!(arrived[1].1, video.body);
}
