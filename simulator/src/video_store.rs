//! The store of videos: their expiry and range requests.

use std::collections::HashMap;

use filmgate_simulator_video::Video;
use serde::{Deserialize, Serialize};

use crate::http::{Request, Response};
use crate::listing::Provider;
use crate::rng::fnv1a;

/// A video that can be downloaded until it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredVideo {
    pub(crate) video: Video,
    pub(crate) provider: Provider,
    pub(crate) until_ms: u64,
}

/// All finished videos.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct VideoStore {
    videos: HashMap<String, StoredVideo>,
    /// The bytes of the video served last: a player requests many ranges of one video.
    #[serde(skip)]
    last: Option<(Video, Vec<u8>)>,
}

impl VideoStore {
    pub(crate) fn put(&mut self, id: &str, stored: StoredVideo) {
        self.videos.insert(id.to_owned(), stored);
    }

    /// The provider of the video at this path, whether or not it has expired.
    pub(crate) fn provider_of(&self, path: &str) -> Option<Provider> {
        self.videos.get(name_of(path)?.0).map(|stored| stored.provider)
    }

    /// Responds to a download: 404 if the video never existed, 410 if it has expired.
    pub(crate) fn download(&mut self, now_ms: u64, request: &Request) -> Response {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Response::text(405, "Method Not Allowed").with("allow", "GET, HEAD");
        }
        let stored = name_of(&request.path).and_then(|(id, extension)| {
            let stored = self.videos.get(id)?;
            (stored.video.format.extension() == extension).then_some(stored)
        });
        let Some(stored) = stored else {
            return Response::text(404, "Not Found");
        };
        if now_ms >= stored.until_ms {
            return Response::text(410, "Gone: this video has expired");
        }
        let video = stored.video.clone();
        let media_type = video.format.media_type();
        let bytes = self.bytes_of(video);
        let tag = format!("\"{:016x}\"", fnv1a(&[bytes]));
        let response =
            part(bytes, wanted(request, &tag)).with("content-type", media_type).with("etag", tag);
        if request.method == "HEAD" { response.head_only() } else { response }
    }

    pub(crate) fn bytes_of(&mut self, video: Video) -> &[u8] {
        if self.last.as_ref().is_none_or(|(last, _)| *last != video) {
            let bytes = video.encode();
            self.last = Some((video, bytes));
        }
        self.last.as_ref().map_or(&[], |(_, bytes)| bytes)
    }
}

/// `/videos/{id}.{extension}`.
fn name_of(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/videos/")?.rsplit_once('.')
}

/// The requested range, unless `If-Range` names other bytes. A date in `If-Range` never matches.
fn wanted<'a>(request: &'a Request, tag: &str) -> Option<&'a str> {
    let is_current = request.header("if-range").is_none_or(|each| each == tag);
    request.header("range").filter(|_| is_current)
}

/// The whole, a part, or a 416, by RFC 9110. A request for several ranges may be answered with the
/// whole, and is.
fn part(bytes: &[u8], range: Option<&str>) -> Response {
    let whole = || Response::bytes(200, bytes.to_vec()).with("accept-ranges", "bytes");
    let Some(spec) = range.and_then(|range| range.strip_prefix("bytes=")) else {
        return whole();
    };
    let Some((first, last)) = spec.split_once('-') else {
        return whole();
    };
    let total = bytes.len();
    let bounds = match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => Some((first, last.min(total.saturating_sub(1)))),
        (Ok(first), Err(_)) if last.trim().is_empty() => Some((first, total.saturating_sub(1))),
        (Err(_), Ok(count)) if first.trim().is_empty() && count > 0 => {
            Some((total.saturating_sub(count), total.saturating_sub(1)))
        }
        _ => return whole(),
    };
    match bounds.and_then(|(first, last)| Some((first, last, bytes.get(first..=last)?))) {
        Some((first, last, part)) if !part.is_empty() => Response::bytes(206, part.to_vec())
            .with("accept-ranges", "bytes")
            .with("content-range", format!("bytes {first}-{last}/{total}")),
        _ => Response::text(416, "Range Not Satisfiable")
            .with("content-range", format!("bytes */{total}")),
    }
}
