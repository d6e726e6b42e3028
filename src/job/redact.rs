//! Removes quotations of the request from the providers' error messages.

use crate::json::Value;

use super::Job;
use super::spelling::{fold, joined, plain, spellings};
use crate::codec::pack::{Pack, Unpacker};
use crate::error::{MAX_MESSAGE_LEN, truncate};
use crate::json::text::{MAX_INLINE_LEN, Text};
use crate::outcome::{Charge, Failure, Video};
use crate::provider::{JobSnapshot, PollResult, SubmitResult, contains, says_not_charged};

/// Characters in a row that count as a quotation if the request contains them, too. A quotation may
/// be truncated.
const NGRAM: usize = 12;

/// Shorter texts of a request, in bytes, are not redacted.
const MIN_TEXT_LEN: usize = 6;

/// The same of what is left of a text without the signs around it.
const MIN_WORD_LEN: usize = 4;

/// A longer string is no name of a size, a model or an option.
const MAX_NAME_LEN: usize = 32;

/// The texts and URLs of a request. They stay in memory and are never stored.
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
        // "You will not be charged" may be the request's words.
        let of_body = self.submission.body.as_ref().map(RequestTexts::of);
        let mut texts = of_body.as_ref().unwrap_or(&self.texts).0.iter();
        let charge = match seen.charge {
            Some(Charge::None) if texts.any(|text| says_not_charged(text)) => Some(Charge::Unknown),
            charge => charge,
        };
        let failures = seen.failures.into_iter();
        let failures = failures.map(|failure| self.redact(failure)).collect();
        JobSnapshot { failures, charge, ..seen }
    }

    /// The failure with the provider's words where they can be compared with the request, and without
    /// them where they cannot.
    fn redact(&self, failure: Failure) -> Failure {
        let of_body = self.submission.body.as_ref().map(RequestTexts::of);
        let texts = of_body.as_ref().unwrap_or(&self.texts);
        let own = match texts.0.is_empty() {
            // A code may be the request's words, and the own sentence names it.
            false if failure.provider_code.is_some() => texts.redact_quotes(&failure.message),
            _ => failure.message,
        };
        let provider_code = if texts.0.is_empty() {
            failure.provider_code.filter(|code| is_word(code))
        } else {
            failure.provider_code.map(|code| texts.redact_quotes(&code))
        };
        let message = match &failure.provider_message {
            Some(words) if !texts.0.is_empty() => {
                truncate(&texts.redact_quotes(&words.0), MAX_MESSAGE_LEN)
            }
            _ => own,
        };
        Failure { message, provider_code, ..failure }
    }

    /// Whether the request contains the video's URL or data: it is an input then, not a result.
    pub(super) fn request_contains(&self, video: &Video) -> bool {
        let contents = [
            video.url.as_deref(),
            video.long_url.as_ref().and_then(head),
            video.data.as_ref().and_then(head),
        ];
        contents
            .into_iter()
            .flatten()
            .any(|content| self.texts.0.iter().any(|text| text == content))
    }
}

impl Pack for RequestTexts {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        self.0.unpack(from);
    }
}

impl RequestTexts {
    pub(super) fn of(request: &Value) -> Self {
        let mut texts = RequestTexts::default();
        texts.add("", request);
        texts
    }

    fn add(&mut self, name: &str, value: &Value) {
        if let Some(text) = head(value) {
            if is_free_text(name, text) {
                self.0.push(text.chars().take(MAX_INLINE_LEN as usize).collect());
            }
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.add(name, item)),
            Value::Object(map) => map.iter().for_each(|(name, item)| self.add(name, item)),
            _ => {}
        }
    }

    /// The message with `[…]` in place of each quotation, in any spelling. Texts may be long and many, so
    /// each is scanned once.
    fn redact_quotes(&self, message: &str) -> String {
        let mut views: Vec<_> = spellings(message).iter().map(|letters| fold(letters)).collect();
        let without_spaces: Vec<_> = views.iter().filter_map(|view| joined(view, NGRAM)).collect();
        views.extend(without_spaces);
        // By their places, as two numbers each: a message of many spellings has thousands.
        let piece = |(view, at): (usize, usize)| {
            let (letters, places) = views.get(view).map(|(l, p)| (l.as_slice(), p.as_slice()))?;
            let end = letters.len().min(at + NGRAM);
            Some((letters.get(at..end)?, places.get(at..end)?))
        };
        let mut known = Vec::with_capacity(views.iter().map(|(letters, _)| letters.len()).sum());
        for (view, (letters, _)) in views.iter().enumerate() {
            known.extend((0..letters.len()).map(|at| (view, at)));
        }
        known.sort_unstable_by_key(|place| piece(*place));
        let mut quoted = vec![false; message.chars().count()];
        for spelling in self.0.iter().flat_map(|text| spellings_of_request(text)) {
            for wanted in spelling.windows(NGRAM.min(spelling.len())) {
                let first = known.partition_point(|place| {
                    piece(*place).is_some_and(|(letters, _)| letters < wanted)
                });
                let same = known.iter().skip(first).filter_map(|place| piece(*place));
                for (_, places) in same.take_while(|(letters, _)| letters.starts_with(wanted)) {
                    for (start, end) in places.iter().take(wanted.len()) {
                        quoted.iter_mut().take(*end).skip(*start).for_each(|one| *one = true);
                    }
                }
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

/// The text as it is, and decoded if it is itself encoded, as a URL may be.
fn spellings_of_request(text: &str) -> Vec<Vec<char>> {
    let (raw, decoded) = plain(text);
    let raw = fold(&raw);
    let without_spaces = joined(&raw, NGRAM).map(|(letters, _)| letters);
    let mut found = vec![raw.0];
    found.extend(decoded.map(|letters| fold(&letters).0));
    let len = |letters: &[char]| letters.iter().map(|c| c.len_utf8()).sum::<usize>();
    found.retain(|letters| len(letters) >= MIN_TEXT_LEN);
    // The signs around a text are not quoted with it.
    for letters in &mut found {
        letters.pop_if(|last| *last == ' ');
        if letters.first() == Some(&' ') {
            letters.remove(0);
        }
    }
    found.retain(|letters| len(letters) >= MIN_WORD_LEN);
    found.extend(without_spaces);
    found
}

fn head(value: &Value) -> Option<&str> {
    Text::read(value).map(|text| text.head)
}

/// Whether a code contains only characters that the providers' codes use.
fn is_word(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    code.chars().all(plain)
}

/// Whether a string of a request is a text or a URL, rather than the name of a size, a model or an option: an error
/// that names the rejected option stays readable.
fn is_free_text(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let named = ["prompt", "text", "dialogue"].iter().any(|part| contains(&name, part));
    let is_name = |c: char| c.is_ascii() && !c.is_ascii_whitespace();
    named
        || name != "model"
            && (text.len() > MAX_NAME_LEN || contains(text, "://") || !text.chars().all(is_name))
}
