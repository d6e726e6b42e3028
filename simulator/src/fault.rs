//! Faults: a list of rules, and a seeded random mode.
//!
//! `POST /control/faults` replaces all rules with a list of rules, or with `{ "rules": […], "random": {…} }`.
//! `POST /control/fault` adds one rule. The first rule that matches a request decides: it skips `skip`
//! requests, injects the fault into the next `times`, and is removed.

use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::field::Oddity;
use crate::http::Response;
use crate::listing::Provider;
use crate::rng::Rng;

/// The operation of a request.
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

/// Which requests a fault is injected into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// The provider; either if absent.
    pub provider: Option<Provider>,
    /// The operation; any if absent.
    pub operation: Option<Operation>,
    /// How many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many are hit after those.
    #[serde(default = "one")]
    pub times: u32,
    /// The fault to inject.
    pub fault: Fault,
}

fn one() -> u32 {
    1
}

impl FaultRule {
    /// What is wrong with a rule that can never fire, and what to do.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.times == 0 {
            return Err("`times` must be 1 or more: leave the rule out to have no fault".to_owned());
        }
        self.fault.check_status()?;
        if matches!(self.fault, Fault::IgnoreDryRun {})
            && self.operation.is_some_and(|operation| operation != Operation::Submit)
        {
            return Err("`ignoreDryRun` needs the operation `submit`, or none".to_owned());
        }
        let of_operation = match self.operation {
            Some(Operation::Details) => Some(("the operation `details`", Provider::Runware)),
            Some(Operation::Cancel) => Some(("the operation `cancel`", Provider::Runpod)),
            _ => None,
        };
        let given = self.provider.map(|provider| ("`provider`", provider));
        let of_fault = self.only_provider().map(|provider| ("the fault", provider));
        let mut parts = [given, of_operation, of_fault].into_iter().flatten();
        if let Some((first, provider)) = parts.next()
            && let Some((other, its)) = parts.find(|(_, each)| *each != provider)
        {
            let (name, its_name) = (name_of(provider), name_of(its));
            return Err(format!(
                "the rule can never fire: {first} is for {name} only, {other} for {its_name} only; change one of them"
            ));
        }
        Ok(())
    }

    /// The provider that the fault is for, unless it is for both.
    fn only_provider(&self) -> Option<Provider> {
        match self.fault {
            Fault::Duplicate {} if self.operation == Some(Operation::Webhook) => None,
            Fault::LegacyError {} | Fault::Duplicate {} | Fault::IgnoreDryRun {} => {
                Some(Provider::Runware)
            }
            Fault::Odd { oddity } => Some(oddity.provider()),
            _ => None,
        }
    }
}

fn name_of(provider: Provider) -> &'static str {
    match provider {
        Provider::Runpod => "RunPod",
        Provider::Runware => "Runware",
    }
}

/// A fault. "Before" means that the provider never reads the request; "after" means that it
/// carries the request out and only the response is changed.
///
/// For a webhook, `latency` delays it, `duplicate` sends it twice, and every other fault drops it.
///
/// Faults without parameters are empty structs: serde accepts unknown fields beside a unit variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// The right response, late.
    Latency {
        /// Delay in milliseconds.
        ms: u64,
    },
    /// The connection is reset before the request is read.
    ResetBefore {
        /// Delay in milliseconds.
        #[serde(default)]
        ms: u64,
    },
    /// The connection is reset after the request is carried out.
    ResetAfter {
        /// Delay in milliseconds.
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
        /// Whether the request is carried out first.
        #[serde(default)]
        after: bool,
    },
    /// An HTML page, as a proxy would send.
    Html {
        /// The HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the request is carried out first.
        #[serde(default)]
        after: bool,
    },
    /// Plain text that is not JSON.
    Text {
        /// The HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the request is carried out first.
        #[serde(default)]
        after: bool,
    },
    /// Runware's legacy error envelope, before.
    LegacyError {},
    /// Half of the right response, in a complete HTTP message.
    Truncated {},
    /// Half of the right response; then the connection breaks.
    TruncatedStream {},
    /// HTTP 401 without a body, before.
    Empty401 {},
    /// Every row of a Runware response twice.
    Duplicate {},
    /// A dry run is carried out and billed as a submit: the header is ignored.
    IgnoreDryRun {},
    /// The right response, which a page of another origin may not read.
    CorsBlocked {},
    /// The right response in one of the field mode's forms.
    Odd {
        /// The form.
        oddity: Oddity,
    },
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
    /// A date, this many seconds from now.
    #[serde(rename_all = "camelCase")]
    Date {
        /// Seconds from now.
        date_in_seconds: u64,
    },
    /// Verbatim text.
    Text(String),
}

impl RetryAfter {
    fn header(&self, now_ms: u64) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text.chars().filter(|each| (' '..='~').contains(each)).collect(),
            Self::Date { date_in_seconds } => {
                // Limited to the years that an HTTP date can represent.
                let wait = date_in_seconds.saturating_mul(1000);
                let at = now_ms.saturating_add(wait).min(253_402_300_799_000);
                httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(at))
            }
        }
    }
}

