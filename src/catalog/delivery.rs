//! What every listing of a provider takes: how many, in which form, and how the video comes.

use super::rows::parts::{YES, YES_NO, at_least, choice, from_to, optional, sent, word};
use super::{Kind, Param};
use crate::field::Field;
use crate::provider_id::ProviderId;

/// The delivery options of a provider's listings; of one that the catalog does not know, those that
/// filmgate itself needs.
pub(super) const fn params(provider: ProviderId, raw: bool) -> &'static [Param] {
    match (provider, raw) {
        (ProviderId::Runpod, false) => RUNPOD,
        (ProviderId::Runpod, true) => RUNPOD_RAW,
        (ProviderId::Runware, false) => RUNWARE,
        (ProviderId::Runware, true) => RUNWARE_RAW,
    }
}

const RUNPOD_RAW: &[Param] = &[POD_DELIVERY, POD_WEBHOOK];
const RUNPOD: &[Param] = &[
    optional(Field::N, "", from_to(1, 1)),
    POD_DELIVERY,
    POD_WEBHOOK,
];

const POD_DELIVERY: Param = optional(Field::DeliveryMethod, "", choice!["async", "sync"]);
const POD_WEBHOOK: Param = optional(Field::WebhookUrl, "webhook", Kind::Url);

const RUNWARE_RAW: &[Param] = &[WEBHOOK, INCLUDE_COST, DELIVERY, TASK_UUID];
const RUNWARE: &[Param] = &[
    optional(Field::N, "numberResults", from_to(1, 4)),
    optional(Field::OutputType, "outputType", choice!["url" as "URL"]),
    optional(
        Field::OutputFormat,
        "outputFormat",
        choice!["mp4" as "MP4", "webm" as "WEBM", "mov" as "MOV"],
    ),
    optional(Field::OutputQuality, "outputQuality", from_to(20, 99)),
    // The pages' two settings say the same thing twice; the mode alone is sent.
    sent(
        Field::ContentCheck,
        "safety.mode",
        choice!["none", "fast", "full"],
        word("none"),
    ),
    optional(Field::TtlSeconds, "ttl", at_least(60)),
    optional(Field::UploadUrl, "uploadEndpoint", Kind::Url),
    WEBHOOK,
    INCLUDE_COST,
    DELIVERY,
    TASK_UUID,
];

const WEBHOOK: Param = optional(Field::WebhookUrl, "webhookURL", Kind::Url);
const INCLUDE_COST: Param = sent(Field::IncludeCost, "includeCost", YES_NO, YES);
const DELIVERY: Param = sent(
    Field::DeliveryMethod,
    "deliveryMethod",
    choice!["async"],
    word("async"),
);
const TASK_UUID: Param = optional(Field::TaskUuid, "taskUUID", Kind::Uuid);
