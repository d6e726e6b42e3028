//! Runware's errors: objects with a code, a message and a parameter.

use serde_json::{Map, Value, json};

use crate::http::Response;

/// One problem of a task.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// The HTTP status if the response contains only errors.
    pub(super) status: u16,
    fields: Map<String, Value>,
    /// Whether the error links to the parameter's documentation.
    documented: bool,
}

impl Problem {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        let fields = [
            ("code".to_owned(), Value::from(code)),
            ("message".to_owned(), Value::from(message.into())),
        ];
        Self { status: 400, fields: fields.into_iter().collect(), documented: true }
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self.documented = false;
        self
    }

    /// The parameter or parameters it is about.
    pub(super) fn about(self, parameter: impl Into<Value>) -> Self {
        self.with("parameter", parameter)
    }

    pub(super) fn with_message(self, message: String) -> Self {
        self.with("message", message)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// The error object of one task.
    pub(super) fn of_task(mut self, task_type: &str, task_uuid: &str, page: &str) -> Value {
        let parameter = match self.fields.get("parameter") {
            Some(Value::String(name)) => Some(name.as_str()),
            Some(Value::Array(names)) => names.first().and_then(Value::as_str),
            _ => None,
        };
        if let (true, Some(parameter)) = (self.documented, parameter) {
            let anchor = parameter.replace('.', "-").to_ascii_lowercase();
            let link = format!("https://runware.ai/docs/models/{page}#request-{anchor}");
            self.fields.insert("documentation".to_owned(), link.into());
        }
        self.fields.insert("taskType".to_owned(), task_type.into());
        self.fields.insert("taskUUID".to_owned(), task_uuid.into());
        Value::Object(self.fields)
    }

    /// A response about the whole request, without a task.
    pub(super) fn of_request(mut self) -> Response {
        self.fields.insert("taskUUID".to_owned(), "N/A".into());
        Response::json(self.status, &json!({ "errors": [Value::Object(self.fields)] }))
    }
}

/// The response to a missing or wrong key.
pub(super) fn unauthorized() -> Response {
    let error = json!({
        "code": "invalidApiKey",
        "message": "Invalid API key.",
        "parameter": "apiKey",
        "taskType": "authentication",
    });
    Response::json(401, &json!({ "errors": [error] }))
}

/// An HTTP error in Runware's shape.
pub(crate) fn server_error(status: u16) -> Response {
    let (code, message) = match status {
        429 => ("rateLimitExceeded", "Too many requests. Slow down and try again."),
        503 => ("serviceUnavailable", "The service is temporarily unavailable."),
        504 => ("timeoutProvider", "The provider did not answer in time."),
        _ => ("internalServerError", "An unexpected error occurred."),
    };
    Problem::new(code, message).with_status(status).of_request()
}

/// The legacy envelope.
pub(crate) fn legacy_error() -> Response {
    let body = json!({ "error": true, "errorId": 19, "errorMessage": "Server error, try again." });
    Response::json(500, &body)
}
