//! The words that the parsers know. libFuzzer uses the same files as dictionaries.

/// Words of RunPod's responses and webhooks.
pub const RUNPOD: &str = include_str!("../dictionaries/runpod.dict");
/// Words of Runware's responses and webhooks.
pub const RUNWARE: &str = include_str!("../dictionaries/runware.dict");
/// Words of requests and options.
pub const REQUEST: &str = include_str!("../dictionaries/request.dict");
/// Words of records and scripts.
pub const RECORD: &str = include_str!("../dictionaries/record.dict");

/// The words of several dictionaries in libFuzzer's format: one `"…"` per line.
pub struct Words(Vec<String>);

impl Words {
    pub fn of(dictionaries: &[&str]) -> Self {
        let lines = dictionaries.iter().flat_map(|text| text.lines());
        Words(lines.filter_map(word).collect())
    }

    pub(crate) fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// A line's escapes are JSON's, and its content is a JSON string.
fn word(line: &str) -> Option<String> {
    let quoted: String = serde_json::from_str(line.trim()).ok()?;
    serde_json::from_str(&quoted).ok()
}
