//! The code that a provider's own words suggest, for errors without a code.
//!
//! Words and phrases are compared whole: `sensitive_layers` is not "sensitive", and "Disk quota exceeded"
//! is not about credits. Phrases stand in one text, with `|` between them: a slice of texts takes more of the module.
//! The order is the order of certainty; no match means that the words say nothing.
//! Source: messages in public reports of both providers' users.

use crate::error::ErrorCode;
use crate::provider::{contains, split_once};

/// Words of a message that are read.
pub(in crate::provider) const MAX_WORDS: usize = 300;

/// Words after "Invalid" before the colon, as in "Invalid aspect ratio: …".
const MAX_NAME_WORDS: usize = 3;

/// Words between "violates" and the rule, as in "violates our content and usage policies".
const MAX_RULE_WORDS: usize = 6;

/// The job reached a time limit of the provider.
const TIMEOUT: &str = "\
    executiontimeout exceeded|execution timeout exceeded|execution timed out|\
    exceeded execution timeout|exceeded the execution timeout|job timed out|\
    generation timed out|task timed out|time limit exceeded|execution timeout|\
    exceeded its time limit";

/// The worker or its network failed. `#5xx` is an HTTP status that blames the server or the network.
const TECHNICAL: &str = "\
    cuda|cudnn|cublas|nccl|oom|vram|errno|sigkill|sigsegv|heartbeat|out of memory|\
    segmentation fault|core dumped|exit code|disk quota exceeded|no space left on device|\
    no such file or directory|no module named|connection reset|connection refused|\
    connection aborted|connection error|connection timed out|broken pipe|\
    certificate verify failed|name resolution|name or service not known|size mismatch|\
    same device|device ordinal|failed to load|could not be loaded|http #5xx|status #5xx|\
    status code #5xx|error code #5xx|#5xx client error|#5xx server error|\
    #5xx internal server error|#5xx bad gateway|#5xx service unavailable|#5xx gateway timeout|\
    #5xx too many requests|service unavailable|is unavailable|temporarily unavailable|\
    gpu memory|error loading|checker timed out|flagged for retry|flagged as stale|\
    flagged as duplicate";

/// The content was refused.
const REFUSAL: &str = "\
    flagged|nsfw|content policy|content policies|content checker|content filter|content filters|\
    content moderation|content safety|content guidelines|community guidelines|usage guidelines|\
    usage policy|usage policies|policy violation|safety system|safety filter|safety filters|\
    safety policy|safety guidelines|safety reasons|by moderation|by the moderation|\
    moderation system|moderation policy|moderation blocked|failed moderation|responsible ai|\
    risk control|real people|public figures|third party content|copyrighted content|\
    harmful content|sensitive content|contain sensitive|contains sensitive|explicit content|\
    sexual content|adult content|violent content|unsafe content|prohibited content|\
    inappropriate content|prompt was blocked|prompt blocked|content was blocked|content blocked|\
    likeness|likenesses|sensitive word|sensitive words|datainspectionfailed|pass moderation|\
    moderation failed|moderation check|by the safety checker|by safety checker|\
    disallowed content|offensive content|illegal content|nudity|pornographic|celebrity|\
    copyright violation|unsafe prompt|inappropriate prompt|prompt not allowed|\
    prompt is not allowed|due to safety|for safety|violence detected|real person|rai filter|\
    child safety|prohibited use|harm category|sexually explicit";

/// The account lacks money.
const MONEY: &str = "\
    insufficient balance|insufficient account balance|insufficient credit|insufficient credits|\
    insufficient funds|insufficient quota|insufficient_quota|insufficient_balance|\
    insufficient_credits|insufficient_funds|not enough balance|not enough credit|\
    not enough credits|not enough funds|out of credit|out of credits|out of funds|\
    no credits left|no credits remaining|balance is too low|balance too low|\
    balance is insufficient|balance is negative|negative balance|payment required|add funds|\
    add credits|spending limit|in arrears|low balance|not have enough credits|\
    not have enough balance|enough money|out of money|billing hard limit|balance exhausted|\
    top up your account|insufficient account funds|credit limit exceeded|balance_too_low";

/// The request has a fault. `*` is any word, and `#` any that begins with a digit.
const BAD_REQUEST: &str = "\
    must be #|must be one of|must be between|must be at least|must be at most|must be less than|\
    must be greater than|must be a multiple|must be either|must not exceed|should be one of|\
    expected one of|input should be|field required|field * is required|parameter * is required|\
    property * is required|prompt is required|image is required|duration is required|\
    is a required property|missing required|missing field|missing fields|missing parameter|\
    missing input|unknown parameter|unexpected parameter|unsupported resolution|\
    unsupported size|unsupported duration|unsupported aspect ratio|unsupported image format|\
    invalid duration|invalid resolution|invalid size|invalid aspect ratio|invalid prompt|\
    invalid image|invalid input|invalid parameter|invalid parameters|invalid request|\
    prompt is too long|prompt too long|image is too large|image is too small|image too large|\
    image too small|must be a string|must be a number|must be an integer|must be a valid|\
    must be a positive|must not be empty|cannot be empty|is not a valid|validation error|\
    validation errors|exceeds the maximum length|should be divisible|must be divisible|\
    cannot exceed #|unsupported media type|maximum duration is";

