//! What RunPod's own words about a failed job mean, sentence by sentence.

use filmgate::error::ErrorCode::{self, *};
use serde_json::json;

use crate::runpod::ended;

/// The code of a job that failed with these words.
fn code_of(words: &str) -> ErrorCode {
    ended(json!({ "status": "FAILED", "error": words })).error().failure.code
}

fn check(expected: ErrorCode, sentences: &[&str]) {
    for words in sentences {
        assert_eq!(code_of(words), expected, "{words}");
        assert_eq!(code_of(&words.to_uppercase().replace("ERROR:", "Error:")), expected, "{words}");
    }
}

#[test]
fn refusals_of_the_content() {
    let sentences = [
        "Content policy violation",
        "Generated content was flagged and rejected",
        "The request was flagged by a content checker.",
        "flagged by the safety system",
        "NSFW content detected",
        "RuntimeError: NSFW content detected in the output",
        "ValueError: the prompt violates our content policy",
        "The prompt violates the usage guidelines.",
        "This request violates our terms of service",
        "Your input is against our community standards and rules",
        "The images provided may contain likenesses of real people",
        "The image shows the likeness of a real person.",
        "likeness of real people",
        "Real people are not allowed.",
        "The prompt contains a sensitive word",
        "Sensitive words: 3",
        "DataInspectionFailed",
        "The image did not pass moderation",
        "Moderation failed",
        "moderation check",
        "Stopped by the safety checker",
        "stopped by safety checker",
        "Disallowed content",
        "Offensive content",
        "Illegal content",
        "nudity",
        "pornographic",
        "Videos of public figures cannot be made.",
        "The prompt may lead to harmful content.",
        "The input may contain sensitive information.",
        "The output contains sensitive words",
        "Sensitive content was found",
        "Explicit content",
        "Sexual content",
        "Adult content",
        "Violent content",
        "Unsafe content",
        "Prohibited content",
        "The input data may contain inappropriate content.",
        "Rejected by moderation",
        "rejected by the moderation",
        "Content moderation said no",
        "Our moderation system stopped this",
        "moderation policy",
        "moderation blocked the prompt",
        "The prompt failed moderation",
        "safety filter",
        "Stopped by safety filters",
        "safety policy",
        "safety guidelines",
        "Not generated for safety reasons",
        "content safety",
        "content filter",
        "content filters",
        "content policies",
        "content guidelines",
        "community guidelines",
        "usage policy",
        "usage policies",
        "policy violation",
        "Responsible AI practices",
        "Failure to pass the risk control system",
        "Similarity to third-party content",
        "copyrighted content",
        "The prompt was blocked",
        "Prompt blocked",
        "The content was blocked",
        "Content blocked",
        "The face of a celebrity was detected",
        "copyright violation",
        "unsafe prompt detected",
        "inappropriate prompt",
        "Prompt not allowed",
        "This prompt is not allowed",
        "The request was blocked due to safety",
        "blocked for safety",
        "violence detected in the input image",
        "The image may contain a real person",
        "RAI filter triggered",
        "child safety",
        "prohibited use",
        "Harm category: dangerous",
        "sexually explicit",
    ];
    check(ContentPolicyViolation, &sentences);
}

#[test]
fn a_lack_of_money() {
    let sentences = [
        "You have run out of funds",
        "Your account balance is too low",
        "Balance too low",
        "The balance is insufficient.",
        "Your balance is negative.",
        "negative balance",
        "Insufficient balance",
        "Insufficient account balance",
        "insufficient credit",
        "insufficient credits",
        "Insufficient funds.",
        "insufficient quota",
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_funds",
        "not enough balance",
        "not enough credit",
        "Not enough credits to run this",
        "not enough funds",
        "out of credit",
        "out of credits",
        "You have no credits left",
        "no credits remaining",
        "Payment Required",
        "Please add funds to go on",
        "The spending limit is reached",
        "The account is in arrears",
        "Low balance",
        "Add credits to your account",
        "You do not have enough credits",
        "You do not have enough balance",
        "Not enough money",
        "The account is out of money",
        "billing hard limit reached",
        "balance exhausted",
        "Please top up your account",
        "insufficient account funds",
        "Credit limit exceeded",
        "BALANCE_TOO_LOW",
    ];
    check(InsufficientQuota, &sentences);
}

#[test]
fn faults_of_the_request() {
    let sentences = [
        "Invalid duration: must be 4, 8, or 12 seconds",
        "Invalid resolution: '1080p'. Must be '480p' or '720p'",
        "invalid resolution '1280*720', expected one of 720p, 1080p",
        "Invalid camera move: spin",
        "ValueError: Invalid camera move: spin",
        "field \"duration\" must be one of [5, 10, 15], got number 4",
        "field \"prompt\" is required",
        "parameter 'image' is required",
        "property \"image\" is required",
        "prompt is required",
        "image is required",
        "duration is required",
        "'prompt' is a required property",
        "The width must be 512 or 1024",
        "fps must be between 8 and 30",
        "fps must be at least 8",
        "fps must be at most 30",
        "fps must be less than 31",
        "fps must be greater than 7",
        "width must be a multiple of 16",
        "mode must be either std or pro",
        "The prompt must not exceed 800 letters",
        "mode should be one of std, pro",
        "Input should be '720p' or '1080p'",
        "Field required",
        "missing required argument",
        "prompt must be a string",
        "seed must be a number",
        "seed must be an integer",
        "image must be a valid URL",
        "duration must be a positive number",
        "prompt must not be empty",
        "prompt cannot be empty",
        "'4k' is not a valid size",
        "1 validation error for Input",
        "2 validation errors for Input",
        "The prompt exceeds the maximum length",
        "Job has missing field(s): id or input.",
        "missing field",
        "The job has missing fields: id, input",
        "missing parameter",
        "missing input",
        "unknown parameter",
        "unexpected parameter",
        "unsupported resolution",
        "unsupported size",
        "unsupported duration",
        "unsupported aspect ratio",
        "unsupported image format",
        "invalid duration",
        "invalid size",
        "invalid aspect ratio",
        "invalid prompt",
        "invalid image",
        "invalid input",
        "invalid parameter",
        "invalid parameters",
        "invalid request",
        "The prompt is too long",
        "prompt too long",
        "The image is too large",
        "The image is too small",
        "image too large",
        "image too small",
        "width should be divisible by 8",
        "width must be divisible by 8",
        "prompt cannot exceed 1500 characters",
        "unsupported media type",
        "The maximum duration is 10",
    ];
    check(BadRequest, &sentences);
}

