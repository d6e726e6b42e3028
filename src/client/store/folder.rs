//! Records in a folder: one file per job.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde_json::json;

use super::blocking::{blocking, make_folder, open_private};
use super::file_leases::{FileLeases, file_stem};
use super::{Lease, Store, StoreEntry, StoreError};
use crate::json::Value;

/// Stores jobs in a folder, shared by all processes of this machine. Its files are readable by their owner only: until
/// the provider has accepted a job, its record holds the prompt. Whenever a process ends, each record is complete.
///
/// A lease is a locked file, which the operating system unlocks when its process ends. The folder must be on a file
/// system with locks, and not be used by the folder store of the npm package at the same time.
pub struct FolderStore {
    folder: PathBuf,
    leases: FileLeases,
}

impl FolderStore {
    /// Opens a folder. It is created if it does not exist.
    ///
    /// # Errors
    ///
    /// The error of the file system, if it cannot be created.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        make_folder(&folder)?;
        remove_temporary(&folder);
        Ok(FolderStore { leases: FileLeases::new(folder.clone()), folder })
    }

    fn path(&self, key: &str) -> io::Result<PathBuf> {
        Ok(self.folder.join(format!("{}.json", file_stem(key)?)))
    }
}

#[async_trait]
impl Store for FolderStore {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        let path = self.path(key)?;
        blocking(move || Ok(read(&path)?)).await
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        let folder = self.folder.clone();
        blocking(move || Ok(read_all(&folder)?)).await
    }

    async fn put(
        &self,
        key: &str,
        record: &Value,
        expected_revision: u32,
    ) -> Result<bool, StoreError> {
        let path = self.path(key)?;
        let revision = expected_revision.saturating_add(1);
        let text = json!({ "revision": revision, "record": record }).to_string();
        let folder = self.folder.clone();
        blocking(move || {
            let _lock = lock_writes(&folder)?;
            if read(&path)?.map_or(0, |entry| entry.revision) != expected_revision {
                return Ok(false);
            }
            replace(&folder, &path, text.as_bytes())?;
            Ok(true)
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let path = self.path(key)?;
        let folder = self.folder.clone();
        blocking(move || {
            let _lock = lock_writes(&folder)?;
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(sync(&folder)?),
            }
        })
        .await
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        self.leases.lease(key).await
    }
}

/// Excludes other writers for the milliseconds of a write.
fn lock_writes(folder: &Path) -> io::Result<File> {
    let file = open_private(&folder.join("write.lock"), false)?;
    file.lock()?;
    Ok(file)
}

fn read(path: &Path) -> io::Result<Option<StoreEntry>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let not_a_record = || io::Error::new(io::ErrorKind::InvalidData, "The file is not a record.");
    let mut json: Value = serde_json::from_slice(&bytes).map_err(|_| not_a_record())?;
    let revision = json.get("revision").and_then(Value::as_u64);
    let revision = revision.and_then(|revision| u32::try_from(revision).ok());
    let record = json.get_mut("record").map(Value::take);
    let (Some(revision), Some(record)) = (revision, record) else {
        return Err(not_a_record());
    };
    Ok(Some(StoreEntry { record, revision }))
}

/// Errors of a file that is not a record.
const NOT_A_RECORD: [io::ErrorKind; 3] =
    [io::ErrorKind::InvalidData, io::ErrorKind::IsADirectory, io::ErrorKind::PermissionDenied];

fn read_all(folder: &Path) -> io::Result<Vec<StoreEntry>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.starts_with("job-") || !name.ends_with(".json") {
            continue;
        }
        match read(&path) {
            Ok(entry) => entries.extend(entry),
            Err(error) if NOT_A_RECORD.contains(&error.kind()) => {}
            // A job must not seem to be gone.
            Err(error) => return Err(error),
        }
    }
    Ok(entries)
}

/// Removes what a process that was killed during a write has left: it may hold a prompt.
fn remove_temporary(folder: &Path) {
    // The process that writes now holds the lock.
    let lock = open_private(&folder.join("write.lock"), false);
    let Some(_lock) = lock.ok().filter(|lock| lock.try_lock().is_ok()) else { return };
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = file.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("job-") && name.ends_with(".tmp") {
            let _ = fs::remove_file(path);
        }
    }
}

/// Writes a file as a whole, so that a crash leaves the old one or the new one.
fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = open_private(&temporary, true)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync(folder)
}

/// Errors of a file system that cannot sync a folder.
const SYNC_UNSUPPORTED: [io::ErrorKind; 3] =
    [io::ErrorKind::InvalidInput, io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported];

/// A new name is on the disk once its folder is synced, which not every system allows.
fn sync(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if !SYNC_UNSUPPORTED.contains(&error.kind()) => Err(error),
        _ => Ok(()),
    }
}
