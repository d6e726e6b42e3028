//! The scenarios: the request, the driver's options, and how the provider behaves.

use std::sync::LazyLock;
use std::time::Duration;

use crate::fault::Fault;
use filmgate::job::Limits;
use filmgate::plan::PlanOptions;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::{Candidate, Policy};
use filmgate::untyped::plan;
use filmgate_simulator::{Config, FieldMode, Oddity, Progress, Provider, RowStatus, WebhookBody};
use serde_json::{Value, json};

/// Occurs in every twelve characters of the prompt and in the image's URL, and nowhere else.
pub(crate) const MARK: char = '¶';
/// The same for texts that must be ASCII.
pub(crate) const PLAIN_MARK: &str = "q7hidden7q";
/// The API key of every request.
pub(crate) const KEY: &str = "sk-simtest-0123456789-never-shown";
/// The end of a webhook's URL is the index of its job.
pub(crate) const HOOK: &str = "https://hooks.example.com/";
/// Milliseconds from a request to its response.
pub(crate) const LATENCY_MS: u64 = 100;

/// A job and the behavior of its provider.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) provider: ProviderId,
    pub(crate) fit: Candidate,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    /// Run times of earlier jobs of the listing.
    pub(crate) run_time_history_ms: Vec<u32>,
    /// Milliseconds after the start at which the caller cancels.
    pub(crate) cancel_ms: Option<u64>,
    /// Whether the generation fails and costs nothing.
    pub(crate) fails: bool,
    /// Whether the request remixes a video that has to be made first.
    pub(crate) remixes: bool,
    /// Whether the driver keeps only the job's state between steps.
    pub(crate) stateless: bool,
}

const HOUR: u64 = 3_600_000;
/// A run at RunPod: short, so that there are few polls and a fault can hit each one.
const POD_MS: u64 = 12_000;
/// A run at Runware: just longer than the time in which a submit may be sent again.
const WARE_MS: u64 = 21_000;

