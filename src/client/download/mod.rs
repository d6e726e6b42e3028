//! Downloads of videos into files.
//! May import: the client's errors, the check of a locked file, and values of the core.
//! Must never name a file that is not complete, or put parts of two videos together.

mod part;
mod range;

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use reqwest::Url;

use super::Error;
use crate::error::{Charge, ErrorCode};
use crate::outcome::Video;
use part::Part;
use range::{Body, Failed, Metadata, Reply, fetch};

/// Padding may be absent.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Consecutive requests without a new byte.
const MAX_FRUITLESS_REQUESTS: u32 = 5;
const MAX_REQUESTS: u32 = 50;
const INITIAL_BACKOFF: Duration = Duration::from_millis(500);
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// A video that was downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Length of the file, in bytes.
    pub bytes: u64,
}

/// Downloads a video into a file in chunks, and verifies its length. If the connection drops, it resumes from there if the
/// host confirms that the rest is of the same video; otherwise it starts again.
pub(super) async fn download(
    http: &reqwest::Client,
    video: &Video,
    path: &Path,
) -> Result<Downloaded, Error> {
    let mut part = Part::open(path, video.url.as_deref().unwrap_or_default()).await?;
    if let Some(data) = &video.data {
        let bytes = data.as_str().and_then(decoded);
        let bytes = bytes.ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidResponse,
                Charge::Charged,
                "The data of this video is not Base64.",
            )
        })?;
        part.restart(Metadata { total: u64::try_from(bytes.len()).ok(), validator: None }).await?;
        part.write(&bytes).await?;
    } else {
        transfer(http, &url_of(video)?, &mut part).await?;
    }
    if part.bytes() == 0 {
        return Err(failed("The host of the video sent an empty file. Try again."));
    }
    let bytes = part.finish().await?;
    Ok(Downloaded { bytes })
}

/// The bytes of Base64, alone or in a data URI, in each spelling that is read as a video: in lines, without padding, or
/// with the characters of URLs.
fn decoded(data: &str) -> Option<Vec<u8>> {
    let text = data.split_once(',').map_or(data, |(_, text)| text);
    let standard = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let text: Vec<u8> =
        text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(standard).collect();
    BASE64.decode(text).ok()
}

async fn transfer(http: &reqwest::Client, url: &Url, part: &mut Part) -> Result<(), Error> {
    let mut max_bytes = part.bytes();
    let mut fruitless = 0;
    let mut requests = 0;
    while !part.is_complete() {
        requests += 1;
        let failure = match request(http, url, part).await {
            Ok(()) => return Ok(()),
            Err(Failed::Final(error)) => return Err(error),
            Err(Failed::Retryable(failure)) => failure,
        };
        fruitless = if part.bytes() > max_bytes { 1 } else { fruitless + 1 };
        max_bytes = max_bytes.max(part.bytes());
        if fruitless >= MAX_FRUITLESS_REQUESTS || requests >= MAX_REQUESTS {
            let message = format!("{} Try again: it resumes from there.", failure.message);
            return Err(failed(&message).with_source(failure.source));
        }
        let backoff = INITIAL_BACKOFF.saturating_mul(1 << (fruitless - 1)).min(MAX_BACKOFF);
        tokio::time::sleep(backoff.max(failure.wait)).await;
    }
    Ok(())
}

/// Requests the video, or the rest of it, and writes what arrives.
async fn request(http: &reqwest::Client, url: &Url, part: &mut Part) -> Result<(), Failed> {
    let reply = fetch(http, url, part.bytes(), part.metadata()).await?;
    let (mut body, skip) = match reply {
        Reply::Rest { body, total } => {
            part.set_total(total);
            (body, 0)
        }
        // A host without range requests sends the whole of the same video again.
        Reply::Whole { body, metadata } if part.is_same(&metadata) => (body, part.bytes()),
        Reply::Whole { body, metadata } => {
            part.restart(metadata).await?;
            (body, 0)
        }
        Reply::Changed => {
            part.restart(Metadata::default()).await?;
            let Reply::Whole { body, metadata } = fetch(http, url, 0, part.metadata()).await?
            else {
                return Err(Failed::Final(failed(
                    "The host of the video sent only a part of it. Try again.",
                )));
            };
            part.restart(metadata).await?;
            (body, 0)
        }
    };
    write(&mut body, part, skip).await?;
    let Some(total) = part.metadata().total else { return Ok(()) };
    match part.bytes().cmp(&total) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(Failed::lost(None)),
        std::cmp::Ordering::Greater => {
            let message =
                format!("The host sent more than the announced {total} bytes. Try again.");
            part.restart(Metadata::default()).await?;
            Err(Failed::Final(failed(&message)))
        }
    }
}

async fn write(body: &mut Body, part: &mut Part, mut skip: u64) -> Result<(), Failed> {
    while let Some(chunk) = body.next().await? {
        let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
        skip -= skipped as u64;
        part.write(chunk.get(skipped..).unwrap_or_default()).await?;
    }
    if skip > 0 { Err(Failed::lost(None)) } else { Ok(()) }
}

fn url_of(video: &Video) -> Result<Url, Error> {
    let Some(url) = &video.url else {
        return Err(failed("This video has neither a URL nor data."));
    };
    // The parser's error is left out, since a URL may hold a token.
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| failed("The URL of this video cannot be fetched. It must be http or https."))
}

/// The video itself was paid for, and is at its host.
fn failed(message: &str) -> Error {
    Error::new(ErrorCode::ConnectionError, Charge::Charged, message)
}