/// The most likely code for a provider's words; `None` if they do not say enough.
pub(in crate::provider) fn code_from_words(message: &str) -> Option<ErrorCode> {
    let words = first_words(message);
    let has = |phrases: &str| has_one(&words, phrases);
    if has(TIMEOUT) {
        Some(ErrorCode::GenerationTimeout)
    } else if has(TECHNICAL) || words.iter().any(|word| is_technical_exception(word)) {
        Some(ErrorCode::GenerationFailed)
    } else if has(REFUSAL) || violates_rule(&words) {
        Some(ErrorCode::ContentPolicyViolation)
    } else if has(MONEY) {
        Some(ErrorCode::InsufficientQuota)
    } else if has(BAD_REQUEST) || begins_invalid(message) {
        Some(ErrorCode::BadRequest)
    } else {
        None
    }
}

/// Whether a text has one of the phrases, which have `|` between them.
pub(in crate::provider) fn says(text: &str, phrases: &str) -> bool {
    has_one(&first_words(text), phrases)
}

#[inline(never)]
fn first_words(text: &str) -> Vec<&str> {
    words_of(text).take(MAX_WORDS).collect()
}

/// The words of a text. An underscore belongs to a word, as in the name of a variable.
pub(in crate::provider) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    // The tables of all alphabets would add kilobytes to the module.
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    text.split(move |c| !is_part(c)).filter(|word| !word.is_empty())
}

/// Whether the words contain one of the phrases.
#[inline(never)]
fn has_one(words: &[&str], phrases: &str) -> bool {
    phrases.split('|').any(|phrase| has_phrase(words, phrase))
}

/// Whether the words contain a phrase, in any case.
pub(in crate::provider) fn has_phrase(words: &[&str], phrase: &str) -> bool {
    let matches = |(pattern, word): (&str, &&str)| match pattern {
        "*" => true,
        "#" => word.starts_with(|c: char| c.is_ascii_digit()),
        "#5xx" => {
            matches!(*word, "401" | "404" | "408" | "409" | "429")
                || word.len() == 3 && word.starts_with('5')
        }
        _ => word.eq_ignore_ascii_case(pattern),
    };
    let length = phrase.split(' ').count();
    words.windows(length).any(|words| phrase.split(' ').zip(words).all(matches))
}

/// Whether the word is the name of an exception that a program's fault raises, as `KeyError`. Those that
/// carry any message, as `ValueError` and `RuntimeError`, say nothing.
fn is_technical_exception(word: &str) -> bool {
    const NETWORK: &str = "connect|timeout";
    const CARRIERS: &str = "\
        value|validation|runtime|input|request|api|handler|policy|moderation|safety|content|nsfw|\
        invalid|credit|quota|balance|payment|insufficient|httpexception";
    let Some(name) = word.strip_suffix("Error").or_else(|| word.strip_suffix("Exception")) else {
        return false;
    };
    let lower = word.to_ascii_lowercase();
    let has = |parts: &str| parts.split('|').any(|part| contains(&lower, part));
    name.starts_with(|c: char| c.is_ascii_uppercase()) && (has(NETWORK) || !has(CARRIERS))
}

/// Whether the words say that a rule is violated.
fn violates_rule(words: &[&str]) -> bool {
    const RULES: &str = "policy|policies|guidelines|terms|rules|standards";
    const VIOLATE: &str = "violate|violates|violated|violating|violation|against";
    let is_one = |of: &str, word: &str| of.split('|').any(|one| word.eq_ignore_ascii_case(one));
    words.iter().enumerate().any(|(at, word)| {
        let mut next = words.iter().skip(at).take(MAX_RULE_WORDS);
        is_one(VIOLATE, word) && next.any(|word| is_one(RULES, word))
    })
}

/// Whether the message begins with `Invalid …:`, also behind the name of an exception.
fn begins_invalid(message: &str) -> bool {
    let sentence = match split_once(message, ": ") {
        Some((name, rest)) if name.ends_with("Error") => rest,
        _ => message,
    };
    let Some((head, _)) = sentence.trim_start().split_once(':') else {
        return false;
    };
    let mut words = words_of(head);
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("invalid"))
        && (1..=MAX_NAME_WORDS).contains(&words.count())
}
