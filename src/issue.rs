//! Issues: the problems that a request can have.

use crate::json::Value;

use crate::codec::pack::pack_as_value;
use crate::codec::{codec, object, string_enum};

/// A stable code for what is wrong. Messages may change, codes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// No field has this name; `allowed` has the nearest one.
    UnrecognizedField,
    /// A required field is missing.
    Required,
    /// The type is wrong.
    InvalidType,
    /// NaN or an infinity.
    NotFinite,
    /// The number must be an integer.
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
    /// The format is wrong.
    InvalidFormat,
    /// A lone surrogate, which JSON cannot represent.
    InvalidUnicode,
    /// A URL that the provider cannot or must not reach.
    PrivateHost,
    /// Bytes are given, and the listing accepts only a URL.
    UrlRequired,
    /// Excluded by another field, or required to have another value by it.
    Conflict,
    /// The listing does not support it.
    Unsupported,
    /// A raw field that filmgate sets itself.
    Reserved,
    /// The catalog does not have the model.
    UnknownModel,
    /// Warning: the listing does not support the field, and it is not sent.
    Ignored,
    /// Warning: the provider's documentation is unclear about this.
    Undocumented,
    /// Warning: the first or last frame has another aspect ratio than the video.
    ShapeMismatch,
    /// Warning: the model was retired, and the provider may reject it.
    DeprecatedModel,
    /// Warning: a URL without TLS.
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
    UrlRequired = "url_required",
    Conflict = "conflict",
    Unsupported = "unsupported",
    Reserved = "reserved",
    UnknownModel = "unknown_model",
    Ignored = "ignored",
    Undocumented = "undocumented",
    ShapeMismatch = "shape_mismatch",
    DeprecatedModel = "deprecated_model",
    InsecureUrl = "insecure_url",
});

/// Whether an issue prevents a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// It prevents a submit.
    Error,
    /// It does not prevent a submit.
    Warning,
}

string_enum!(Severity {
    Error = "error",
    Warning = "warning",
});

/// A change that resolves an issue. It renames, converts or moves what the caller gave, and never drops what was asked
/// for: if only the caller can decide, there is no fix.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// The field to change.
    pub path: String,
    /// The new value; `None`: remove the field, because it is empty or another field already says the same.
    pub value: Option<Value>,
    /// Another field to remove, which the new value replaces.
    pub remove: Option<String>,
}

codec!(Fix {
    path = "path",
    value = "value",
    remove = "remove",
});

/// One issue of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Whether it prevents a submit.
    pub severity: Severity,
    /// The field, such as `output.quality`; empty for the whole request.
    pub path: String,
    /// The stable code.
    pub code: Code,
    /// What is wrong and what to do. Never contains the prompt or a key.
    pub message: String,
    /// The allowed values.
    pub allowed: Vec<Value>,
    /// The minimum value or length.
    pub min: Option<i64>,
    /// The maximum value or length.
    pub max: Option<i64>,
    /// A change that resolves it.
    pub fix: Option<Fix>,
}

codec!(Issue {
    severity = "severity",
    path = "path",
    code = "code",
    message = "message",
    allowed = "allowed",
    min = "min",
    max = "max",
    fix = "fix",
});
pack_as_value!(Vec<Issue>);

/// An issue is built in a box: it is large, and each step would move it.
impl Issue {
    /// An issue that prevents a submit.
    pub fn error(path: impl AsRef<str>, code: Code, message: impl AsRef<str>) -> Box<Self> {
        Issue::new(Severity::Error, path.as_ref(), code, message.as_ref())
    }

    /// An issue that does not prevent a submit.
    pub fn warning(path: impl AsRef<str>, code: Code, message: impl AsRef<str>) -> Box<Self> {
        Issue::new(Severity::Warning, path.as_ref(), code, message.as_ref())
    }

    #[inline(never)]
    fn new(severity: Severity, path: &str, code: Code, message: &str) -> Box<Self> {
        Box::new(Issue {
            severity,
            path: path.to_owned(),
            code,
            message: message.to_owned(),
            allowed: Vec::new(),
            min: None,
            max: None,
            fix: None,
        })
    }

    /// Adds the allowed values.
    #[inline(never)]
    pub fn allowed(mut self: Box<Self>, values: Vec<Value>) -> Box<Self> {
        self.allowed = values;
        self
    }

    /// Adds the limits.
    #[inline(never)]
    pub fn limits(mut self: Box<Self>, min: Option<i64>, max: Option<i64>) -> Box<Self> {
        (self.min, self.max) = (min, max);
        self
    }

    /// Suggests to set `path` to `value`.
    pub fn suggest_set(
        self: Box<Self>,
        path: impl AsRef<str>,
        value: impl Into<Value>,
    ) -> Box<Self> {
        self.suggest(path.as_ref(), Some(value.into()))
    }

    #[inline(never)]
    fn suggest(mut self: Box<Self>, path: &str, value: Option<Value>) -> Box<Self> {
        self.fix = Some(Fix { path: path.to_owned(), value, remove: None });
        self
    }

    /// Adds to [`Issue::suggest_set`] that the new value replaces `path`, which is removed.
    #[inline(never)]
    pub fn replacing(mut self: Box<Self>, path: &str) -> Box<Self> {
        if let Some(fix) = &mut self.fix {
            fix.remove = Some(path.to_owned());
        }
        self
    }

    /// Suggests to remove `path`, which is empty.
    pub fn suggest_remove(self: Box<Self>, path: &str) -> Box<Self> {
        self.suggest(path, None)
    }

    /// The issue as JSON, with the `provider` if it is one listing's.
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

/// Whether any issue prevents a submit.
pub fn any_error(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| issue.severity == Severity::Error)
}
