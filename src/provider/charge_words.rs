//! What a provider's words say about money.
//! Source: refusals of the providers behind Runware, in public reports.

use super::words::{MAX_WORDS, has_phrase, words_of};

/// Whether a sentence of a provider says that nothing is charged, as "You will not be charged", with no
/// condition and no limit ("… again", "… for storage"), and none that something is. What stands in quotation
/// marks may be the prompt's.
pub(crate) fn says_not_charged(message: &str) -> bool {
    // An apostrophe ends a word: `won t`.
    const FREE: &[&str] = &[
        "not be charged",
        "not been charged",
        "not charged",
        "won t be charged",
        "wasn t charged",
        "weren t charged",
        "haven t been charged",
        "no charge",
        "not be billed",
        "not been billed",
        "not billed",
        "won t be billed",
    ];
    /// With one of these the sentence says something else: a condition, a denial, or another subject.
    const LIMIT: &[&str] = &[
        "if",
        "unless",
        "until",
        "may",
        "might",
        "whether",
        "never",
        "true",
        "false",
        "mean",
        "means",
        "assume",
        "guarantee",
        "cannot",
        "only",
        "except",
        "doubt",
        "retries",
        "retry",
        "refunds",
        "storage",
    ];
    /// What may follow in the same clause.
    const AFTER: &[&str] = &[
        "for",
        "this",
        "that",
        "these",
        "those",
        "the",
        "your",
        "any",
        "failed",
        "blocked",
        "filtered",
        "rejected",
        "refused",
        "flagged",
        "removed",
        "request",
        "requests",
        "generation",
        "generations",
        "video",
        "videos",
        "job",
        "jobs",
        "task",
        "tasks",
        "attempt",
        "prompt",
        "content",
        "output",
        "outputs",
        "here",
        "at",
        "all",
        "by",
        "us",
        "was",
        "is",
        "has",
        "been",
        "made",
        "applied",
        "incurred",
        "credits",
        "anything",
    ];
    /// What begins another clause.
    const NEXT: &[&str] = &["and", "so", "please", "because", "as", "since", "but", "you", "try"];
    let is_one = |of: &[&str], word: &str| of.iter().any(|one| word.eq_ignore_ascii_case(one));
    let says_free = |clause: &[&str]| {
        FREE.iter().any(|phrase| {
            let length = phrase.split(' ').count();
            let at = clause.windows(length).position(|words| has_phrase(words, phrase));
            at.is_some_and(|at| {
                let after = clause.iter().skip(at + length);
                after.take_while(|word| !is_one(NEXT, word)).all(|word| is_one(AFTER, word))
            })
        })
    };
    !says_charged(message)
        && unquoted(message).split(['.', '!', '?', ';', '\n']).any(|sentence| {
            let is_limited = words_of(sentence).take(MAX_WORDS).any(|word| is_one(LIMIT, word));
            let mut clauses = sentence.split([',', ':', '(', ')']);
            !is_limited
                && clauses.any(|clause| {
                    says_free(&words_of(clause).take(MAX_WORDS).collect::<Vec<&str>>())
                })
        })
}

/// Whether a provider says that something was charged, as "You were billed".
pub(in crate::provider) fn says_charged(message: &str) -> bool {
    const BE: &[&str] = &["was", "were", "been", "are", "is", "be", "got"];
    const CHARGED: &[&str] = &["charged", "billed"];
    let is_one = |of: &[&str], word: &str| of.iter().any(|one| word.eq_ignore_ascii_case(one));
    let own = unquoted(message);
    let words: Vec<&str> = words_of(&own).take(MAX_WORDS).collect();
    words.windows(2).enumerate().any(|(at, pair)| {
        let is_said = matches!(pair, [be, charged] if is_one(BE, be) && is_one(CHARGED, charged));
        let denied = &["not", "never", "t", "no", "nothing"];
        is_said && !words.iter().take(at).rev().take(3).any(|word| is_one(denied, word))
    })
}

/// The text without its quotations. A quotation that does not end reaches to the end.
fn unquoted(text: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let mut own = String::new();
    let mut end = None;
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        match end {
            // An apostrophe stands inside a word.
            Some(mark) if letter == mark && (mark != '\'' || !is_letter(after)) => end = None,
            Some(_) => {}
            None => match letter {
                '"' | '`' => end = Some(letter),
                '\'' if !is_letter(before) => end = Some('\''),
                '“' | '„' => end = Some('”'),
                '«' => end = Some('»'),
                '‘' => end = Some('’'),
                '’' => own.push('\''),
                '\u{2000}'..='\u{206f}' => own.push(' '),
                _ => own.push(letter),
            },
        }
        before = letter;
    }
    own
}
