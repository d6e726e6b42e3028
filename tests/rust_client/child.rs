//! A process that a test kills: this program again, with its work in the environment.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use filmgate::client::{
    Client, FolderStore, Lease, ResumeOptions, SqliteStore, Store, StoreEntry, StoreError,
    SubmitOptions,
};
use filmgate::provider::ProviderId;
use serde_json::{Value, json};

use crate::support::{Folder, PROVIDERS, Simulator, request, settings};

const WORK: &str = "FILMGATE_TEST_WORK";

/// A process at work. It is killed with the test.
pub(crate) struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(crate) fn start(work: &Value) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child::work", "--exact", "--ignored", "--nocapture"])
            .env(WORK, work.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Process { child, lines }
    }

    /// Waits until it reports a line that begins so, and returns the rest.
    pub(crate) fn wait_for(&mut self, word: &str) -> String {
        let found = self.lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_, rest) = line.split_once(&format!("▸{word} "))?;
            Some(rest.to_owned())
        });
        found.unwrap_or_else(|| panic!("it ended without {word}"))
    }

    /// Waits for its end.
    pub(crate) fn ends(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn report(word: &str, rest: &str) {
    let mut out = std::io::stdout().lock();
    // A line of the test harness may be unfinished.
    writeln!(out, "\n▸{word} {rest}").unwrap();
    out.flush().unwrap();
}

pub(crate) fn open(kind: &str, folder: &std::path::Path) -> Box<dyn Store> {
    match kind {
        "folder" => Box::new(FolderStore::open(folder.join("jobs")).unwrap()),
        _ => Box::new(SqliteStore::open(folder.join("jobs.sqlite")).unwrap()),
    }
}

/// The work of a process that generates one video.
pub(crate) fn generate(
    sim: &Simulator,
    folder: &Folder,
    store: &str,
    provider: ProviderId,
) -> Value {
    json!({
        "kind": "generate",
        "store": store,
        "folder": folder.path(),
        "provider": provider,
        "runpod": sim.base_url(ProviderId::Runpod),
        "runware": sim.base_url(ProviderId::Runware),
    })
}

#[test]
#[ignore = "started by other tests"]
fn work() {
    let work: Value = serde_json::from_str(&std::env::var(WORK).unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        match work["kind"].as_str().unwrap() {
            "generate" => generate_video(&work).await,
            "lease" => hold_lease(&work).await,
            "write" => write(&work).await,
            other => panic!("{other}"),
        }
    });
}

fn store_of(work: &Value) -> Box<dyn Store> {
    open(work["store"].as_str().unwrap(), work["folder"].as_str().unwrap().as_ref())
}

/// Continues the jobs of the store, or submits one, and downloads the video.
async fn generate_video(work: &Value) {
    let hang_after_put = work["hangAfterPut"].as_u64();
    let hang_before_put = work["hangBeforePut"].as_u64();
    let store =
        Observed { store: store_of(work), puts: Arc::default(), hang_before_put, hang_after_put };
    let builder = PROVIDERS.into_iter().fold(Client::builder(), |builder, provider| {
        builder.provider(provider, settings(work[provider.as_str()].as_str().unwrap()))
    });
    let client = builder.store(store).build().unwrap();
    let timeout =
        work["timeoutMs"].as_u64().map_or(Duration::from_secs(600), Duration::from_millis);
    let stored = client.jobs(false).await.unwrap();
    let job = match stored.first() {
        Some(job) => {
            client.resume(&job.handle, &ResumeOptions { timeout, ..ResumeOptions::default() })
        }
        None => {
            let provider = ProviderId::named(work["provider"].as_str().unwrap()).unwrap();
            let providers = Some(vec![provider]);
            let options = SubmitOptions { providers, timeout, ..SubmitOptions::default() };
            match client.submit(&request(), &options).await {
                Ok(job) => job,
                Err(error) => return report("error", error.code().as_str()),
            }
        }
    };
    report("job", &job.handle().id);
    match job.result().await {
        Ok(result) => {
            report("downloading", "");
            let path = std::path::Path::new(work["folder"].as_str().unwrap()).join("video.mp4");
            client.download(&result.videos[0], path).await.unwrap();
            report("video", "");
        }
        Err(error) => report("error", error.code().as_str()),
    }
}

/// A store that reports its writes, and stands still before or after one of them.
struct Observed {
    store: Box<dyn Store>,
    puts: Arc<AtomicU64>,
    hang_before_put: Option<u64>,
    hang_after_put: Option<u64>,
}

#[async_trait]
impl Store for Observed {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        self.store.get(key).await
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        self.store.list().await
    }

    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError> {
        let number = self.puts.fetch_add(1, Ordering::SeqCst) + 1;
        report("put", &number.to_string());
        if Some(number) == self.hang_before_put {
            report("hangs", "");
            std::future::pending::<()>().await;
        }
        let result = self.store.put(key, record, expected_revision).await;
        if Some(number) == self.hang_after_put {
            report("hangs", "");
            std::future::pending::<()>().await;
        }
        result
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.delete(key).await
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        self.store.lease(key).await
    }
}

async fn hold_lease(work: &Value) {
    let _lease = store_of(work).lease("a").await.unwrap();
    report("held", "");
    std::future::pending::<()>().await;
}

/// Writes revision after revision, as far as no other process is first.
async fn write(work: &Value) {
    let store = store_of(work);
    let mut written = 0;
    for _ in 0..50 {
        let revision = store.get("a").await.unwrap().map_or(0, |entry| entry.revision);
        if store.put("a", &json!({ "by": std::process::id() }), revision).await.unwrap() {
            written += 1;
        }
    }
    report("written", &written.to_string());
}
