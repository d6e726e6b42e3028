//! The words that mean something to a reader. The same files serve libFuzzer as dictionaries.

/// What the providers' answers and webhooks say.
pub const RUNPOD: &str = include_str!("../dictionaries/runpod.dict");
/// The same of Runware.
pub const RUNWARE: &str = include_str!("../dictionaries/runware.dict");
/// What a request and its options say.
pub const REQUEST: &str = include_str!("../dictionaries/request.dict");
/// What a record and a script for the machine say.
pub const RECORD: &str = include_str!("../dictionaries/record.dict");

/// The words of some dictionaries, read from libFuzzer's form: one `"…"` a line.
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

/// The escapes of a line are JSON's as well, and within stands a word of JSON.
fn word(line: &str) -> Option<String> {
    let quoted: String = serde_json::from_str(line.trim()).ok()?;
    serde_json::from_str(&quoted).ok()
}
