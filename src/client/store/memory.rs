//! Records in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::{KeyedLocks, Lease, Store, StoreEntry, StoreError};
use crate::client::locked;
use crate::json::Value;

/// Stores jobs in memory, for the lifetime of the process: for tests, and if losing jobs with the process is fine.
/// A video that RunPod makes is paid and lost if the process ends before it is there.
#[derive(Default)]
pub struct MemoryStore {
    entries: Mutex<HashMap<String, StoreEntry>>,
    leases: KeyedLocks,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryStore::default()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        Ok(locked(&self.entries).get(key).cloned())
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        Ok(locked(&self.entries).values().cloned().collect())
    }

    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError> {
        let mut entries = locked(&self.entries);
        if entries.get(key).map_or(0, |entry| entry.revision) != expected_revision {
            return Ok(false);
        }
        let entry = StoreEntry::new(record.clone(), expected_revision.saturating_add(1));
        entries.insert(key.to_owned(), entry);
        Ok(true)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        locked(&self.entries).remove(key);
        Ok(())
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        Ok(Lease::new(self.leases.lock(key).await))
    }
}
