//! Images: the form of one, and its dimensions if its bytes are given.

use super::url;
use crate::catalog::MediaForm;
use crate::uuid::is_uuid;

/// The form of a text, or what is wrong with it.
pub(super) fn media_kind(text: &str, allow_private: bool) -> Result<MediaForm, ImageError> {
    if is_uuid(text, None) {
        return Ok(MediaForm::Uuid);
    }
    if let Some(rest) = text.strip_prefix("data:") {
        let header = rest.split(',').next().unwrap_or_default();
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

/// Width and height of a PNG, JPEG, GIF or WebP of which at least the beginning is given, as a data URI or Base64.
pub(super) fn image_dimensions(text: &str) -> Option<(u32, u32)> {
    let base64 = match text.strip_prefix("data:") {
        Some(rest) => rest.split_once(',')?.1,
        None => text,
    };
    let bytes = decode(base64);
    png(&bytes).or_else(|| gif(&bytes)).or_else(|| webp(&bytes)).or_else(|| jpeg(&bytes))
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
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    Some((number(bytes, 16, 4, true)?, number(bytes, 20, 4, true)?))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"GIF8").then_some(())?;
    Some((number(bytes, 6, 2, false)?, number(bytes, 8, 2, false)?))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some(())?;
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
    bytes.starts_with(b"\xff\xd8").then_some(())?;
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