impl Scenario {
    pub(crate) fn new(name: &'static str, provider: ProviderId, changes: Value) -> Self {
        let request = merged(base(provider, changes.get("model").is_some()), &changes);
        let job_duration_ms = if provider == Runpod { POD_MS } else { WARE_MS };
        let options = PlanOptions {
            providers: Some(vec![provider]),
            available_providers: ProviderId::ALL.to_vec(),
            ..PlanOptions::default()
        };
        let fits = plan(&request, &options, Policy::default());
        let Some(fit) = fits.ok().and_then(|fits| fits.into_iter().next()) else {
            unreachable!("{name} is no request");
        };
        let prompt = request.get("prompt").and_then(Value::as_str).unwrap_or_default();
        Scenario {
            name,
            provider,
            fit,
            config: Config { job_duration_ms, ..Config::default() },
            limits: Limits {
                request_timeout: Duration::from_millis(30_000),
                timeout: Duration::from_millis(HOUR),
                long_poll: false,
            },
            run_time_history_ms: vec![u32::try_from(job_duration_ms).unwrap_or(u32::MAX); 8],
            cancel_ms: None,
            fails: prompt.contains("[fail]") || prompt.contains("[nsfw]"),
            remixes: changes.get("remixId").is_some(),
            stateless: false,
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn cancelled_after(self, ms: u64) -> Self {
        self.with(|scenario| scenario.cancel_ms = Some(ms))
    }

    /// The same with answers that have all of these forms.
    pub(crate) fn with_oddities(&self, oddities: Vec<Oddity>) -> Self {
        self.clone().with(|scenario| {
            scenario.config.field_mode = Some(FieldMode::Only(oddities));
        })
    }

    /// How many videos it requests.
    pub(crate) fn n(&self) -> usize {
        self.fit.prepared.as_ref().map_or(1, |order| order.n as usize)
    }

    /// Whether its answers have odd forms.
    pub(crate) fn is_odd(&self) -> bool {
        self.config.field_mode.is_some()
    }

    /// Whether its provider can have the fault.
    pub(crate) fn can_have(&self, fault: Fault) -> bool {
        match fault {
            Fault::Odd(oddity) => oddity.provider() == simulated(self.provider),
            _ => true,
        }
    }

    /// Its name with its oddities.
    pub(crate) fn label(&self) -> String {
        let mut label = self.name.to_owned();
        if let Some(FieldMode::Only(oddities)) = &self.config.field_mode {
            for oddity in oddities {
                label.push(' ');
                label.push_str(oddity.name());
            }
        }
        label
    }

    /// The options of `replay` that select it.
    pub(crate) fn replay_options(&self) -> String {
        let mut options = format!("--scenario {}", self.name);
        if let Some(FieldMode::Only(oddities)) = &self.config.field_mode {
            for oddity in oddities {
                options.push_str(" --oddity ");
                options.push_str(oddity.name());
            }
        }
        options
    }

    pub(crate) fn by_name(name: &str) -> Option<&'static Scenario> {
        ALL.iter().find(|scenario| scenario.name == name)
    }
}

/// A valid request for the provider.
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

/// A prompt in which every twelve characters contain the mark.
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

/// A placeholder for the source of a remix; the world replaces it by the real id.
pub(crate) const REMIXED: &str = "video_0123456789abcdef0123456789abcdef0123456789abcdef";

/// Every scenario of the exhaustive runs.
pub(crate) static ALL: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let hook = || json!({ "webhookUrl": HOOK });
    let pod = |name, changes| Scenario::new(name, Runpod, changes);
    let ware = |name, changes| Scenario::new(name, Runware, changes);
    vec![
        pod("runpod-image", json!({})),
        pod("runpod-long-poll", json!({})).with(|scenario| scenario.limits.long_poll = true),
        pod("runpod-no-long-poll", json!({})).with(|scenario| {
            scenario.limits.long_poll = true;
            scenario.config.status_sync = false;
        }),
        pod("runpod-sync", json!({ "deliveryMethod": "sync" })),
        pod("runpod-webhook", hook()),
        pod("runpod-sync-webhook", merged(hook(), &json!({ "deliveryMethod": "sync" }))),
        pod("runpod-raw", json!({ "model": "runpod:echo-video", "prompt": null })),
        pod("runpod-fails", json!({ "prompt": prompt("[fail]") })),
        pod("runpod-cancel-at-once", json!({})).cancelled_after(0),
        pod("runpod-cancel-submit", json!({})).cancelled_after(LATENCY_MS / 2),
        pod("runpod-cancel-queued", json!({})).cancelled_after(1_500),
        pod("runpod-cancel-running", hook()).cancelled_after(6_000),
        pod("runpod-cancel-late", json!({})).cancelled_after(POD_MS + 1),
        pod("runpod-impatient", json!({}))
            .with(|scenario| scenario.limits.timeout = Duration::from_millis(5_000)),
        ware("runware-text", json!({})),
        ware("runware-three", json!({ "n": 3 })),
        ware("runware-three-rows-grow", json!({ "n": 3 })).with(|scenario| {
            scenario.config.pending_rows = false;
            scenario.config.row_status = RowStatus::Absent;
        }),
        ware("runware-partial", json!({ "n": 3, "prompt": prompt("[partial]") })),
        ware(
            "runware-image",
            json!({
                "image": format!("https://pictures.example.com/{PLAIN_MARK}.jpeg"), "size": null,
            }),
        ),
        ware("runware-remix", json!({ "remixId": REMIXED, "size": null })),
        ware("runware-raw", json!({ "model": "runware:sim:echo@1" })),
        ware("runware-webhook", hook()),
        ware("runware-three-webhook", merged(hook(), &json!({ "n": 3 })))
            .with(|scenario| scenario.config.webhook = WebhookBody::Flat),
        ware("runware-invisible", json!({}))
            .with(|scenario| scenario.config.visibility_delay_ms = 3_000),
        // Longer than a submit may be sent again: an invisible task is not an absent one.
        ware("runware-hidden", json!({}))
            .with(|scenario| scenario.config.visibility_delay_ms = 60_000),
        ware("runware-fails", json!({ "prompt": prompt("[fail]") })),
        ware("runware-cancel-at-once", json!({})).cancelled_after(0),
        ware("runware-cancel-running", json!({})).cancelled_after(6_000),
        ware("runware-impatient", json!({}))
            .with(|scenario| scenario.limits.timeout = Duration::from_millis(5_000)),
    ]
});

