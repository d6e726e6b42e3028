//! Words in a prompt that choose how a generation ends, for demos and tests.

/// The directives in square brackets that a prompt contains.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PromptDirectives {
    /// `[fail]`: the generation fails and is not billed.
    pub(crate) fail: bool,
    /// `[partial]`: of several results, the last fails.
    pub(crate) partial: bool,
    /// `[nsfw]`: the safety check refuses. Not billed.
    pub(crate) nsfw: bool,
    /// `[moderated]`: the model's maker refuses the prompt. Not billed.
    pub(crate) moderated: bool,
    /// `[slow]`: the run takes ten times as long.
    pub(crate) slow: bool,
}

impl PromptDirectives {
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
