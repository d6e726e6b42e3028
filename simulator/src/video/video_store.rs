//! The shelf of films: how long each stands there, and how a part of one is asked for.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Film, look_of};
use crate::http::{Answer, Request};
use crate::listing::Provider;

/// A film that can be downloaded for a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) film: Film,
    pub(crate) provider: Provider,
    pub(crate) until_ms: u64,
}

/// All films that were made.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Shelf {
    films: HashMap<String, Stored>,
    /// The bytes of the film served last: a player asks for many parts of one film.
    #[serde(skip)]
    last: Option<(Film, Vec<u8>)>,
}

impl Shelf {
    pub(crate) fn put(&mut self, id: &str, stored: Stored) {
        self.films.insert(id.to_owned(), stored);
    }

    /// Whose film stands at this path, whether or not it has expired.
    pub(crate) fn provider_of(&self, path: &str) -> Option<Provider> {
        self.films
            .get(name_of(path)?.0)
            .map(|stored| stored.provider)
    }

    /// Answers a download: 404 for what never was, 410 for what has expired.
    pub(crate) fn download(&mut self, now_ms: u64, request: &Request) -> Answer {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Answer::text(405, "Method Not Allowed").with("allow", "GET, HEAD");
        }
        let stored = name_of(&request.path).and_then(|(id, extension)| {
            let stored = self.films.get(id)?;
            (stored.film.format.extension() == extension).then_some(stored)
        });
        let Some(stored) = stored else {
            return Answer::text(404, "Not Found");
        };
        if now_ms >= stored.until_ms {
            return Answer::text(410, "Gone: this video has expired");
        }
        let film = stored.film.clone();
        let media_type = film.format.media_type();
        let bytes = self.bytes_of(film);
        let tag = format!("\"{:016x}\"", look_of(&[bytes]));
        let answer = part(bytes, wanted(request, &tag))
            .with("content-type", media_type)
            .with("etag", tag);
        if request.method == "HEAD" {
            answer.head_only()
        } else {
            answer
        }
    }

    pub(crate) fn bytes_of(&mut self, film: Film) -> &[u8] {
        if self.last.as_ref().is_none_or(|(last, _)| *last != film) {
            let bytes = film.encode();
            self.last = Some((film, bytes));
        }
        self.last.as_ref().map_or(&[], |(_, bytes)| bytes)
    }
}

/// `/videos/{id}.{extension}`.
fn name_of(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/videos/")?.rsplit_once('.')
}

/// The range that is asked for, unless it is wanted of other bytes than those that stand here. A date
/// under `If-Range` is no date of ours.
fn wanted<'a>(request: &'a Request, tag: &str) -> Option<&'a str> {
    let is_current = request.header("if-range").is_none_or(|each| each == tag);
    request.header("range").filter(|_| is_current)
}

/// The whole, one part of it, or a refusal, as RFC 9110 has it. Several ranges in one request may
/// be answered with the whole, and are.
fn part(bytes: &[u8], range: Option<&str>) -> Answer {
    let whole = || Answer::bytes(200, bytes.to_vec()).with("accept-ranges", "bytes");
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
        Some((first, last, part)) if !part.is_empty() => Answer::bytes(206, part.to_vec())
            .with("accept-ranges", "bytes")
            .with("content-range", format!("bytes {first}-{last}/{total}")),
        _ => Answer::text(416, "Range Not Satisfiable")
            .with("content-range", format!("bytes */{total}")),
    }
}
