//! Images: the form of one, and what its bytes are if they are given.

use super::url;
use crate::catalog::{ImageType, MediaForm};
use crate::json::text::after_start;
use crate::uuid::is_uuid;

/// The scheme of a data URI.
pub(super) const DATA: &str = "data:";

/// The form of a text, or what is wrong with it.
pub(super) fn media_kind(text: &str, allow_private: bool) -> Result<MediaForm, ImageError> {
    if is_uuid(text, None) {
        return Ok(MediaForm::Uuid);
    }
    if let Some(rest) = after_start(text, DATA) {
        let header = rest.split(',').next().unwrap_or_default().to_ascii_lowercase();
        let fits = header.starts_with("image/") && header.ends_with(";base64");
        return if fits && rest.len() > header.len() + 1 {
            Ok(MediaForm::DataUri)
        } else {
            Err(ImageError::DataUri)
        };
    }
    let before_colon = text.split(':').next().unwrap_or_default();
    if before_colon.len() < text.len() && url::is_scheme(before_colon) {
        return url::check(text, allow_private).map(|_| MediaForm::Url).map_err(ImageError::Url);
    }
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if text.len() >= 32 && text.chars().all(base64) {
        return Ok(MediaForm::Base64);
    }
    Err(ImageError::Form)
}

/// What is wrong with an image's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ImageError {
    Url(url::UrlError),
    DataUri,
    Form,
}

/// What the bytes of an image are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// An image, with its width and height if at least its header is given.
    Image(ImageType, Option<(u32, u32)>),
    /// Something that no provider accepts as an image, by its name.
    Other(&'static str),
}

/// What the bytes are of which at least the beginning is given, as a data URI or Base64, or as the text of an SVG or
/// HTML file. A data URI with unknown bytes is what its header says.
pub(super) fn content(text: &str) -> Option<Content> {
    if text.starts_with('<') {
        return markup(text.as_bytes()).map(Content::Other);
    }
    let (header, base64) = match after_start(text, DATA) {
        Some(rest) => rest.split_once(',')?,
        None => ("", text),
    };
    let header = &header.to_ascii_lowercase();
    let start = decode(base64.get(..SIGNATURE_CHARS).unwrap_or(base64));
    if let Some(kind) = image_type(&start) {
        return Some(Content::Image(kind, dimensions(kind, base64, &start)));
    }
    let other = other(&start).or_else(|| named(header)).map(Content::Other);
    other.or_else(|| {
        let (kind, _) = header.strip_prefix("image/")?.split_once(';')?;
        Some(Content::Image(kind.parse().ok()?, None))
    })
}

/// Base64 characters that are enough to tell what the bytes are.
const SIGNATURE_CHARS: usize = 1024;

fn image_type(bytes: &[u8]) -> Option<ImageType> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    let is_webp = starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let types = [
        (starts(b"\xff\xd8"), ImageType::Jpeg),
        (starts(b"\x89PNG\r\n\x1a\n"), ImageType::Png),
        (is_webp, ImageType::Webp),
        (starts(b"GIF8"), ImageType::Gif),
    ];
    types.into_iter().find_map(|(is_it, kind)| is_it.then_some(kind))
}

/// The name of a file that is not one of these images.
fn other(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) == Some(b"ftyp") {
        // The major brand, the minor version, and the compatible brands.
        let len = (number(bytes, 0, 4, true)? as usize).clamp(12, 128).min(bytes.len());
        let brands = bytes.get(8..len)?.chunks_exact(4);
        let has = |wanted: &[&[u8; 4]]| {
            brands.clone().any(|brand| wanted.iter().any(|wanted| brand == *wanted))
        };
        return Some(match brands.clone().next() {
            _ if has(&[b"avif", b"avis"]) => "AVIF",
            _ if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) => {
                "HEIC"
            }
            Some(b"qt  ") => "a QuickTime video",
            _ => "MP4",
        });
    }
    let files: [(&[u8], &str); 4] =
        [(b"%PDF", "PDF"), (b"\x1a\x45\xdf\xa3", "WebM"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF")];
    let file = files.into_iter().find(|(signature, _)| bytes.starts_with(signature));
    file.map(|(_, name)| name).or_else(|| markup(bytes))
}

fn markup(bytes: &[u8]) -> Option<&'static str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let letter = |byte: &u8| char::from(byte.to_ascii_lowercase());
    let text: String = bytes.iter().take(SIGNATURE_CHARS).map(letter).collect();
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if starts(&["<!doctype html", "<html", "<head", "<body"]) {
        return Some("HTML");
    }
    let has_svg = || text.as_bytes().windows(4).any(|tag| tag == b"<svg");
    let is_svg = starts(&["<svg", "<?xml", "<!--", "<!doctype svg"]) && has_svg();
    is_svg.then_some("SVG")
}

/// The name of the media type in the header of a data URI, which is in lower case.
fn named(header: &str) -> Option<&'static str> {
    const TYPES: &[(&str, &str)] = &[
        ("image/heic", "HEIC"),
        ("image/heif", "HEIC"),
        ("image/avif", "AVIF"),
        ("image/svg", "SVG"),
        ("text/html", "HTML"),
        ("application/pdf", "PDF"),
        ("video/", "a video"),
    ];
    TYPES.iter().find(|(media, _)| header.starts_with(media)).map(|(_, name)| *name)
}

/// Width and height. Only a JPEG may have much in front of them.
fn dimensions(kind: ImageType, base64: &str, start: &[u8]) -> Option<(u32, u32)> {
    match kind {
        ImageType::Png => png(start),
        ImageType::Gif => gif(start),
        ImageType::Webp => webp(start),
        ImageType::Jpeg => jpeg(start).or_else(|| jpeg(&decode(base64))),
    }
}

/// Decodes up to the first character that is not Base64.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        buffer = buffer << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    bytes
}

fn number(bytes: &[u8], at: usize, len: usize, big_endian: bool) -> Option<u32> {
    let part = bytes.get(at..at + len)?;
    let push = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
    Some(if big_endian { part.iter().fold(0, push) } else { part.iter().rev().fold(0, push) })
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((number(bytes, 16, 4, true)?, number(bytes, 20, 4, true)?))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((number(bytes, 6, 2, false)?, number(bytes, 8, 2, false)?))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8X" => Some((number(bytes, 24, 3, false)? + 1, number(bytes, 27, 3, false)? + 1)),
        b"VP8L" => {
            let packed = number(bytes, 21, 4, false)?;
            Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => {
            Some((number(bytes, 26, 2, false)? & 0x3fff, number(bytes, 28, 2, false)? & 0x3fff))
        }
        _ => None,
    }
}

/// Walks the segments up to the frame header, which has the dimensions.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let (0xff, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?) else {
            return None;
        };
        match marker {
            0xff => at += 1,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((number(bytes, at + 7, 2, true)?, number(bytes, at + 5, 2, true)?));
            }
            0xda => return None,
            _ => at += 2 + number(bytes, at + 2, 2, true)? as usize,
        }
    }
}
