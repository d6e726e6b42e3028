//! Simulated providers in a process of their own, a client of them, and what every test needs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use filmgate::client::{Client, ClientBuilder, ProviderSettings, SubmitOptions};
use filmgate::provider::ProviderId;
use filmgate::request::VideoRequest;
use serde_json::{Value, json};

pub(crate) const KEY: &str = "key-that-no-one-may-see";
pub(crate) const PROMPT: &str = "Action: She opened her hands. Ambient Sound: A dying fire.";
pub(crate) const UUID: &str = "0f0e0d0c-0b0a-4908-8706-050403020100";
pub(crate) const PROVIDERS: [ProviderId; 2] = [ProviderId::Runpod, ProviderId::Runware];

/// A request that both providers accept.
pub(crate) fn request() -> VideoRequest {
    let request = VideoRequest::new("sora-2-pro").prompt(PROMPT).duration(4);
    request.image("https://example.com/baker.jpeg")
}

pub(crate) fn only(provider: ProviderId) -> SubmitOptions {
    SubmitOptions { providers: Some(vec![provider]), ..SubmitOptions::default() }
}

/// Stopped with the test.
pub(crate) struct Simulator {
    child: Child,
    _output: BufReader<ChildStdout>,
    origin: String,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Simulator {
    /// By default a job has finished before the first poll.
    pub(crate) fn start() -> Self {
        Simulator::with_duration(300)
    }

    pub(crate) fn with_duration(ms: u64) -> Self {
        let mut child = Command::new(program())
            .args(["--port", "0", "--job-duration-ms", &ms.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let origin = ready["origin"].as_str().unwrap().to_owned();
        Simulator { child, _output: output, origin }
    }

    pub(crate) fn base_url(&self, provider: ProviderId) -> String {
        match provider {
            ProviderId::Runpod => format!("{}/runpod/v2", self.origin),
            ProviderId::Runware => format!("{}/runware/v1", self.origin),
            _ => unreachable!("there is no other"),
        }
    }

    pub(crate) fn faults(&self, rules: Value) {
        self.post("faults", &rules);
    }

    pub(crate) fn post(&self, call: &str, body: &Value) {
        let url = format!("{}/control/{call}", self.origin);
        ureq::post(&url).send(body.to_string()).unwrap();
    }

    pub(crate) fn ledger(&self) -> Value {
        let url = format!("{}/control/ledger", self.origin);
        let text = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn submissions(&self) -> usize {
        self.ledger()["submissions"].as_array().unwrap().len()
    }

    /// Jobs that were created.
    pub(crate) fn accepted(&self) -> usize {
        let ledger = self.ledger();
        let submissions = ledger["submissions"].as_array().unwrap().iter();
        submissions.filter(|submission| submission["outcome"] == "accepted").count()
    }

    pub(crate) fn charges(&self) -> usize {
        self.ledger()["charges"].as_array().unwrap().len()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        PROVIDERS.into_iter().fold(Client::builder(), |builder, provider| {
            builder.provider(provider, settings(&self.base_url(provider)))
        })
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

pub(crate) fn settings(base_url: &str) -> ProviderSettings {
    ProviderSettings {
        api_key: Some(KEY.to_owned()),
        base_url: Some(base_url.to_owned()),
        ..ProviderSettings::default()
    }
}

pub(crate) fn fault(operation: &str, times: u32, fault: Value) -> Value {
    json!([{ "operation": operation, "times": times, "fault": fault }])
}

/// The server of the simulated providers, beside this program; it is built if this test alone was built.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(program) = std::env::var_os("FILMGATE_SIM") {
            return program.into();
        }
        let own = std::env::current_exe().unwrap();
        let debug = own.parent().and_then(Path::parent).unwrap();
        let program = debug.join(format!("filmgate-simulator{}", std::env::consts::EXE_SUFFIX));
        if !program.exists() {
            let build =
                ["build", "-q", "--workspace", "--all-features", "--bin", "filmgate-simulator"];
            let root = env!("CARGO_MANIFEST_DIR");
            let built = Command::new(env!("CARGO")).args(build).current_dir(root).status();
            assert!(built.unwrap().success());
        }
        program
    })
}

/// A folder of the test's own, removed with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("filmgate-client-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Waits until the condition holds. The time limit of the whole run ends a wait in vain.
pub(crate) async fn wait_until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the bytes are a whole MP4 file.
pub(crate) fn is_video(bytes: &[u8]) -> bool {
    let has = |name: &[u8]| bytes.windows(4).any(|part| part == name);
    bytes.get(4..8) == Some(b"ftyp") && has(b"moov") && has(b"mdat")
}
