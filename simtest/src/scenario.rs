//! The shapes that a job can have: what is ordered, how it is asked for, and how the provider behaves.

use std::sync::LazyLock;
use std::time::Duration;

use filmgate::job::Limits;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::{Fit, Policy};
use filmgate::untyped::plan;
use filmgate_simulator::{Config, Progress, RowStatus, WebhookBody};
use serde_json::{Value, json};

/// Stands in every dozen letters of the prompt and in the picture's address, and nowhere else.
pub(crate) const MARK: char = '¶';
/// The same for what can only be plain letters.
pub(crate) const PLAIN_MARK: &str = "q7hidden7q";
/// The key that every request carries.
pub(crate) const KEY: &str = "sk-campaign-0123456789-never-shown";
/// The end of a webhook's address is the number of its job.
pub(crate) const HOOK: &str = "https://hooks.example.com/";
/// Milliseconds from a request to its answer.
pub(crate) const LATENCY_MS: u64 = 100;

/// A job, and the provider that it meets.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) provider: ProviderId,
    pub(crate) fit: Fit,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    /// What earlier jobs of the listing took.
    pub(crate) ran_ms: Vec<u32>,
    /// Milliseconds after the beginning at which the caller cancels.
    pub(crate) cancel_ms: Option<u64>,
    /// Whether the generation itself fails, and costs nothing.
    pub(crate) fails: bool,
    /// Whether the request names a film that has to be made first.
    pub(crate) remixes: bool,
    /// Whether the driver keeps nothing between two steps but the job's state.
    pub(crate) stateless: bool,
}

const HOUR: u64 = 3_600_000;
/// A run of RunPod's: short, so that few questions are asked and every fault has its place.
const POD_MS: u64 = 12_000;
/// A run of Runware's: just above the time within which a submit may be sent again.
const WARE_MS: u64 = 21_000;

impl Shape {
    pub(crate) fn new(name: &'static str, provider: ProviderId, changes: Value) -> Self {
        let request = merged(base(provider, changes.get("model").is_some()), &changes);
        let run_ms = if provider == Runpod { POD_MS } else { WARE_MS };
        let wishes = PlanOptions {
            providers: Some(vec![provider]),
            available_providers: ProviderId::ALL.to_vec(),
            ..PlanOptions::default()
        };
        let fits = plan(&request, &wishes, Policy::default());
        let Some(fit) = fits.ok().and_then(|fits| fits.into_iter().next()) else {
            unreachable!("{name} is no request");
        };
        let prompt = request
            .get("prompt")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Shape {
            name,
            provider,
            fit,
            config: Config {
                run_ms,
                ..Config::default()
            },
            limits: Limits {
                request_timeout: Duration::from_millis(30_000),
                timeout: Duration::from_millis(HOUR),
                long_poll: false,
            },
            ran_ms: vec![u32::try_from(run_ms).unwrap_or(u32::MAX); 8],
            cancel_ms: None,
            fails: prompt.contains("[fail]") || prompt.contains("[nsfw]"),
            remixes: changes.get("remix").is_some(),
            stateless: false,
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn cancelled_after(self, ms: u64) -> Self {
        self.with(|shape| shape.cancel_ms = Some(ms))
    }

    pub(crate) fn named(name: &str) -> Option<&'static Shape> {
        ALL.iter().find(|shape| shape.name == name)
    }
}

/// A request that the provider can take.
fn base(provider: ProviderId, raw: bool) -> Value {
    match (provider, raw) {
        (_, true) => json!({ "input": { "words": prompt("") } }),
        (Runpod, _) => json!({
            "model": "sora-2-pro",
            "prompt": prompt(""),
            "image": format!("https://pictures.example.com/{PLAIN_MARK}.jpeg"),
            "duration": 4,
        }),
        (Runware, _) => json!({
            "model": "sora-2-pro",
            "prompt": prompt(""),
            "size": "1280x720",
            "duration": 8,
        }),
        _ => unreachable!("there is no other"),
    }
}

/// A prompt of which every dozen letters hold the mark.
pub(crate) fn prompt(word: &str) -> String {
    format!("A keeper¶ lights¶ the lamp¶ of her¶ tower¶ in rain¶ {word}")
}

fn merged(mut request: Value, changes: &Value) -> Value {
    let (Some(map), Some(changes)) = (request.as_object_mut(), changes.as_object()) else {
        return request;
    };
    for (name, value) in changes {
        if value.is_null() {
            map.remove(name);
        } else {
            map.insert(name.clone(), value.clone());
        }
    }
    request
}

/// The film that a remix is made of has this address; the world puts its real id into the request.
pub(crate) const REMIXED: &str = "video_0123456789abcdef0123456789abcdef0123456789abcdef";

/// Every shape that is driven through all schedules.
pub(crate) static ALL: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let hook = || json!({ "webhookUrl": HOOK });
    let pod = |name, changes| Shape::new(name, Runpod, changes);
    let ware = |name, changes| Shape::new(name, Runware, changes);
    vec![
        pod("runpod-image", json!({})),
        pod("runpod-long-poll", json!({})).with(|shape| shape.limits.long_poll = true),
        pod("runpod-no-long-poll", json!({})).with(|shape| {
            shape.limits.long_poll = true;
            shape.config.status_sync = false;
        }),
        pod("runpod-sync", json!({ "delivery": "sync" })),
        pod("runpod-webhook", hook()),
        pod(
            "runpod-sync-webhook",
            merged(hook(), &json!({ "delivery": "sync" })),
        ),
        pod(
            "runpod-raw",
            json!({ "model": "runpod:echo-video", "prompt": null }),
        ),
        pod("runpod-fails", json!({ "prompt": prompt("[fail]") })),
        pod("runpod-cancel-at-once", json!({})).cancelled_after(0),
        pod("runpod-cancel-submit", json!({})).cancelled_after(LATENCY_MS / 2),
        pod("runpod-cancel-queued", json!({})).cancelled_after(1_500),
        pod("runpod-cancel-running", hook()).cancelled_after(6_000),
        pod("runpod-cancel-late", json!({})).cancelled_after(POD_MS + 1),
        pod("runpod-impatient", json!({}))
            .with(|shape| shape.limits.timeout = Duration::from_millis(5_000)),
        ware("runware-text", json!({})),
        ware("runware-three", json!({ "n": 3 })),
        ware("runware-three-rows-grow", json!({ "n": 3 })).with(|shape| {
            shape.config.pending_rows = false;
            shape.config.row_status = RowStatus::Absent;
        }),
        ware(
            "runware-partial",
            json!({ "n": 3, "prompt": prompt("[partial]") }),
        ),
        ware(
            "runware-image",
            json!({
                "image": format!("https://pictures.example.com/{PLAIN_MARK}.jpeg"), "size": null,
            }),
        ),
        ware("runware-remix", json!({ "remix": REMIXED, "size": null })),
        ware("runware-raw", json!({ "model": "runware:sim:echo@1" })),
        ware("runware-webhook", hook()),
        ware("runware-three-webhook", merged(hook(), &json!({ "n": 3 })))
            .with(|shape| shape.config.webhook = WebhookBody::Flat),
        ware("runware-invisible", json!({})).with(|shape| shape.config.invisible_ms = 3_000),
        // Longer than a submit may be sent again: not to be seen is no proof of anything.
        ware("runware-hidden", json!({})).with(|shape| shape.config.invisible_ms = 60_000),
        ware("runware-fails", json!({ "prompt": prompt("[fail]") })),
        ware("runware-cancel-at-once", json!({})).cancelled_after(0),
        ware("runware-cancel-running", json!({})).cancelled_after(6_000),
        ware("runware-impatient", json!({}))
            .with(|shape| shape.limits.timeout = Duration::from_millis(5_000)),
    ]
});

