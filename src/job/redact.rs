//! Removes quotations of the request from the providers' error messages.

use crate::json::Value;

use super::Job;
use crate::codec::{Codec, DecodeResult};
use crate::error::truncate;
use crate::json::text::MAX_INLINE_LEN;
use crate::outcome::Failure;
use crate::provider::{JobSnapshot, PollResult, SubmitResult};

/// Characters in a row that count as a quotation if the request contains them, too. A quotation may
/// be truncated or escaped.
const NGRAM: usize = 12;

/// Shorter strings of a request, such as a size, are not redacted.
const MIN_TEXT_LEN: usize = 6;

/// The strings of a request. They stay in memory and are never stored.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestTexts(Vec<String>);

impl Job {
    /// Drops the body, but remembers its strings in memory for redaction.
    pub(super) fn drop_body(&mut self) {
        if let Some(body) = self.submission.body.take() {
            self.texts = RequestTexts::of(&body);
        }
    }

    pub(super) fn redact_submit(&self, submitted: SubmitResult) -> SubmitResult {
        match submitted {
            SubmitResult::Accepted(seen) => {
                SubmitResult::Accepted(Box::new(self.redact_snapshot(*seen)))
            }
            SubmitResult::Rejected(failure) => SubmitResult::Rejected(self.redact(failure)),
            SubmitResult::Busy(failure) => SubmitResult::Busy(self.redact(failure)),
            SubmitResult::Unknown(failure) => SubmitResult::Unknown(self.redact(failure)),
        }
    }

    pub(super) fn redact_poll(&self, polled: PollResult) -> PollResult {
        match polled {
            PollResult::Found(seen) => PollResult::Found(Box::new(self.redact_snapshot(*seen))),
            PollResult::Unauthorized(failure) => PollResult::Unauthorized(self.redact(failure)),
            PollResult::Transient(failure) => PollResult::Transient(self.redact(failure)),
            PollResult::NotFound => PollResult::NotFound,
        }
    }

    fn redact_snapshot(&self, seen: JobSnapshot) -> JobSnapshot {
        let failures = seen.failures.into_iter();
        JobSnapshot { failures: failures.map(|failure| self.redact(failure)).collect(), ..seen }
    }

    /// The failure with the provider's words where they can be compared with the request, and without
    /// them where they cannot.
    fn redact(&self, failure: Failure) -> Failure {
        let of_body = self.submission.body.as_ref().map(RequestTexts::of);
        let texts = of_body.as_ref().unwrap_or(&self.texts);
        let provider_code = if texts.0.is_empty() {
            failure.provider_code.filter(|code| is_word(code))
        } else {
            failure.provider_code.map(|code| texts.redact_quotes(&code))
        };
        let message = match &failure.provider_message {
            Some(words) if !texts.0.is_empty() => truncate(&texts.redact_quotes(&words.0), 300),
            _ => failure.message,
        };
        Failure { message, provider_code, ..failure }
    }
}

impl Codec for RequestTexts {
    fn write(&self) -> Value {
        self.0.write()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.0.decode_into(value)?;
        self.0.retain(|text| is_distinctive(text));
        Ok(())
    }

    fn default_value() -> Self {
        RequestTexts::default()
    }
}

impl RequestTexts {
    pub(super) fn of(body: &Value) -> Self {
        let mut texts = RequestTexts::default();
        texts.add_videos(body);
        texts
    }

    fn add_videos(&mut self, value: &Value) {
        match value {
            Value::String(text) if is_distinctive(text) => {
                self.0.push(text.chars().take(MAX_INLINE_LEN as usize).collect());
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_videos(item)),
            Value::Object(map) => map.values().for_each(|item| self.add_videos(item)),
            _ => {}
        }
    }

    /// The message with `[…]` in place of each quotation. Texts may be long and many, so each is
    /// scanned once.
    fn redact_quotes(&self, message: &str) -> String {
        let mut known: Vec<(&str, usize)> = ngrams(message).zip(0..).collect();
        known.sort_unstable();
        let mut quoted = vec![false; message.chars().count()];
        let mut mark = |at: usize, length: usize| {
            quoted.iter_mut().skip(at).take(length).for_each(|one| *one = true);
        };
        for text in &self.0 {
            let length = text.chars().count();
            if length < NGRAM {
                for (letters, (start, _)) in message.char_indices().enumerate() {
                    let rest = message.get(start..).unwrap_or_default();
                    if rest.starts_with(text.as_str()) {
                        mark(letters, length);
                    }
                }
                continue;
            }
            for piece in ngrams(text) {
                let first = known.partition_point(|(ngram, _)| *ngram < piece);
                let same = known.iter().skip(first);
                same.take_while(|(ngram, _)| *ngram == piece).for_each(|(_, at)| mark(*at, NGRAM));
            }
        }
        let mut redacted = String::with_capacity(message.len());
        let mut before = false;
        for (letter, quoted) in message.chars().zip(quoted) {
            match (quoted, before) {
                (false, _) => redacted.push(letter),
                (true, false) => redacted.push_str("[…]"),
                (true, true) => {}
            }
            before = quoted;
        }
        redacted
    }
}

/// Whether a code contains only characters that the providers' codes use.
fn is_word(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    code.chars().all(plain)
}

fn is_distinctive(text: &str) -> bool {
    text.len() >= MIN_TEXT_LEN
}

/// All runs of [`NGRAM`] characters of the text.
fn ngrams(text: &str) -> impl Iterator<Item = &str> {
    let starts = || text.char_indices().map(|(at, _)| at);
    let ends = starts().chain([text.len()]).skip(NGRAM);
    starts().zip(ends).filter_map(|(start, end)| text.get(start..end))
}
