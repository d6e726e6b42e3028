//! Runware's error codes. They "are being standardized", so the known codes are compared whole, and
//! substrings classify the rest, in a fixed order.
//! Source: runware.ai/docs, "Errors", and the sets of Runware's Python SDK (`runware/errors.py`).

use crate::error::ErrorCode;
use crate::provider::contains;

/// The class of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Safety,
    Auth,
    Quota,
    RateLimit,
    Timeout,
    NotFound,
    Conflict,
    Validation,
    Provider,
    Server,
    Unrecognized,
}

impl Class {
    pub(super) fn code(self) -> ErrorCode {
        match self {
            Class::Safety => ErrorCode::ContentPolicyViolation,
            Class::Auth => ErrorCode::Unauthorized,
            Class::Quota => ErrorCode::InsufficientQuota,
            Class::RateLimit => ErrorCode::RateLimited,
            Class::Timeout => ErrorCode::GenerationTimeout,
            Class::Conflict | Class::Validation | Class::NotFound => ErrorCode::BadRequest,
            Class::Provider | Class::Server | Class::Unrecognized => ErrorCode::GenerationFailed,
        }
    }
}

/// The known codes that the substrings would classify otherwise.
const EXACT: &[(Class, &str)] = &[
    (
        Class::Auth,
        "\
        authtimeout|insufficientpermissions|tokenexpired|tokeninvalid|tokenmissing|\
        tokenrevoked|invalidtoken|missingtoken|expiredtoken",
    ),
    (Class::Quota, "environmentpaused"),
    (Class::NotFound, "taskcancelled|taskcanceled|taskfailedornotfound|unknownmodel"),
    (
        Class::Provider,
        "\
        inferenceerror|processingfailed|taskfailed|downloadfailed|uploadfailed|\
        noavailableserver|modelunavailable|modeldisabled|modelnotready|\
        mediastoragefilecouldnotbemoved",
    ),
    (
        Class::Server,
        "\
        standarderror|unknownerror|undefinederror|defaulterror|unrecognizedresponse|\
        errorretrievingaccountmanagement",
    ),
    (
        Class::Validation,
        "\
        validationfailed|unknownparameter|unknownprovidersettingsprovider|\
        transparentmodelmismatch|modelownershipvalidationerror|modelalreadyexists",
    ),
];

/// The order matters: `providerContentPolicyViolation` is about the content, `providerUnauthorized` about
/// Runware's key at the provider behind it, and `invalidApiKey` about the caller's key.
const PARTS: &[(Class, &str)] = &[
    (
        Class::Safety,
        "\
        contentpolicy|contentdetected|contentfilter|contentviolation|contentmoderation|\
        promptblocked|imageblocked|moderationfailed|moderationblocked|invalidprovidercontent",
    ),
    (Class::Provider, "^provider"),
    (Class::Conflict, "conflict|^duplicate|taskalreadyexists|taskuuidalready"),
    (
        Class::Auth,
        "\
        unauthorized|unauthenticated|forbidden|apikey|credentials|suspended|permissiondenied|\
        authentication|accesstoken|apitoken|authtoken|bearertoken|^auth",
    ),
    (Class::Validation, "^invalid|^missing|^unsupported|^value|^array|^mismatch|^incompatible"),
    (Class::Quota, "credits|quota|balance|paymentrequired|insufficientfunds"),
    (Class::RateLimit, "ratelimit|toomanyrequests"),
    (Class::Timeout, "timeout|timedout"),
    (Class::NotFound, "notfound|expired"),
    (Class::Validation, "^max|missing|unsupported"),
    (Class::Server, "server|service|internal|gateway"),
];

/// Codes that say only that something failed, and none at all: the words beside them say more.
const GENERIC: &str = "\
    |error|providererror|inferenceerror|processingfailed|taskfailed|standarderror|\
    unknownerror|undefinederror|defaulterror";

/// Codes of a task that was found, is over or is not there, unlike those of a model or an image.
const OF_TASK: &str = "task|response|result|job";

/// An error code, as letters and digits in lower case: `content_policy_violation` and
/// `contentPolicyViolation` are the same code.
#[derive(Debug, Clone)]
pub(super) struct Code(String);

impl Code {
    pub(super) fn new(code: &str) -> Self {
        let letters = code.chars().take(MAX_CODE_CHARS).filter(char::is_ascii_alphanumeric);
        Code(letters.map(|letter| letter.to_ascii_lowercase()).collect())
    }

    /// Whether the code is one of these, which have `|` between them.
    fn is_one_of(&self, codes: &str) -> bool {
        codes.split('|').any(|code| self.0 == code)
    }

    /// Whether the code has one of the parts; `^` marks the beginning.
    fn has(&self, parts: &str) -> bool {
        parts.split('|').any(|part| match part.strip_prefix('^') {
            Some(start) => self.0.starts_with(start),
            None => contains(&self.0, part),
        })
    }

    pub(super) fn class(&self) -> Class {
        let exact = EXACT.iter().find(|(_, codes)| self.is_one_of(codes));
        let by_part = || PARTS.iter().find(|(_, parts)| self.has(parts));
        let class = exact.or_else(by_part).map_or(Class::Unrecognized, |(class, _)| *class);
        match class {
            // What the provider behind Runware limits is not the caller's, apart from its pace.
            Class::Provider if self.has("ratelimit|toomanyrequests") => Class::RateLimit,
            Class::Provider if self.has("timeout|timedout") => Class::Timeout,
            Class::Unrecognized if self.is_about_account() || self.is_about_token() => Class::Auth,
            class => class,
        }
    }

    fn is_about_account(&self) -> bool {
        self.has("^account|^organization|^workspace") && self.has("disabled")
    }

    /// `tokenRejected`, but not `tokenLimitExceeded`, which counts the prompt's tokens.
    fn is_about_token(&self) -> bool {
        self.has("^token") && !self.has("limit|count|exceed")
    }

    pub(super) fn is_generic(&self) -> bool {
        self.is_one_of(GENERIC)
    }

    /// Whether only a generation can fail so: not the poll that reports it, whatever its HTTP status.
    pub(super) fn is_of_generation(&self) -> bool {
        const FAILED: &str = "processingfailed|taskfailed|downloadfailed|uploadfailed";
        self.class() == Class::Safety
            || self.has("provider|inference|generation")
            || self.is_one_of(FAILED)
    }

    /// Whether the code is about the task that a request names, as `taskNotFound`.
    pub(super) fn is_of_task(&self) -> bool {
        self.has(OF_TASK)
    }

    /// Whether the code names nothing, as `notFound`.
    pub(super) fn is_of_nothing(&self) -> bool {
        self.is_one_of("notfound|expired")
    }

    /// Whether the code is about the poll's own fields.
    pub(super) fn is_of_poll(&self) -> bool {
        self.has("taskuuid|tasktype")
    }

    pub(super) fn is_of_model(&self) -> bool {
        self.has("modelunavailable|modeldisabled")
            || self.is_one_of("notfound")
            || self.class() == Class::NotFound && self.has("model")
    }

    /// Whether the provider behind Runware limits the pace, not Runware.
    pub(super) fn is_of_provider(&self) -> bool {
        self.has("^provider")
    }
}

/// Longer codes are no codes.
const MAX_CODE_CHARS: usize = 200;
