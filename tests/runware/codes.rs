//! Each code that Runware's SDK knows, and how others are classified.

use filmgate::error::ErrorCode::{self, *};
use filmgate::provider::SubmitResult;
use serde_json::json;

use crate::runware::{named, submit};

/// The failure's code of a submit with HTTP 400.
fn code_of(code: &str) -> ErrorCode {
    match submit(400, &named(code, &json!({}))) {
        SubmitResult::Rejected(failure)
        | SubmitResult::Busy(failure)
        | SubmitResult::Unknown(failure) => failure.code,
        SubmitResult::Accepted(_) => panic!("{code}"),
    }
}

#[test]
fn each_code_of_the_sdk() {
    for (ours, codes) in [
        (
            ContentPolicyViolation,
            "contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected \
             unsafeContentDetected nsfwContentDetected promptBlocked imageBlocked moderationFailed",
        ),
        (
            Unauthorized,
            "unauthorized forbidden permissionDenied insufficientPermissions authenticationFailed \
             authFailed authTimeout invalidAuthentication invalidCredentials missingAuthentication \
             tokenExpired tokenInvalid tokenMissing tokenRevoked accountSuspended accountDisabled \
             organizationSuspended organizationDisabled workspaceSuspended workspaceDisabled \
             invalidApiKey missingApiKey",
        ),
        (
            InsufficientQuota,
            "insufficientCredits quotaExceeded lowBalance paymentRequired environmentPaused",
        ),
        (RateLimited, "rateLimitExceeded providerRateLimitExceeded"),
        (GenerationTimeout, "timeout timeoutProvider providerTimeout generationTimeout"),
        (ModelUnavailable, "unknownModel modelNotFound modelUnavailable modelDisabled"),
        (
            GenerationFailed,
            "inferenceError processingFailed taskFailed downloadFailed uploadFailed noAvailableServer \
             modelNotReady mediaStorageFileCouldNotBeMoved providerError providerUnauthorized \
             internalServerError serviceUnavailable serverUnavailable standardError unknownError \
             undefinedError defaultError unrecognizedResponse errorRetrievingAccountManagement",
        ),
        (
            BadRequest,
            "invalidDuration missingPrompt unsupportedSize valueTooLarge arrayTooLong maxResultsExceeded \
             unknownParameter incompatibleParameters mismatchProviderSettingsProvider \
             unknownProviderSettingsProvider transparentModelMismatch modelOwnershipValidationError \
             modelAlreadyExists validationFailed",
        ),
    ] {
        for code in codes.split_whitespace() {
            assert_eq!(code_of(code), ours, "{code}");
            // The same code in another spelling.
            let snake: String = code
                .chars()
                .flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase()))
                .collect();
            assert_eq!(code_of(&snake), ours, "{snake}");
            assert_eq!(code_of(&snake.to_uppercase()), ours, "{snake}");
        }
    }
}

#[test]
fn codes_of_the_provider_behind_runware_are_not_the_callers() {
    for code in [
        "providerUnauthorized",
        "providerForbidden",
        "providerInvalidApiKey",
        "providerTokenExpired",
        "providerQuotaExceeded",
        "providerInsufficientCredits",
        "providerAccountSuspended",
        "providerNotFound",
        "providerServiceUnavailable",
    ] {
        assert_eq!(code_of(code), GenerationFailed, "{code}");
    }
}

#[test]
fn a_part_of_a_word_is_not_a_class() {
    for code in ["tokenLimitExceeded", "invalidTimeout", "invalidWhiteBalance", "unsupportedQuota"]
    {
        assert_eq!(code_of(code), BadRequest, "{code}");
    }
}
