//! The file of a download until it is complete, and what is known of the video that it is a part of. Both survive the
//! process, so that the next one resumes.

use std::ffi::OsString;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tokio::fs::{self, File};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::range::{Failed, Metadata};
use crate::client::Error;
use crate::client::store::{StoreError, is_at};
use crate::error::{Charge, ErrorCode};
use crate::json::Value;

pub(super) struct Part {
    /// Where the complete file is to be.
    path: PathBuf,
    part: PathBuf,
    /// The file beside it, with the metadata.
    note: PathBuf,
    /// Locked, so that no other download writes into it.
    file: File,
    bytes: u64,
    metadata: Metadata,
    /// A digest of the URL of the video, because a URL may hold a token.
    url: String,
}

impl Part {
    pub(super) async fn open(path: &Path, url: &str) -> Result<Self, Error> {
        let (part, note) = (beside(path, ".part"), beside(path, ".part.json"));
        let file = open_locked(&part).map_err(unwritable)?;
        let mut file = File::from_std(file);
        let digest = ring::digest::digest(&ring::digest::SHA256, url.as_bytes());
        let url: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        // What was noted of another video says nothing about this one.
        let metadata = noted(&note, &url).await.unwrap_or_default();
        let end =
            file.seek(io::SeekFrom::End(0)).await.map_err(|error| unwritable(error.into()))?;
        let path = path.to_owned();
        let mut opened = Part { path, part, note, file, bytes: end, metadata, url };
        // Without a validator it cannot be told whose part it is.
        if opened.metadata.validator.is_none() && end > 0 {
            opened.restart(Metadata::default()).await?;
        }
        Ok(opened)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(super) fn set_total(&mut self, total: Option<u64>) {
        self.metadata.total = total.or(self.metadata.total);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.bytes > 0 && self.metadata.total == Some(self.bytes)
    }

    /// Whether the file is a part of the video with this metadata.
    pub(super) fn is_same(&self, metadata: &Metadata) -> bool {
        metadata.validator.is_some() && metadata.validator == self.metadata.validator
    }

    /// Drops what the file has.
    pub(super) async fn restart(&mut self, metadata: Metadata) -> Result<(), Error> {
        let Metadata { validator, total } = &metadata;
        let note = json!({ "url": self.url, "validator": validator, "total": total }).to_string();
        self.bytes = 0;
        self.metadata = metadata;
        let done = async {
            // Before the note, so that no part of another video is taken for one of this.
            self.file.set_len(0).await?;
            self.file.rewind().await?;
            fs::write(&self.note, note).await
        };
        done.await.map_err(|error: io::Error| unwritable(error.into()))
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = async {
            self.file.write_all(bytes).await?;
            self.file.flush().await
        };
        written.await.map_err(|error: io::Error| unwritable(error.into()))?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Gives the complete file its name.
    pub(super) async fn finish(self) -> Result<u64, Error> {
        let Part { path, part, note, file, bytes, .. } = self;
        let done = async {
            file.sync_all().await?;
            fs::rename(&part, &path).await
        };
        done.await.map_err(|error: io::Error| unwritable(error.into()))?;
        // Without its file it says nothing.
        let _ = fs::remove_file(&note).await;
        Ok(bytes)
    }
}

/// The file at the path, open and locked.
fn open_locked(part: &Path) -> Result<std::fs::File, StoreError> {
    let mut options = std::fs::File::options();
    options.read(true).write(true).create(true).truncate(false);
    loop {
        let file = options.open(part)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err("Another download writes into this file.".into());
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // A download that ended after it was opened here has given it its final name.
        if is_at(&file, part)? {
            return Ok(file);
        }
    }
}

async fn noted(note: &Path, url: &str) -> Option<Metadata> {
    let json: Value = serde_json::from_slice(&fs::read(note).await.ok()?).ok()?;
    (json.get("url")?.as_str()? == url).then(|| Metadata {
        validator: json.get("validator").and_then(Value::as_str).map(str::to_owned),
        total: json.get("total").and_then(Value::as_u64),
    })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn unwritable(source: StoreError) -> Error {
    let message = "The file of the video cannot be written: see the source.";
    Error::new(ErrorCode::StoreError, Charge::Charged, message).with_source(Some(Arc::from(source)))
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Final(error)
    }
}
