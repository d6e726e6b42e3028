//! A folder of records: one file for each job, which is whole or not there, and one process at a time.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub(crate) struct Store {
    folder: PathBuf,
    /// Two processes would both submit, or both ask: the lock ends with this one.
    _lock: File,
}

pub(crate) struct Kept {
    pub(crate) record: Value,
    pub(crate) revision: u32,
}

impl Store {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock()?;
        Ok(Store {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    pub(crate) fn all(&self) -> io::Result<Vec<Kept>> {
        let paths = fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.path()));
        let paths = paths.collect::<io::Result<Vec<_>>>()?;
        let is_record = |path: &&PathBuf| path.extension().is_some_and(|end| end == "json");
        paths
            .iter()
            .filter(is_record)
            .map(|path| read(path))
            .collect()
    }

    /// Writes a record where the one that is there is one revision older.
    pub(crate) fn put(&self, key: &str, record: &Value, revision: u32) -> io::Result<()> {
        let path = self.folder.join(format!("{key}.json"));
        let before = if path.exists() {
            read(&path)?.revision
        } else {
            0
        };
        if before + 1 != revision {
            return Err(io::Error::other("Someone else has written this record."));
        }
        let text = json!({ "revision": revision, "record": record }).to_string();
        write_whole(&path, |file| file.write_all(text.as_bytes()))
    }

    /// Keeps the record of a job that nothing more is to be done about.
    pub(crate) fn done(&self, key: &str) -> io::Result<()> {
        let path = self.folder.join(format!("{key}.json"));
        fs::rename(&path, path.with_extension("done"))
    }

    pub(crate) fn video(&self, key: &str, number: usize) -> PathBuf {
        self.folder.join(format!("{key}-{number}.mp4"))
    }
}

fn read(path: &Path) -> io::Result<Kept> {
    let mut json: Value = serde_json::from_slice(&fs::read(path)?)?;
    let revision = json.get("revision").and_then(Value::as_u64).unwrap_or(0);
    Ok(Kept {
        record: json.get_mut("record").map(Value::take).unwrap_or_default(),
        revision: u32::try_from(revision).unwrap_or(u32::MAX),
    })
}

/// A file that is there once all of it is on the disk, and survives a power cut.
pub(crate) fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    fill(&mut file)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    // The new name is on the disk once its folder is, which not every system lets be opened.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
