//! Faults: a list of rules, and a seeded random mode.
//!
//! `POST /control/faults` takes a list of rules, or `{ "rules": […], "random": {…} }`; either
//! replaces what was there. `POST /control/fault` adds one rule. The first rule that fits a request decides about it: it lets `skip` of
//! them pass, strikes `times` of them, and is gone.

use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::http::Answer;
use crate::listing::Provider;
use crate::rng::Dice;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Operation {
    Submit,
    Poll,
    Cancel,
    Details,
    Download,
    Webhook,
}

/// When which fault strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// The provider it is about; either, where absent.
    pub provider: Option<Provider>,
    /// The operation it is about; any, where absent.
    pub operation: Option<Operation>,
    /// How many fitting requests pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How many are struck after those.
    #[serde(default = "once")]
    pub times: u32,
    /// What strikes.
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

/// What can go wrong. "Before" means that the provider never read the request; "after" that it
/// did all that was asked, and only the answer was harmed.
///
/// For a webhook, `latency` delays it, `duplicate` sends it twice, and every other fault loses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// The right answer, late.
    Latency {
        /// How late.
        ms: u64,
    },
    /// The connection is torn down before the request was read.
    ResetBefore {
        /// After how long.
        #[serde(default)]
        ms: u64,
    },
    /// The connection is torn down after the request was carried out.
    ResetAfter {
        /// After how long.
        #[serde(default)]
        ms: u64,
    },
    /// HTTP 429, before.
    RateLimit {
        /// The `Retry-After` header, if any.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// An HTTP error in the provider's own shape.
    Error {
        /// The HTTP status.
        #[serde(default = "internal_error")]
        status: u16,
        /// Whether the request was carried out first.
        #[serde(default)]
        after: bool,
    },
    /// An HTML page, as a proxy in between would send.
    Html {
        /// The HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the request was carried out first.
        #[serde(default)]
        after: bool,
    },
    /// Plain text that is not JSON.
    Text {
        /// The HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the request was carried out first.
        #[serde(default)]
        after: bool,
    },
    /// Runware's older error envelope, before.
    LegacyError,
    /// Half of the right answer, in a whole HTTP message.
    Truncated,
    /// Half of the right answer; then the connection breaks.
    TruncatedStream,
    /// HTTP 401 without a body, before.
    Empty401,
    /// Every row of a Runware answer twice.
    Duplicate,
    /// The right answer, which a page of another origin may not read.
    CorsBlocked,
}

fn internal_error() -> u16 {
    500
}

fn bad_gateway() -> u16 {
    502
}

/// The value of a `Retry-After` header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// A date, so many seconds from now.
    #[serde(rename_all = "camelCase")]
    Date {
        /// Seconds from now.
        date_in_seconds: u64,
    },
    /// As it stands.
    Text(String),
}

impl RetryAfter {
    fn header(&self, now_ms: u64) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text
                .chars()
                .filter(|each| (' '..='~').contains(each))
                .collect(),
            Self::Date { date_in_seconds } => {
                // Within the years that an HTTP date can be written in.
                let wait = date_in_seconds.saturating_mul(1000);
                let at = now_ms.saturating_add(wait).min(253_402_300_799_000);
                httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(at))
            }
        }
    }
}

/// Faults by chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Random {
    /// How many of a thousand requests are struck.
    pub per_mille: u64,
    /// The seed: the same requests in the same order meet the same faults.
    pub seed: u64,
}

/// What chance chooses from. An empty 401 is not among them: a client is right to stop there.
const BY_CHANCE: [Fault; 10] = [
    Fault::Latency { ms: 2_000 },
    Fault::ResetBefore { ms: 100 },
    Fault::ResetAfter { ms: 100 },
    Fault::RateLimit { retry_after: None },
    Fault::RateLimit {
        retry_after: Some(RetryAfter::Seconds(2)),
    },
    Fault::Error {
        status: 500,
        after: false,
    },
    Fault::Error {
        status: 503,
        after: true,
    },
    Fault::Html {
        status: 502,
        after: false,
    },
    Fault::Truncated,
    Fault::TruncatedStream,
];

/// The faults still to come.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    random: Option<(u64, Dice)>,
}