/// Every scenario of the exhaustive runs in field mode: each form of each provider's answers, in the
/// scenarios that differ in what they ask and how.
pub(crate) static FIELD: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let names = [
        "runpod-image",
        "runpod-long-poll",
        "runpod-webhook",
        "runpod-raw",
        "runpod-fails",
        "runware-text",
        "runware-three",
        "runware-webhook",
        "runware-fails",
    ];
    let scenarios = names.iter().filter_map(|name| Scenario::by_name(name));
    let odd = |scenario: &'static Scenario| {
        let provider = simulated(scenario.provider);
        let own = Oddity::ALL.iter().filter(move |oddity| oddity.provider() == provider);
        // A generation that fails anyway differs by the error's words alone.
        let own = own.filter(|oddity| !scenario.fails || oddity.is_quotation());
        own.map(|oddity| scenario.with_oddities(vec![*oddity]))
    };
    scenarios.flat_map(odd).collect()
});

fn simulated(provider: ProviderId) -> Provider {
    if provider == Runpod { Provider::Runpod } else { Provider::Runware }
}

/// A random scenario, the same for the same generator state.
pub(crate) fn random(rng: &mut fastrand::Rng) -> Scenario {
    let at = rng.usize(0..ALL.len());
    let Some(scenario) = ALL.get(at) else {
        unreachable!("one of all");
    };
    let provider = scenario.provider;
    scenario.clone().with(|scenario| {
        let longest = if rng.bool() { 300_000 } else { 60_000 };
        scenario.config.job_duration_ms = rng.u64(WARE_MS..longest);
        scenario.stateless = rng.u8(0..8) == 0;
        scenario.limits.long_poll = rng.bool();
        scenario.config.status_sync = rng.u8(0..4) > 0;
        scenario.config.pending_rows = rng.bool();
        scenario.config.progress = one_of(rng, [Progress::Object, Progress::Text, Progress::None]);
        scenario.config.row_status =
            one_of(rng, [RowStatus::Current, RowStatus::Legacy, RowStatus::Absent]);
        // A lost submit may arrive late, and must find its task running or visible.
        scenario.config.visibility_delay_ms = match rng.u8(0..4) {
            0 if provider == Runware => rng.u64(0..3_000),
            _ => scenario.config.visibility_delay_ms.min(3_000),
        };
        if rng.u8(0..8) == 0 {
            scenario.cancel_ms = Some(rng.u64(0..scenario.config.job_duration_ms + 5_000));
        }
        if rng.u8(0..16) == 0 {
            scenario.limits.timeout =
                Duration::from_millis(rng.u64(1_000..scenario.config.job_duration_ms));
        }
    })
}

fn one_of<T: Copy>(rng: &mut fastrand::Rng, [one, two, three]: [T; 3]) -> T {
    match rng.u8(0..3) {
        0 => one,
        1 => two,
        _ => three,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Otherwise a quotation of twelve characters could pass undetected.
    #[test]
    fn every_dozen_letters_of_the_prompt_hold_the_mark() {
        for word in ["", "[fail]", "[partial]"] {
            let chars: Vec<char> = prompt(word).chars().collect();
            assert!(chars.windows(12).all(|piece| piece.contains(&MARK)));
        }
    }

    #[test]
    fn every_shape_is_a_request_with_a_name_of_its_own() {
        let names: HashSet<_> = ALL.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), ALL.len());
        for scenario in ALL.iter() {
            assert!(scenario.fit.prepared.is_some(), "{}", scenario.name);
        }
    }
}