#[test]
fn a_time_limit() {
    let sentences = [
        "executionTimeout exceeded",
        "Execution timeout exceeded",
        "execution timed out",
        "The job exceeded execution timeout.",
        "The job exceeded the execution timeout.",
        "job timed out after 1 retries",
        "Generation timed out",
        "task timed out",
        "time limit exceeded",
        "Execution timeout",
        "The job exceeded its time limit",
    ];
    check(GenerationTimeout, &sentences);
}

#[test]
fn technical_faults_come_before_every_other_meaning() {
    let sentences = [
        "[Errno 122] Disk quota exceeded",
        "OSError: Disk quota exceeded",
        "KeyError: 'sensitive content'",
        "AttributeError: invalid prompt",
        "torch.OutOfMemoryError: insufficient funds",
        "safetensors.SafetensorError: prompt is required",
        "ConnectionError: prompt is required",
        "aiohttp.ClientConnectorError: invalid request",
        "APITimeoutError: invalid request",
        "CUDA out of memory. Prompt is too long",
        "cuDNN says invalid parameter",
        "cuBLAS says invalid parameter",
        "NCCL says invalid parameter",
        "OOM, image too large",
        "Not enough VRAM: image too large",
        "SIGKILL: image too large",
        "SIGSEGV: image too large",
        "worker missing heartbeat: missing input",
        "Ran out of memory: image too large",
        "Segmentation fault: invalid input",
        "core dumped: invalid input",
        "Worker exited with exit code 1: invalid input",
        "No space left on device: image too large",
        "No such file or directory: unsafe content",
        "No module named moderation: missing input",
        "Connection reset by moderation",
        "Connection refused: invalid request",
        "Connection aborted: invalid request",
        "connection error: invalid request",
        "Connection timed out: invalid request",
        "Broken pipe: invalid request",
        "certificate verify failed: invalid request",
        "Temporary failure in name resolution: invalid request",
        "Name or service not known: invalid request",
        "size mismatch: invalid size",
        "Expected tensors on the same device: invalid input",
        "CUDA error: invalid device ordinal",
        "Failed to load the safety filter",
        "The safety filter could not be loaded",
        "HTTP 500: invalid request",
        "HTTP status 503: invalid request",
        "status code 429: invalid request",
        "error code 502: invalid request",
        "404 Client Error: invalid request",
        "500 Server Error: invalid request",
        "500 Internal Server Error: invalid request",
        "502 Bad Gateway: invalid request",
        "503 Service Unavailable: invalid request",
        "504 Gateway Timeout: invalid request",
        "429 Too Many Requests: invalid request",
        "content filter service unavailable",
        "The moderation system is unavailable",
        "content moderation is temporarily unavailable",
        "worker lost: insufficient credit for GPU memory",
        "Error loading content moderation model",
        "NSFW checker timed out",
        "flagged for retry",
        "job flagged as stale",
        "request flagged as duplicate by scheduler",
    ];
    for words in sentences {
        assert_eq!(code_of(words), GenerationFailed, "{words}");
    }
}

#[test]
fn words_that_are_not_sure() {
    let sentences = [
        "no credits dialog in node 'CreditsOverlay'",
        "unknown layer 'sensitive_layers'",
        "retries required",
        "The safety checker is enabled",
        "Desensitized content_policy_id",
        "The balance of the gimbal is off",
        "GPU quota reached",
        "You must be patient",
        "PyTorch 2 is required",
        "missing frames",
        "The invalid: frames",
        "inflagged",
        "It broke",
        "…",
    ];
    check(GenerationFailed, &sentences);
}

/// The phrases of the tables in the source.
fn phrases() -> Vec<&'static str> {
    let source = include_str!("../../src/provider/words.rs");
    let tables = source.split("\nconst ").filter_map(|part| part.split_once(": &str = \"\\\n"));
    let texts = tables.filter_map(|(_, table)| table.split("\";").next());
    let lines = texts.flat_map(|text| text.split(['|', '\\', '\n']));
    lines.map(str::trim).filter(|phrase| !phrase.is_empty()).collect()
}

#[test]
fn every_phrase_has_a_sentence() {
    let sentences = include_str!("words.rs").to_ascii_lowercase().replace("http status", "status");
    let words = |text: &str| -> String {
        let plain = text.replace(|c: char| !c.is_alphanumeric() && c != '_', " ");
        plain.split_whitespace().map(|word| format!(" {word}")).collect()
    };
    let sentences = words(&sentences);
    assert!(phrases().len() > 100, "{}", phrases().len());
    for phrase in phrases() {
        let fixed = phrase.split(['*', '#']).map(|part| part.trim_start_matches("5xx"));
        for part in fixed.filter(|part| !part.trim().is_empty()) {
            assert!(sentences.contains(&words(part)), "no sentence has {phrase:?}");
        }
    }
}
