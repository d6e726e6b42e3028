//! What every store has to keep, as the client relies on it.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use filmgate::client::{MemoryStore, SqliteStore, Store, StoreEntry};
use filmgate::error::{Charge, ErrorCode};
use serde_json::{Value, json};

use crate::child::{Process, open};
use crate::jobs::shared;
use crate::support::{Folder, KEY, PROMPT, Simulator, only, request};

/// An empty store of each kind.
fn stores(folder: &Folder) -> Vec<(&'static str, Arc<dyn Store>)> {
    vec![
        ("memory", Arc::new(MemoryStore::new())),
        ("folder", open("folder", folder.path()).into()),
        ("SQLite", open("sqlite", folder.path()).into()),
        ("SQLite in memory", Arc::new(SqliteStore::in_memory().unwrap())),
    ]
}

fn record(name: &str) -> Value {
    json!({ "name": name, "nested": { "list": [1, null, "two", 0.1] } })
}

#[tokio::test]
async fn nothing_is_stored_at_first() {
    for (name, store) in stores(&Folder::new()) {
        assert_eq!(store.get("a").await.unwrap(), None, "{name}");
        assert!(store.list().await.unwrap().is_empty(), "{name}");
        store.delete("a").await.unwrap();
    }
}

#[tokio::test]
async fn a_record_is_stored_whole_and_each_write_adds_one_to_its_revision() {
    for (name, store) in stores(&Folder::new()) {
        assert!(store.put("a", &record("first"), 0).await.unwrap(), "{name}");
        assert!(store.put("a", &record("second"), 1).await.unwrap(), "{name}");
        let expected = StoreEntry::new(record("second"), 2);
        assert_eq!(store.get("a").await.unwrap(), Some(expected.clone()), "{name}");
        assert_eq!(store.list().await.unwrap(), [expected], "{name}");
    }
}

#[tokio::test]
async fn a_put_that_expects_another_revision_writes_nothing() {
    for (name, store) in stores(&Folder::new()) {
        assert!(!store.put("a", &record("early"), 1).await.unwrap(), "{name}");
        assert_eq!(store.get("a").await.unwrap(), None, "{name}");
        store.put("a", &record("first"), 0).await.unwrap();
        for stale in [0, 2] {
            assert!(!store.put("a", &record("other"), stale).await.unwrap(), "{name}");
        }
        let entry = store.get("a").await.unwrap();
        assert_eq!(entry, Some(StoreEntry::new(record("first"), 1)), "{name}");
    }
}

#[tokio::test]
async fn of_several_writers_at_once_one_writes() {
    for (name, store) in stores(&Folder::new()) {
        let puts: Vec<_> = (0..8)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move { store.put("a", &json!(number), 0).await.unwrap() })
            })
            .collect();
        let mut winners = Vec::new();
        for (number, put) in puts.into_iter().enumerate() {
            if put.await.unwrap() {
                winners.push(json!(number));
            }
        }
        assert_eq!(winners.len(), 1, "{name}");
        let entry = store.get("a").await.unwrap().unwrap();
        assert_eq!((entry.record, entry.revision), (winners[0].clone(), 1), "{name}");
    }
}

#[tokio::test]
async fn a_deleted_key_is_as_it_was_at_first() {
    for (name, store) in stores(&Folder::new()) {
        store.put("a", &record("a"), 0).await.unwrap();
        store.put("b", &record("b"), 0).await.unwrap();
        store.delete("a").await.unwrap();
        assert_eq!(store.get("a").await.unwrap(), None, "{name}");
        assert_eq!(store.list().await.unwrap().len(), 1, "{name}");
        assert!(!store.put("a", &record("again"), 1).await.unwrap(), "{name}");
        assert!(store.put("a", &record("again"), 0).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn leases_of_one_key_follow_each_other_in_order() {
    for (name, store) in stores(&Folder::new()) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let first = store.lease("a").await.unwrap();
        let mut waiting = Vec::new();
        for number in 0..3 {
            let (store, seen) = (store.clone(), seen.clone());
            waiting.push(tokio::spawn(async move {
                let _lease = store.lease("a").await.unwrap();
                seen.lock().unwrap().push(number);
                store.get("a").await.unwrap();
                seen.lock().unwrap().push(number);
            }));
            tokio::task::yield_now().await;
        }
        // A lease of another key does not wait.
        drop(store.lease("b").await.unwrap());
        assert!(seen.lock().unwrap().is_empty(), "{name}");
        drop(first);
        for each in waiting {
            each.await.unwrap();
        }
        assert_eq!(*seen.lock().unwrap(), [0, 0, 1, 1, 2, 2], "{name}");
    }
}

#[tokio::test]
async fn who_no_longer_waits_for_a_lease_does_not_get_it() {
    for (name, store) in stores(&Folder::new()) {
        let held = store.lease("a").await.unwrap();
        let waiting = {
            let store = store.clone();
            tokio::spawn(async move { drop(store.lease("a").await) })
        };
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled(), "{name}");
        drop(held);
        drop(store.lease("a").await.unwrap());
    }
}

#[tokio::test]
async fn a_key_is_no_path() {
    let folder = Folder::new();
    for key in ["../escape", "a/b", "a b", "É", ""] {
        for (name, store) in stores(&folder) {
            store.put(key, &record(key), 0).await.unwrap();
            assert_eq!(store.get(key).await.unwrap().unwrap().record, record(key), "{name}");
            drop(store.lease(key).await.unwrap());
        }
    }
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| !name.to_str().unwrap().starts_with("jobs"));
    assert!(names.is_empty(), "{names:?}");
}

