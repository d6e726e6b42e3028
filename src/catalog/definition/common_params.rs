//! Parameters that every listing of a provider has: the number of videos, their format and delivery.

use std::borrow::Cow::Borrowed as B;

use super::{Kind, Param, Scalar};
use crate::field::Field;
use crate::provider_id::ProviderId;

/// The values of a request, each with the provider's value if the two differ.
macro_rules! choice {
    ($($word:literal $(as $value:literal)?),*) => {
        Kind::Choice {
            allowed: B(const { &[$(super::Choice {
                word: B($word),
                provider_value: Scalar::Text(B(choice!(@ $word $($value)?))),
            }),*] }),
        }
    };
    (@ $word:literal) => { $word };
    (@ $word:literal $value:literal) => { $value };
}

/// The common parameters of a provider's listings. A raw listing has only those that filmgate needs.
pub(super) const fn params(provider: ProviderId, raw: bool) -> &'static [Param] {
    match (provider, raw) {
        (ProviderId::Runpod, false) => RUNPOD,
        (ProviderId::Runpod, true) => RUNPOD_RAW,
        (ProviderId::Runware, false) => RUNWARE,
        (ProviderId::Runware, true) => RUNWARE_RAW,
    }
}

const RUNPOD_RAW: &[Param] = &[RUNPOD_DELIVERY, RUNPOD_WEBHOOK];
const RUNPOD: &[Param] =
    &[defaulted(Field::N, "", from_to(1, 1), Scalar::Integer(1)), RUNPOD_DELIVERY, RUNPOD_WEBHOOK];

const RUNPOD_DELIVERY: Param = optional(Field::DeliveryMethod, "", choice!["async", "sync"]);
const RUNPOD_WEBHOOK: Param = optional(Field::WebhookUrl, "webhook", Kind::Url);

const RUNWARE_RAW: &[Param] = &[WEBHOOK, INCLUDE_COST, DELIVERY, TASK_UUID];
const RUNWARE: &[Param] = &[
    defaulted(Field::N, "numberResults", from_to(1, 4), Scalar::Integer(1)),
    defaulted(Field::OutputType, "outputType", choice!["url" as "URL"], word("url")),
    defaulted(
        Field::OutputFormat,
        "outputFormat",
        choice!["mp4" as "MP4", "webm" as "WEBM", "mov" as "MOV"],
        word("mp4"),
    ),
    defaulted(Field::OutputQuality, "outputQuality", from_to(20, 99), Scalar::Integer(95)),
    // The pages have two settings for this; only the mode is sent.
    always_sent(Field::ContentCheck, "safety.mode", choice!["none", "fast", "full"], word("none")),
    optional(Field::TtlSeconds, "ttl", at_least(60)),
    optional(Field::UploadUrl, "uploadEndpoint", Kind::Url),
    WEBHOOK,
    INCLUDE_COST,
    DELIVERY,
    TASK_UUID,
];

const WEBHOOK: Param = optional(Field::WebhookUrl, "webhookURL", Kind::Url);
const INCLUDE_COST: Param = always_sent(Field::IncludeCost, "includeCost", YES_NO, YES);
const DELIVERY: Param =
    always_sent(Field::DeliveryMethod, "deliveryMethod", choice!["async"], word("async"));
const TASK_UUID: Param = optional(Field::TaskUuid, "taskUUID", Kind::Uuid);

const fn param(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    default: Option<Scalar>,
    always_sent: bool,
) -> Param {
    Param { field, provider_field: B(provider_field), kind, required: false, default, always_sent }
}

const fn optional(field: Field, provider_field: &'static str, kind: Kind) -> Param {
    param(field, provider_field, kind, None, false)
}

/// A parameter with a documented default, which is not sent.
const fn defaulted(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    default: Scalar,
) -> Param {
    param(field, provider_field, kind, Some(default), false)
}

/// A parameter whose default is always sent, because it affects the price or the video.
const fn always_sent(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    default: Scalar,
) -> Param {
    param(field, provider_field, kind, Some(default), true)
}

const YES: Scalar = Scalar::Boolean(true);
const YES_NO: Kind = Kind::Boolean { only: None };

const fn word(word: &'static str) -> Scalar {
    Scalar::Text(B(word))
}

const fn from_to(min: i32, max: i32) -> Kind {
    Kind::Integer { min: Some(min), max: Some(max), allowed: B(&[]) }
}

const fn at_least(min: i32) -> Kind {
    Kind::Integer { min: Some(min), max: None, allowed: B(&[]) }
}