/// A shape by chance, and the same one for the same dice.
pub(crate) fn by_chance(dice: &mut fastrand::Rng) -> Shape {
    let at = dice.usize(0..ALL.len());
    let Some(shape) = ALL.get(at) else {
        unreachable!("one of all");
    };
    let provider = shape.provider;
    shape.clone().with(|shape| {
        let longest = if dice.bool() { 300_000 } else { 60_000 };
        shape.config.run_ms = dice.u64(WARE_MS..longest);
        shape.stateless = dice.u8(0..8) == 0;
        shape.limits.long_poll = dice.bool();
        shape.config.status_sync = dice.u8(0..4) > 0;
        shape.config.pending_rows = dice.bool();
        shape.config.progress = one_of(dice, [Progress::Object, Progress::Text, Progress::None]);
        shape.config.row_status = one_of(
            dice,
            [RowStatus::Current, RowStatus::Legacy, RowStatus::Absent],
        );
        // A lost submit may arrive late, and must meet its task running or seen.
        shape.config.invisible_ms = match dice.u8(0..4) {
            0 if provider == Runware => dice.u64(0..3_000),
            _ => shape.config.invisible_ms.min(3_000),
        };
        if dice.u8(0..8) == 0 {
            shape.cancel_ms = Some(dice.u64(0..shape.config.run_ms + 5_000));
        }
        if dice.u8(0..16) == 0 {
            shape.limits.timeout = Duration::from_millis(dice.u64(1_000..shape.config.run_ms));
        }
    })
}

fn one_of<T: Copy>(dice: &mut fastrand::Rng, [one, two, three]: [T; 3]) -> T {
    match dice.u8(0..3) {
        0 => one,
        1 => two,
        _ => three,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Otherwise a quotation of a dozen letters could pass unseen.
    #[test]
    fn every_dozen_letters_of_the_prompt_hold_the_mark() {
        for word in ["", "[fail]", "[partial]"] {
            let letters: Vec<char> = prompt(word).chars().collect();
            assert!(letters.windows(12).all(|piece| piece.contains(&MARK)));
        }
    }

    #[test]
    fn every_shape_is_a_request_with_a_name_of_its_own() {
        let names: HashSet<_> = ALL.iter().map(|shape| shape.name).collect();
        assert_eq!(names.len(), ALL.len());
        for shape in ALL.iter() {
            assert!(shape.fit.order.is_some(), "{}", shape.name);
        }
    }
}
