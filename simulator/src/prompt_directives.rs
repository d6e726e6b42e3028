//! Prompts can choose how a generation ends, for demonstrations and tests.

/// What a word in square brackets in the prompt asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// `[fail]`: the generation fails. Not billed.
    pub(crate) fail: bool,
    /// `[partial]`: of several results, the last fails.
    pub(crate) partial: bool,
    /// `[nsfw]`: the safety check finds something. Not billed.
    pub(crate) nsfw: bool,
    /// `[moderated]`: the model's maker refuses the prompt. Not billed.
    pub(crate) moderated: bool,
    /// `[slow]`: the run takes ten times as long.
    pub(crate) slow: bool,
}

impl Wishes {
    pub(crate) fn of(prompt: &str) -> Self {
        if !prompt.contains('[') {
            return Self::default();
        }
        let prompt = prompt.to_ascii_lowercase();
        Self {
            fail: prompt.contains("[fail]"),
            partial: prompt.contains("[partial]"),
            nsfw: prompt.contains("[nsfw]"),
            moderated: prompt.contains("[moderated]"),
            slow: prompt.contains("[slow]"),
        }
    }
}
