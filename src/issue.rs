//! The one vocabulary of problems that a request can have.

use crate::json::Value;

use crate::codec::{codec, object, string_enum};

/// A stable name for what is wrong. Messages may change, codes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// No field of this name; `fix` offers the nearest one.
    UnrecognizedField,
    /// Required, and not there.
    Required,
    /// Another type is wanted.
    InvalidType,
    /// NaN or an infinity.
    NotFinite,
    /// A whole number is wanted.
    NotInteger,
    /// Not one of the allowed values.
    InvalidValue,
    /// Below the minimum.
    TooSmall,
    /// Above the maximum.
    TooLarge,
    /// Too few characters.
    TooShort,
    /// Too many characters or bytes.
    TooLong,
    /// Not of the form that is wanted.
    InvalidFormat,
    /// Half of a UTF-16 pair, which no JSON can carry.
    InvalidUnicode,
    /// An address that the provider cannot reach, or must not.
    PrivateHost,
    /// Excluded by another field, or wanting one.
    Conflict,
    /// This listing cannot do it.
    Unsupported,
    /// A raw field that filmgate itself needs.
    Reserved,
    /// No such model in the catalog.
    UnknownModel,
    /// Warning: this listing has no place for the field, and the video is the same without it.
    Ignored,
    /// Warning: seen in the provider's examples, but not in its list.
    Undocumented,
    /// Warning: the provider or its upstream has switched the model off; the server decides.
    DeprecatedModel,
    /// Warning: an address without TLS.
    InsecureUrl,
}

string_enum!(Code {
    UnrecognizedField = "unrecognized_field",
    Required = "required",
    InvalidType = "invalid_type",
    NotFinite = "not_finite",
    NotInteger = "not_integer",
    InvalidValue = "invalid_value",
    TooSmall = "too_small",
    TooLarge = "too_large",
    TooShort = "too_short",
    TooLong = "too_long",
    InvalidFormat = "invalid_format",
    InvalidUnicode = "invalid_unicode",
    PrivateHost = "private_host",
    Conflict = "conflict",
    Unsupported = "unsupported",
    Reserved = "reserved",
    UnknownModel = "unknown_model",
    Ignored = "ignored",
    Undocumented = "undocumented",
    DeprecatedModel = "deprecated_model",
    InsecureUrl = "insecure_url",
});

/// Whether a problem stops the submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is sent.
    Error,
    /// The caller may go on.
    Warning,
}

string_enum!(Severity {
    Error = "error",
    Warning = "warning",
});

/// A change that mends a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// The field to change.
    pub path: String,
    /// What to put there; `None`: remove the field.
    pub value: Option<Value>,
    /// Another field, which the new value takes the place of.
    pub remove: Option<String>,
}

codec!(Fix {
    path = "path",
    value = "value",
    remove = "remove",
});

/// One problem of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Whether it stops the submit.
    pub severity: Severity,
    /// Where, such as `output.quality`; empty for the request as a whole.
    pub path: String,
    /// What, as a stable name.
    pub code: Code,
    /// What, in words, and what to do. Never holds the prompt or a key.
    pub message: String,
    /// The values that are allowed.
    pub allowed: Vec<Value>,
    /// The smallest value or length.
    pub min: Option<i64>,
    /// The largest value or length.
    pub max: Option<i64>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

impl Issue {
    /// A problem that stops the submit.
    pub fn error(path: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Issue::new(Severity::Error, path.into(), code, message.into())
    }

    /// A problem that does not.
    pub fn warning(path: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Issue::new(Severity::Warning, path.into(), code, message.into())
    }

    #[inline(never)]
    fn new(severity: Severity, path: String, code: Code, message: String) -> Self {
        Issue {
            severity,
            path,
            code,
            message,
            allowed: Vec::new(),
            min: None,
            max: None,
            fix: None,
        }
    }

    /// Adds the values that are allowed.
    pub fn allowed(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.allow(&mut values.into_iter());
        self
    }

    #[inline(never)]
    fn allow(&mut self, values: &mut dyn Iterator<Item = Value>) {
        self.allowed = values.collect();
    }

    /// Adds the limits that are to be kept.
    pub fn limits(mut self, min: Option<i64>, max: Option<i64>) -> Self {
        (self.min, self.max) = (min, max);
        self
    }

    /// Adds the change "set `path` to `value`".
    pub fn set(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.mend(path.into(), Some(value.into()));
        self
    }

    #[inline(never)]
    fn mend(&mut self, path: String, value: Option<Value>) {
        let remove = None;
        self.fix = Some(Fix {
            path,
            value,
            remove,
        });
    }

    /// Adds to the change "set": `path` goes, since the new value takes its place.
    pub fn in_place_of(mut self, path: impl Into<String>) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.remove = Some(path.into());
        }
        self
    }

    /// Adds the change "remove `path`".
    pub fn remove(mut self, path: impl Into<String>) -> Self {
        self.mend(path.into(), None);
        self
    }

    /// The issue as JSON; `provider` where one listing alone has it.
    pub fn to_json(&self, provider: Option<&str>) -> Value {
        object! {
            "severity": self.severity,
            "path": self.path,
            "code": self.code,
            "message": self.message,
            "provider" => provider.into(),
            "allowed": self.allowed,
            "min": self.min,
            "max": self.max,
            "fix": self.fix,
        }
    }
}

/// Whether any of the issues stops the submit.
pub fn any_error(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| issue.severity == Severity::Error)
}
