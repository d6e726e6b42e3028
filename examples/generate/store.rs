//! A folder of records: one file per job, complete or absent, and one process at a time.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub(crate) struct Store {
    folder: PathBuf,
    /// Excludes a second process, which would submit or poll too. The lock ends with this process.
    _lock: File,
}

pub(crate) struct StoredRecord {
    pub(crate) record: Value,
    pub(crate) revision: u32,
}

impl Store {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock()?;
        Ok(Store { folder: folder.to_owned(), _lock: lock })
    }

    pub(crate) fn all(&self) -> io::Result<Vec<StoredRecord>> {
        let paths = fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.path()));
        let paths = paths.collect::<io::Result<Vec<_>>>()?;
        let is_record = |path: &&PathBuf| path.extension().is_some_and(|end| end == "json");
        paths.iter().filter(is_record).map(|path| read(path)).collect()
    }

    /// Writes a record if the stored one is one revision older.
    pub(crate) fn put(&self, key: &str, record: &Value, revision: u32) -> io::Result<()> {
        let path = self.folder.join(format!("{key}.json"));
        let before = if path.exists() { read(&path)?.revision } else { 0 };
        if before + 1 != revision {
            return Err(io::Error::other("Another process has written this record."));
        }
        let text = json!({ "revision": revision, "record": record }).to_string();
        write_whole(&path, |file| file.write_all(text.as_bytes()))
    }

    /// Archives the record of a job that has ended.
    pub(crate) fn done(&self, key: &str) -> io::Result<()> {
        let path = self.folder.join(format!("{key}.json"));
        fs::rename(&path, path.with_extension("done"))
    }

    pub(crate) fn video(&self, key: &str, number: usize) -> PathBuf {
        self.folder.join(format!("{key}-{number}.mp4"))
    }
}

fn read(path: &Path) -> io::Result<StoredRecord> {
    let mut json: Value = serde_json::from_slice(&fs::read(path)?)?;
    let revision = json.get("revision").and_then(Value::as_u64).unwrap_or(0);
    Ok(StoredRecord {
        record: json.get_mut("record").map(Value::take).unwrap_or_default(),
        revision: u32::try_from(revision).unwrap_or(u32::MAX),
    })
}

/// Writes a file atomically, so that it survives a power cut.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    // The new name is on the disk once its folder is synced, which not every system allows.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