/// Random faults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RandomFaults {
    /// How many of a thousand requests are hit.
    pub per_mille: u64,
    /// The seed: the same requests in the same order meet the same faults.
    pub seed: u64,
}

impl RandomFaults {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.per_mille > 1000 {
            return Err("`perMille` must be from 0 to 1000: 1000 is every request".to_owned());
        }
        Ok(())
    }
}

/// The random faults. An empty 401 is not among them: a client is right to stop there.
const RANDOM_FAULTS: [Fault; 10] = [
    Fault::Latency { ms: 2_000 },
    Fault::ResetBefore { ms: 100 },
    Fault::ResetAfter { ms: 100 },
    Fault::RateLimit { retry_after: None },
    Fault::RateLimit { retry_after: Some(RetryAfter::Seconds(2)) },
    Fault::Error { status: 500, after: false },
    Fault::Error { status: 503, after: true },
    Fault::Html { status: 502, after: false },
    Fault::Truncated {},
    Fault::TruncatedStream {},
];

/// The pending faults.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    rules: Vec<FaultRule>,
    random: Option<(u64, Rng)>,
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>, random: Option<&RandomFaults>) -> Self {
        let random = random.map(|random| (random.per_mille, Rng::new(random.seed)));
        Self { rules, random }
    }

    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.rules.push(rule);
    }

    /// Whether no fault is pending.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.random.is_none()
    }

    /// The fault for this request, if there is one.
    pub(crate) fn take(&mut self, provider: Provider, operation: Operation) -> Option<Fault> {
        let fits = |rule: &FaultRule| {
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
        let (per_mille, rng) = self.random.as_mut()?;
        rng.happens(*per_mille)
            .then(|| RANDOM_FAULTS.get(rng.one_of(RANDOM_FAULTS.len())).cloned())?
    }
}

/// The effect of a fault before the request is read.
pub(crate) enum Before {
    /// None: continue.
    Pass,
    Respond(Response),
    Reset(u64),
}

/// The effect of a fault on the right response.
pub(crate) enum After {
    Respond(Response),
    Reset(u64),
}

impl Fault {
    /// A page or a text may have any status of a response with a body; an error of the provider is one.
    fn check_status(&self) -> Result<(), String> {
        let (min, status) = match self {
            Self::Error { status, .. } => (400, *status),
            Self::Html { status, .. } | Self::Text { status, .. } => (200, *status),
            _ => return Ok(()),
        };
        if !(min..=599).contains(&status) || matches!(status, 204 | 205 | 304) {
            return Err(format!(
                "`status` must be from {min} to 599 and allow a body: {status} does not"
            ));
        }
        Ok(())
    }

    /// Whether the provider never reads the request.
    pub(crate) fn is_before(&self) -> bool {
        match self {
            Self::ResetBefore { .. }
            | Self::RateLimit { .. }
            | Self::LegacyError {}
            | Self::Empty401 {} => true,
            Self::Error { after, .. } | Self::Html { after, .. } | Self::Text { after, .. } => {
                !after
            }
            _ => false,
        }
    }

    pub(crate) fn before(&self, provider: Provider, now_ms: u64) -> Before {
        Before::Respond(match self {
            Self::ResetBefore { ms } => return Before::Reset(*ms),
            Self::RateLimit { retry_after } => {
                let response = error(provider, 429);
                match retry_after {
                    Some(value) => response.with("retry-after", value.header(now_ms)),
                    None => response,
                }
            }
            Self::Error { status, after: false } => error(provider, *status),
            Self::Html { status, after: false } => html_page(*status),
            Self::Text { status, after: false } => plain_text(*status),
            Self::LegacyError {} => crate::runware::legacy_error(),
            Self::Empty401 {} => Response::empty(401),
            _ => return Before::Pass,
        })
    }

    pub(crate) fn after(&self, provider: Provider, mut response: Response) -> After {
        After::Respond(match self {
            Self::Latency { ms } => {
                let after_ms = response.after_ms.saturating_add(*ms);
                response.after(after_ms)
            }
            Self::ResetAfter { ms } => return After::Reset(response.after_ms.saturating_add(*ms)),
            Self::Error { status, after: true } => error(provider, *status),
            Self::Html { status, after: true } => html_page(*status),
            Self::Text { status, after: true } => plain_text(*status),
            Self::Truncated {} => {
                response.body.truncate(response.body.len() / 2);
                response.length = response.body.len();
                response
            }
            Self::TruncatedStream {} => {
                response.body.truncate(response.body.len() / 2);
                response
            }
            Self::Duplicate {} => crate::runware::duplicate_rows(response),
            _ => response,
        })
    }
}

fn error(provider: Provider, status: u16) -> Response {
    match provider {
        Provider::Runpod => crate::runpod::server_error(status),
        Provider::Runware => crate::runware::server_error(status),
    }
}

fn html_page(status: u16) -> Response {
    let html = format!("<html><head><title>{status}</title></head><body>Bad gateway</body></html>");
    Response::html(status, &html)
}

fn plain_text(status: u16) -> Response {
    Response::text(status, "upstream connect error or disconnect before headers")
}