/// Two processes: a lease is not free until its holder has ended, however it ends.
#[tokio::test]
async fn a_lease_passes_on_when_its_process_is_killed() {
    for kind in ["folder", "sqlite"] {
        let folder = Folder::new();
        let work = json!({ "kind": "lease", "store": kind, "folder": folder.path() });
        let mut holder = Process::start(&work);
        holder.wait_for("held");
        let store = open(kind, folder.path());
        let waits = tokio::time::timeout(std::time::Duration::from_millis(300), store.lease("a"));
        assert!(waits.await.is_err(), "{kind}");
        holder.kill();
        drop(store.lease("a").await.unwrap());
        drop(store.lease("a").await.unwrap());
    }
}

#[tokio::test]
async fn two_processes_never_write_the_same_revision() {
    for kind in ["folder", "sqlite"] {
        let folder = Folder::new();
        let work = json!({ "kind": "write", "store": kind, "folder": folder.path() });
        let mut both = [Process::start(&work), Process::start(&work)];
        let written: Vec<u32> =
            both.iter_mut().map(|each| each.wait_for("written").parse().unwrap()).collect();
        let store = open(kind, folder.path());
        let revision = store.get("a").await.unwrap().unwrap().revision;
        assert_eq!(revision, written.iter().sum::<u32>(), "{kind}: {written:?}");
        assert!(revision >= 50, "{kind}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    for (_, store) in stores(&folder) {
        store.put("a", &record("a"), 0).await.unwrap();
        std::mem::forget(store.lease("a").await.unwrap());
    }
    let mut waiting = vec![folder.path().to_owned()];
    let mut files = 0;
    while let Some(each) = waiting.pop() {
        for entry in std::fs::read_dir(each).unwrap() {
            let path = entry.unwrap().path();
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o077;
            assert_eq!(mode, 0, "{path:?}");
            files += 1;
            if path.is_dir() {
                waiting.push(path);
            }
        }
    }
    assert!(files >= 6, "{files}");
}

#[tokio::test]
async fn what_is_not_a_record_is_not_listed() {
    let folder = Folder::new();
    let store = open("folder", folder.path());
    store.put("a", &record("a"), 0).await.unwrap();
    for (name, text) in [("job-b.json", "{"), ("job-c.json", "[]"), ("other.json", "{}")] {
        std::fs::write(Path::new(&folder.join("jobs")).join(name), text).unwrap();
    }
    assert_eq!(store.list().await.unwrap().len(), 1);
    assert!(store.get("b").await.is_err());
}

/// A holder that lost its lease, as after a suspension on a file system without locks: the other one has written.
#[tokio::test]
async fn who_lost_the_lease_does_not_submit() {
    let sim = Simulator::start();
    let store = Stolen(shared());
    let client = sim.builder().store(store).build().unwrap();
    let error = client.submit(&request(), &only(filmgate::provider::ProviderId::Runpod)).await;
    let error = error.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::StoreError, Charge::None));
    assert!(error.is_retryable());
    assert_eq!(sim.submissions(), 0);
}

#[tokio::test]
async fn a_store_that_fails_prevents_the_submit_and_leaves_nothing() {
    for after_write in [false, true] {
        let sim = Simulator::start();
        let store = shared();
        let client =
            sim.builder().store(Failing { store: store.clone(), after_write }).build().unwrap();
        let error = client.submit(&request(), &Default::default()).await.unwrap_err();
        assert_eq!((error.code(), error.charge()), (ErrorCode::StoreError, Charge::None));
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("disk full") && !shown.contains(KEY) && !shown.contains(PROMPT));
        assert_eq!(sim.submissions(), 0);
        assert!(store.list().await.unwrap().is_empty(), "{after_write}");
    }
}

/// A store in which another writer is always first.
struct Stolen(Arc<MemoryStore>);

/// A store whose disk is full: nothing is written, or the write is not confirmed.
struct Failing {
    store: Arc<MemoryStore>,
    after_write: bool,
}

macro_rules! delegates {
    ($store:ty, $self:ident => $inner:expr, $key:ident, $record:ident, $revision:ident => $put:expr) => {
        #[async_trait::async_trait]
        impl Store for $store {
            async fn get(
                &self,
                key: &str,
            ) -> Result<Option<StoreEntry>, filmgate::client::StoreError> {
                let $self = self;
                $inner.get(key).await
            }
            async fn list(&self) -> Result<Vec<StoreEntry>, filmgate::client::StoreError> {
                let $self = self;
                $inner.list().await
            }
            async fn put(
                &self,
                $key: &str,
                $record: &Value,
                $revision: u32,
            ) -> Result<bool, filmgate::client::StoreError> {
                let $self = self;
                $put
            }
            async fn delete(&self, key: &str) -> Result<(), filmgate::client::StoreError> {
                let $self = self;
                $inner.delete(key).await
            }
            async fn lease(
                &self,
                key: &str,
            ) -> Result<filmgate::client::Lease, filmgate::client::StoreError> {
                let $self = self;
                $inner.lease(key).await
            }
        }
    };
}

delegates!(Stolen, this => this.0, key, record, revision => {
    this.0.put(key, &json!({ "by": "another" }), revision).await?;
    this.0.put(key, record, revision).await
});

delegates!(Failing, this => this.store, key, record, revision => {
    if this.after_write {
        this.store.put(key, record, revision).await?;
    }
    Err("disk full".into())
});
