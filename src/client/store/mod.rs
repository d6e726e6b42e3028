//! Where jobs are recorded: the contract of a store, and three of them.
//! May import: `locked` of the client, and values of the core.
//! Must never interpret a record, or write one over that of another writer.

mod blocking;
mod file_leases;
mod folder;
mod keyed_locks;
mod memory;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;

use crate::json::Value;

pub(super) use file_leases::is_at;
pub use folder::FolderStore;
pub(super) use keyed_locks::KeyedLocks;
pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// Why a store failed: the error of its file system, its database or its network.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// A stored job.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct StoreEntry {
    /// The record that the last `put` wrote.
    pub record: Value,
    /// Number of writes: 1 after the first `put`.
    pub revision: u32,
}

impl StoreEntry {
    /// An entry of a store.
    pub fn new(record: Value, revision: u32) -> Self {
        StoreEntry { record, revision }
    }
}

impl std::fmt::Debug for StoreEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreEntry").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Stores the records of jobs. A record is the complete state of a job: treat it as opaque and confidential. Until the
/// provider has accepted the job, it holds the request; it never holds an API key.
///
/// Tasks and processes that share a store may call any method concurrently. A key is the id of a job, a UUID.
///
/// To implement it, use `#[async_trait]` of the crate [`async-trait`](https://docs.rs/async-trait).
#[async_trait]
pub trait Store: Send + Sync {
    /// The entry of a key, if there is one.
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError>;

    /// All entries, in any order. What is not a record is left out.
    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError>;

    /// Writes the record and increments the revision, if the stored revision is `expected_revision` (0: no entry yet).
    /// Returns false, and writes nothing, if another writer was first. After `true` the record survives a crash.
    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError>;

    /// Deletes an entry, if there is one.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;

    /// Waits for the exclusive lease of a key, after its current holder. A lease whose process has ended is free. If the
    /// returned future is dropped, it waits no longer.
    async fn lease(&self, key: &str) -> Result<Lease, StoreError>;
}

/// Several clients of a process may share a store.
#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        (**self).get(key).await
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        (**self).list().await
    }

    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError> {
        (**self).put(key, record, expected_revision).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        (**self).delete(key).await
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        (**self).lease(key).await
    }
}

/// The right to drive a job. It ends when this value is dropped.
pub struct Lease(#[expect(dead_code, reason = "it only has to live as long")] Box<dyn Send>);

impl Lease {
    /// A lease that ends when `guard` is dropped.
    pub fn new(guard: impl Send + 'static) -> Self {
        Lease(Box::new(guard))
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lease")
    }
}