impl Faults {
    pub(crate) fn new(rules: Vec<Rule>, random: Option<&Random>) -> Self {
        let random = random.map(|random| (random.per_mille, Dice::new(random.seed)));
        Self { rules, random }
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    /// Whether no fault can come.
    pub(crate) fn is_quiet(&self) -> bool {
        self.rules.is_empty() && self.random.is_none()
    }

    /// The fault that strikes this request, if one does.
    pub(crate) fn strike(&mut self, provider: Provider, operation: Operation) -> Option<Fault> {
        let fits = |rule: &Rule| {
            rule.provider.is_none_or(|each| each == provider)
                && rule.operation.is_none_or(|each| each == operation)
                && rule.times > 0
        };
        if let Some(rule) = self.rules.iter_mut().find(|rule| fits(rule)) {
            if rule.skip > 0 {
                rule.skip -= 1;
                return None;
            }
            rule.times -= 1;
            let fault = rule.fault.clone();
            self.rules.retain(|rule| rule.times > 0);
            return Some(fault);
        }
        let (per_mille, dice) = self.random.as_mut()?;
        dice.happens(*per_mille)
            .then(|| BY_CHANCE.get(dice.one_of(BY_CHANCE.len())).cloned())?
    }
}

/// What a fault makes of a request, when it strikes before the request is read.
pub(crate) enum Before {
    /// Nothing: go on.
    Pass,
    Answer(Answer),
    Reset(u64),
}

/// What a fault makes of the right answer.
pub(crate) enum After {
    Answer(Answer),
    Reset(u64),
}

impl Fault {
    /// Whether the provider never reads the request that it strikes.
    pub(crate) fn comes_before(&self) -> bool {
        match self {
            Self::ResetBefore { .. }
            | Self::RateLimit { .. }
            | Self::LegacyError
            | Self::Empty401 => true,
            Self::Error { after, .. } | Self::Html { after, .. } | Self::Text { after, .. } => {
                !after
            }
            _ => false,
        }
    }

    pub(crate) fn before(&self, provider: Provider, now_ms: u64) -> Before {
        Before::Answer(match self {
            Self::ResetBefore { ms } => return Before::Reset(*ms),
            Self::RateLimit { retry_after } => {
                let answer = error(provider, 429);
                match retry_after {
                    Some(value) => answer.with("retry-after", value.header(now_ms)),
                    None => answer,
                }
            }
            Self::Error {
                status,
                after: false,
            } => error(provider, *status),
            Self::Html {
                status,
                after: false,
            } => page(*status),
            Self::Text {
                status,
                after: false,
            } => plain(*status),
            Self::LegacyError => crate::runware::legacy_error(),
            Self::Empty401 => Answer::empty(401),
            _ => return Before::Pass,
        })
    }

    pub(crate) fn after(&self, provider: Provider, mut answer: Answer) -> After {
        After::Answer(match self {
            Self::Latency { ms } => {
                let after_ms = answer.after_ms.saturating_add(*ms);
                answer.after(after_ms)
            }
            Self::ResetAfter { ms } => return After::Reset(answer.after_ms.saturating_add(*ms)),
            Self::Error {
                status,
                after: true,
            } => error(provider, *status),
            Self::Html {
                status,
                after: true,
            } => page(*status),
            Self::Text {
                status,
                after: true,
            } => plain(*status),
            Self::Truncated => {
                answer.body.truncate(answer.body.len() / 2);
                answer.length = answer.body.len();
                answer
            }
            Self::TruncatedStream => {
                answer.body.truncate(answer.body.len() / 2);
                answer
            }
            Self::Duplicate => crate::runware::doubled(answer),
            _ => answer,
        })
    }
}

fn error(provider: Provider, status: u16) -> Answer {
    match provider {
        Provider::Runpod => crate::runpod::server_error(status),
        Provider::Runware => crate::runware::server_error(status),
    }
}

fn page(status: u16) -> Answer {
    let html = format!("<html><head><title>{status}</title></head><body>Bad gateway</body></html>");
    Answer::html(status, &html)
}

fn plain(status: u16) -> Answer {
    Answer::text(
        status,
        "upstream connect error or disconnect before headers",
    )
}
