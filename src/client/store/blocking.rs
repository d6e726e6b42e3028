//! Work that blocks a thread, away from the tasks of the runtime, and private files.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::StoreError;

/// Runs the work on a thread of its own. It is finished even if the returned future is dropped.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(error.into()),
    }
}

/// Opens a file for writing, and creates it for its owner only: a record may hold a prompt.
pub(super) fn open_private(path: &Path, truncate: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder, and its parents, for its owner only.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let is_new = !path.exists();
    builder.create(path)?;
    // Else a power failure may take the folder, with the records that were synced into it.
    if cfg!(unix) && is_new {
        for parent in path.ancestors().skip(1) {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            // Which not every folder allows.
            let _ = File::open(parent).and_then(|folder| folder.sync_all());
        }
    }
    Ok(())
}
