//! UUIDs, the ids of jobs and uploaded files.

/// Whether the text is a UUID, of the given version if any.
pub fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let variant = bytes.get(19).map(u8::to_ascii_lowercase);
    shape
        && version.is_none_or(|version| {
            bytes.get(14) == Some(&(b'0' + version))
                && matches!(variant, Some(b'8' | b'9' | b'a' | b'b'))
        })
}
