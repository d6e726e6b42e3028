//! Records in a SQLite database.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::blocking::{blocking, make_folder, open_private};
use super::file_leases::FileLeases;
use super::{KeyedLocks, Lease, Store, StoreEntry, StoreError};
use crate::client::locked;
use crate::json::Value;

/// Another process writes for milliseconds.
const MAX_WAIT: Duration = Duration::from_secs(10);

// FULL: a job is on the disk before its submit is sent. `secure_delete`: a replaced record holds a prompt.
const SCHEMA: &str = "
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS filmgate_jobs (
    key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
";

/// Stores jobs in a SQLite database, shared by all processes of this machine. Its file is readable by its owner only:
/// until the provider has accepted a job, its record holds the prompt. The table is `filmgate_jobs`, so that the
/// database may have others. Leases are locked files in a folder beside it, `<path>-leases`, which the npm package's
/// SQLite store does not see: the two must not be used at the same time.
pub struct SqliteStore {
    database: Arc<Mutex<Connection>>,
    leases: Leases,
}

enum Leases {
    InProcess(KeyedLocks),
    Files(FileLeases),
}

impl SqliteStore {
    /// Opens a database. Its file is created if it does not exist.
    ///
    /// # Errors
    ///
    /// The error of SQLite or of the file system, if it cannot be opened.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_folder(folder)?;
        }
        // SQLite gives its other files the same mode.
        drop(open_private(&path, false)?);
        let mut leases = OsString::from(&path);
        leases.push("-leases");
        let leases = Leases::Files(FileLeases::new(leases.into()));
        SqliteStore::with(Connection::open(&path)?, leases)
    }

    /// A database in the memory of this process.
    ///
    /// # Errors
    ///
    /// The error of SQLite.
    pub fn in_memory() -> Result<Self, StoreError> {
        SqliteStore::with(Connection::open_in_memory()?, Leases::InProcess(KeyedLocks::default()))
    }

    fn with(database: Connection, leases: Leases) -> Result<Self, StoreError> {
        database.busy_timeout(MAX_WAIT)?;
        database.execute_batch(SCHEMA)?;
        Ok(SqliteStore { database: Arc::new(Mutex::new(database)), leases })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = self.database.clone();
        blocking(move || Ok(work(&locked(&database))?)).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        let key = key.to_owned();
        self.run(move |database| {
            let select = "SELECT record, revision FROM filmgate_jobs WHERE key = ?";
            database.query_row(select, [key], entry).optional()
        })
        .await
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        self.run(move |database| {
            let mut select = database.prepare("SELECT record, revision FROM filmgate_jobs")?;
            // Another program may write anything into the table. But if the database fails, jobs must not seem to be gone.
            select
                .query_map([], entry)?
                .filter(|row| matches!(row, Ok(_) | Err(rusqlite::Error::SqliteFailure(..))))
                .collect()
        })
        .await
    }

    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError> {
        let (key, record) = (key.to_owned(), record.to_string());
        let changed = self.run(move |database| {
            if expected_revision == 0 {
                let insert = "INSERT INTO filmgate_jobs VALUES (?, 1, ?) ON CONFLICT DO NOTHING";
                return database.execute(insert, params![key, record]);
            }
            let update = "UPDATE filmgate_jobs SET record = ?, revision = revision + 1 WHERE key = ? AND revision = ?";
            database.execute(update, params![record, key, expected_revision])
        });
        Ok(changed.await? == 1)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.run(move |database| {
            database.execute("DELETE FROM filmgate_jobs WHERE key = ?", [key]).map(drop)
        })
        .await
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        match &self.leases {
            Leases::InProcess(leases) => Ok(Lease::new(leases.lock(key).await)),
            Leases::Files(leases) => leases.lease(key).await,
        }
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<StoreEntry> {
    let text: String = row.get(0)?;
    let record = serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(StoreEntry { record, revision: row.get(1)? })
}
