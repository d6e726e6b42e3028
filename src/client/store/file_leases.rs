//! Leases of all processes of this machine: locked files, one for each job that is driven.

use std::fmt::Write;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::blocking::{blocking, make_folder, open_private};
use super::{KeyedLocks, Lease, StoreError};

/// How often a waiting process checks whether the lease is free.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The operating system releases a lock when its process ends, however it ends.
pub(super) struct FileLeases {
    folder: PathBuf,
    /// Those of this process follow each other in order.
    in_process: KeyedLocks,
}

impl FileLeases {
    pub(super) fn new(folder: PathBuf) -> Self {
        FileLeases { folder, in_process: KeyedLocks::default() }
    }

    pub(super) async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        let path = self.folder.join(format!("{}.lock", file_stem(key)?));
        let turn = self.in_process.lock(key).await;
        loop {
            let tried = path.clone();
            if let Some(lock) = blocking(move || Ok(FileLock::try_new(tried)?)).await? {
                return Ok(Lease::new((lock, turn)));
            }
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }
}

struct FileLock {
    path: PathBuf,
    /// Closing it unlocks it.
    _file: File,
}

impl FileLock {
    /// `None` if another process holds it.
    fn try_new(path: PathBuf) -> io::Result<Option<Self>> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        FileLock::of(open_private(&path, false)?, path)
    }

    fn of(file: File, path: PathBuf) -> io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Its last holder may have removed it after it was opened here.
        let is_current = is_at(&file, &path)?;
        // Built only if it is the holder's: a `FileLock` that is dropped removes the file at its path.
        Ok(is_current.then(|| FileLock { path, _file: file }))
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Other systems do not say whether an open file is still the one at its path.
        if cfg!(unix) {
            // If it cannot be removed, an empty file stays.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether the open file is still the one at the path. Other systems do not say.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let own = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(current) => Ok((own.dev(), own.ino()) == (current.dev(), current.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
pub(crate) fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

const MAX_STEM_LEN: usize = 200;

/// The start of the file names of a key: safe for any file system.
pub(super) fn file_stem(key: &str) -> io::Result<String> {
    let mut stem = "job-".to_owned();
    for byte in key.bytes() {
        if byte.is_ascii_digit() || byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_') {
            stem.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(stem, "%{byte:02x}");
        }
    }
    if stem.len() > MAX_STEM_LEN {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "The key is too long."));
    }
    Ok(stem)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// One that waits has opened the file of a holder which has ended, and of which another one has the place by now.
    #[test]
    fn who_waits_does_not_remove_the_file_of_the_next_holder() -> io::Result<()> {
        let folder = std::env::temp_dir().join(format!("filmgate-lease-{}", uuid::Uuid::new_v4()));
        let path = folder.join("job-a.lock");
        let first = FileLock::try_new(path.clone())?;
        let opened = File::open(&path)?;
        drop(first);
        let second = FileLock::try_new(path.clone())?;
        assert!(second.is_some());
        assert!(FileLock::of(opened, path.clone())?.is_none());
        assert!(FileLock::try_new(path)?.is_none(), "the second one still holds it");
        drop(second);
        std::fs::remove_dir(folder)
    }
}
