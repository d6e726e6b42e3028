//! The size of an image inside a request. URLs are never fetched.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Width and height of an image given as a data URI or bare Base64, if they can be read.
pub(crate) fn of(image: &str) -> Option<(u32, u32)> {
    let data = match image.strip_prefix("data:") {
        Some(rest) => rest.split_once(";base64,")?.1,
        None => image,
    };
    let bytes = STANDARD.decode(data.trim()).ok()?;
    let size = imagesize::blob_size(&bytes).ok()?;
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    Some((side(size.width)?, side(size.height)?))
}

/// Whether a text is a URL that a provider could fetch an image from.
pub(crate) fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !text.contains(char::is_whitespace)
}
