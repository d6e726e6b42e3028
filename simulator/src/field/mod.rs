//! Field mode: answers that no document shows, as public reports paste them and fakes of other
//! projects send them.
//!
//! A job gets its oddities when it is accepted: at random by a seed, or a given list. An oddity changes
//! the form of what the provider says; where it changes what happens (the generation fails, costs
//! nothing, is billed by worker time), the ledger says so. One response alone can be odd, too: the
//! fault `odd`.
//!
//! | module | content |
//! |---|---|
//! | `runpod`, `runware` | the odd bodies of each provider |
//! | `echo` | errors that quote the key or the prompt |

pub(crate) mod echo;
pub(crate) mod runpod;
pub(crate) mod runware;

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::listing::Provider;
use crate::rng::Rng;
use filmgate_simulator_video::Video;

/// How long a video's address, or a Runware task, is late at most.
const MAX_LATE_MS: u64 = 150_000;

/// Which oddities the jobs have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum FieldMode {
    /// Each job has some, chosen by this seed.
    Seed(u64),
    /// Each job of their provider has all of these.
    Only(Vec<Oddity>),
}

/// An untagged enum would not name the unknown form.
impl TryFrom<Value> for FieldMode {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if value.is_array() {
            return serde_json::from_value(value)
                .map(Self::Only)
                .map_err(|error| error.to_string());
        }
        let seed =
            value.as_u64().ok_or("expected a seed, an integer of 0 or more, or a list of forms")?;
        Ok(Self::Seed(seed))
    }
}

/// What an oddity is about. A random job has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    /// The answer to the submit.
    Answer,
    /// Whether a poll finds the job.
    Sight,
    /// What a poll says before the end.
    Running,
    /// How the job ends.
    Ending,
    /// The place and form of the video.
    Output,
    /// What else an answer contains.
    Beside,
    /// The form of the cost.
    Cost,
    /// What an error quotes.
    Echo,
}

macro_rules! oddities {
    ($($(#[$doc:meta])* $name:ident $word:literal $provider:ident $aspect:ident,)*) => {
        /// One odd form, named after what the provider does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Oddity { $($(#[$doc])* #[serde(rename = $word)] $name,)* }

        impl Oddity {
            /// All of them.
            pub const ALL: &[Oddity] = &[$(Oddity::$name,)*];

            /// Its name in JSON.
            pub const fn name(self) -> &'static str {
                match self { $(Oddity::$name => $word,)* }
            }

            /// The provider that has it.
            pub const fn provider(self) -> Provider {
                match self { $(Oddity::$name => Provider::$provider,)* }
            }

            const fn aspect(self) -> Aspect {
                match self { $(Oddity::$name => Aspect::$aspect,)* }
            }
        }
    };
}

oddities! {
    /// `{"id"}` alone.
    IdOnly "idOnly" Runpod Answer,
    /// `{"id", "status": null}`.
    IdWithoutStatus "idWithoutStatus" Runpod Answer,
    /// The job below `data`.
    IdInData "idInData" Runpod Answer,
    /// The job below `result`.
    IdInResult "idInResult" Runpod Answer,
    /// The job in a list.
    IdInList "idInList" Runpod Answer,
    /// The job as JSON inside a JSON string.
    IdInText "idInText" Runpod Answer,
    /// HTTP 500 or 503 with the words of a refusal, after the job was made.
    RunpodErrorAfter "runpodErrorAfter" Runpod Answer,
    /// 404 for seconds, sometimes for minutes, after acceptance.
    NotFoundAtFirst "notFoundAtFirst" Runpod Sight,
    /// At first the body of another job, which is completed or failed.
    OtherJob "otherJob" Runpod Sight,
    /// `IN_PROGRESS` with an error in the output, for two hours.
    StuckWithError "stuckWithError" Runpod Running,
    /// Statuses in lower case.
    LowerCase "lowerCase" Runpod Running,
    /// A running job's output has the address of a preview.
    PreviewWhileRunning "previewWhileRunning" Runpod Running,
    /// `COMPLETED` with `output.status` `FAILED`: not billed.
    CompletedFailed "completedFailed" Runpod Ending,
    /// The reason in `detail`, as text beside `title`.
    ReasonInDetail "reasonInDetail" Runpod Ending,
    /// The reason in `detail`, as a list with `loc` and `msg`.
    ReasonInDetailList "reasonInDetailList" Runpod Ending,
    /// The reason in `output.error`.
    ReasonInOutput "reasonInOutput" Runpod Ending,
    /// The reason is `output`.
    ReasonIsOutput "reasonIsOutput" Runpod Ending,
    /// `error` is a list.
    ReasonInList "reasonInList" Runpod Ending,
    /// `COMPLETED` without `output` for seconds, sometimes for minutes.
    OutputLate "outputLate" Runpod Ending,
    /// `FAILED`, with a video and its cost in the output: billed.
    FailedWithVideo "failedWithVideo" Runpod Ending,
    /// `output` is the address.
    OutputText "outputText" Runpod Output,
    /// `output` is a list of addresses.
    OutputList "outputList" Runpod Output,
    /// `output` is a list of objects with address and cost.
    OutputObjects "outputObjects" Runpod Output,
    /// `output.url`.
    OutputUrl "outputUrl" Runpod Output,
    /// `output.result`, an object with address and cost.
    OutputNested "outputNested" Runpod Output,
    /// `output.data.videos[0].url`.
    OutputDeep "outputDeep" Runpod Output,
    /// `output` is a data URI.
    OutputData "outputData" Runpod Output,
    /// `output.video` is a data URI.
    OutputDataField "outputDataField" Runpod Output,
    /// `output.images[0]` is `{type: "base64", filename, data}`, as ComfyUI's worker sends it.
    OutputBase64 "outputBase64" Runpod Output,
    /// The scheme in upper case, and spaces around the address.
    OutputLoud "outputLoud" Runpod Output,
    /// A path on the worker's volume.
    OutputPath "outputPath" Runpod Output,
    /// An `s3://` address.
    OutputBucket "outputBucket" Runpod Output,
    /// An object that cannot be read.
    OutputStrange "outputStrange" Runpod Output,
    /// Empty `error` values beside a good output.
    EmptyError "emptyError" Runpod Beside,
    /// A thumbnail before the video.
    Thumbnail "thumbnail" Runpod Beside,
    /// The request's input, with its image, before the video.
    InputBeside "inputBeside" Runpod Beside,
    /// The cost as text.
    RunpodCostText "runpodCostText" Runpod Cost,
    /// No cost.
    RunpodCostAbsent "runpodCostAbsent" Runpod Cost,
    /// Errors quote the key.
    RunpodEchoKey "runpodEchoKey" Runpod Echo,
    /// Errors quote the prompt in upper case.
    RunpodEchoUpper "runpodEchoUpper" Runpod Echo,
    /// Errors quote the prompt in percent-encoding.
    RunpodEchoPercent "runpodEchoPercent" Runpod Echo,
    /// Errors quote the prompt in Base64.
    RunpodEchoBase64 "runpodEchoBase64" Runpod Echo,

    /// HTTP 500 or 503 with a code that sounds like a refusal, after the task was made.
    RunwareErrorAfter "runwareErrorAfter" Runware Answer,
    /// A resend of a running task is a `duplicateTaskUUID` or a `taskUUIDConflictError`.
    DuplicateOnResend "duplicateOnResend" Runware Answer,
    /// `data: []` for seconds, sometimes for minutes, after acceptance.
    EmptyAtFirst "emptyAtFirst" Runware Sight,
    /// `getResponse` stays empty; `getTaskDetails` has the result.
    OnlyInDetails "onlyInDetails" Runware Sight,
    /// At first the rows of another task.
    OtherTask "otherTask" Runware Sight,
    /// Authentication codes on some polls.
    AuthOnPoll "authOnPoll" Runware Sight,
    /// While it runs, a row and an error about the same task.
    RowAndError "rowAndError" Runware Running,
    /// While it runs, a row with a `videoUUID` and without a status or an address.
    IdWhileRunning "idWhileRunning" Runware Running,
    /// Statuses in upper case.
    UpperCase "upperCase" Runware Running,
    /// Success with a `videoUUID`; the address comes seconds, sometimes minutes, later.
    AddressLate "addressLate" Runware Ending,
    /// When the last video of a task ends, the addresses of all are gone for seconds, sometimes for minutes.
    AddressLost "addressLost" Runware Ending,
    /// `providerRateLimitExceeded` about the task, labeled `getResponse`.
    TaskRateLimit "taskRateLimit" Runware Ending,
    /// `timeoutProvider` about the task, labeled `getResponse`.
    TaskTimeout "taskTimeout" Runware Ending,
    /// `invalidProviderContent` whose `responseContent` says that nothing is charged.
    FreeRefusal "freeRefusal" Runware Ending,
    /// The code and the message on the row.
    ReasonOnRow "reasonOnRow" Runware Ending,
    /// The reason in an object below `message`.
    ReasonNested "reasonNested" Runware Ending,
    /// The reason in `responseContent` and `responseStatusCode`.
    ReasonInContent "reasonInContent" Runware Ending,
    /// An error row with `cost: 0`: not billed.
    FailedForZero "failedForZero" Runware Ending,
    /// `videoURL` is a data URI.
    UrlData "urlData" Runware Output,
    /// `videoDataURI` in place of the address.
    UrlDataField "urlDataField" Runware Output,
    /// `videoBase64Data` in place of the address.
    UrlBase64 "urlBase64" Runware Output,
    /// `videoURL` is a list.
    UrlInList "urlInList" Runware Output,
    /// `videoURL` is an object.
    UrlInObject "urlInObject" Runware Output,
    /// The scheme in upper case, and spaces around the address.
    UrlLoud "urlLoud" Runware Output,
    /// An empty list of errors and an empty `error`.
    EmptyErrors "emptyErrors" Runware Beside,
    /// An `imageURL` beside the video.
    ImageBeside "imageBeside" Runware Beside,
    /// The cost as text.
    RunwareCostText "runwareCostText" Runware Cost,
    /// Errors quote the key.
    RunwareEchoKey "runwareEchoKey" Runware Echo,
    /// Errors quote the prompt in upper case.
    RunwareEchoUpper "runwareEchoUpper" Runware Echo,
    /// Errors quote the prompt in percent-encoding.
    RunwareEchoPercent "runwareEchoPercent" Runware Echo,
    /// Errors quote the prompt in Base64.
    RunwareEchoBase64 "runwareEchoBase64" Runware Echo,
}

impl Oddity {
    /// Whether it makes the generation fail.
    pub const fn is_failure(self) -> bool {
        use Oddity::*;
        matches!(
            self,
            StuckWithError
                | CompletedFailed
                | ReasonInDetail
                | ReasonInDetailList
                | ReasonInOutput
                | ReasonIsOutput
                | ReasonInList
                | TaskRateLimit
                | TaskTimeout
                | FreeRefusal
                | ReasonOnRow
                | ReasonNested
                | ReasonInContent
                | FailedForZero
        )
    }

    /// Whether the answer contains the video in no form that can be downloaded, or calls a paid job
    /// failed: only the raw answer helps.
    pub const fn is_unreadable(self) -> bool {
        use Oddity::*;
        matches!(self, OutputPath | OutputBucket | OutputStrange | FailedWithVideo)
    }

    /// Whether a single response can have it, without a change of what happens.
    pub const fn fits_one_response(self) -> bool {
        !self.is_failure() && !self.is_unreadable() && !matches!(self, Oddity::DuplicateOnResend)
    }

    /// Whether it changes the words of an error alone.
    pub const fn is_quotation(self) -> bool {
        matches!(self.aspect(), Aspect::Echo)
    }

    /// Whether it is about the answer to a submit, and not to a poll.
    pub const fn is_about_submit(self) -> bool {
        matches!(self.aspect(), Aspect::Answer)
    }
}

/// The oddities of one job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Odd {
    oddities: Vec<Oddity>,
    /// The oddity of a single response.
    #[serde(skip)]
    moment: Option<Oddity>,
    /// Chooses among the variants of an oddity.
    seed: u64,
    /// The prompt that errors quote; empty without field mode.
    pub(crate) prompt: String,
    /// Whether a failure is billed: RunPod's own endpoints are, by worker time, and Runware has no rule.
    pub(crate) bills_failures: bool,
}

impl Odd {
    /// The oddities of the `number`th job. `prompt` is asked for in field mode only.
    pub(crate) fn new(
        mode: Option<&FieldMode>,
        number: u64,
        provider: Provider,
        prompt: impl FnOnce() -> String,
    ) -> Self {
        let Some(mode) = mode else {
            return Self::default();
        };
        let own = |oddity: &Oddity| oddity.provider() == provider;
        let (mut rng, oddities) = match mode {
            FieldMode::Only(oddities) => {
                (Rng::new(number), oddities.iter().copied().filter(own).collect())
            }
            FieldMode::Seed(seed) => {
                let mut rng = Rng::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let oddities = random(&mut rng, provider);
                (rng, oddities)
            }
        };
        let seed = rng.bits();
        Self { oddities, seed, prompt: prompt(), ..Self::default() }
    }

    pub(crate) fn has(&self, oddity: Oddity) -> bool {
        self.oddities.contains(&oddity)
    }

    pub(crate) fn all(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The same with the oddity of a single response.
    pub(crate) fn with(&self, moment: Option<Oddity>) -> Self {
        let mut odd = self.clone();
        odd.oddities.extend(moment);
        odd.moment = moment;
        odd
    }

    pub(crate) fn remove(&mut self, oddity: Oddity) {
        self.oddities.retain(|one| *one != oddity);
    }

    pub(crate) fn is_moment(&self, oddity: Oddity) -> bool {
        self.moment == Some(oddity)
    }

    pub(crate) fn is_failure(&self) -> bool {
        self.oddities.iter().any(|oddity| oddity.is_failure())
    }

    /// A number below `count`, always the same for this job and oddity.
    pub(crate) fn variant(&self, oddity: Oddity, count: u64) -> u64 {
        let salt = (oddity as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
        Rng::new(self.seed ^ salt).bits() % count.max(1)
    }

    /// Whether an oddity that began at `since_ms` lasts still, after at most `most_ms`.
    pub(crate) fn lasts(&self, oddity: Oddity, since_ms: u64, at_ms: u64, most_ms: u64) -> bool {
        let lasts_ms = self.lasts_ms(oddity).min(most_ms);
        self.moment == Some(oddity)
            || (self.has(oddity) && at_ms < since_ms.saturating_add(lasts_ms))
    }

    /// How long an oddity lasts: 1 s to 150 s, and one time in eight up to 15 minutes.
    fn lasts_ms(&self, oddity: Oddity) -> u64 {
        let most = if self.seed.is_multiple_of(8) { 900_000 } else { 150_000 };
        1_000 + self.variant(oddity, most - 1_000)
    }
}

/// A small version of a video's first second in Base64. The last one is remembered, since every poll asks for it
/// again.
fn base64(video: &Video) -> String {
    static LAST: Mutex<Option<(Video, String)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some((known, text)) if known == video => text.clone(),
        _ => {
            let text = STANDARD.encode(video.encode_preview());
            *last = Some((video.clone(), text.clone()));
            text
        }
    }
}

/// At most one oddity of each aspect; a third of the jobs has one of a given aspect.
fn random(rng: &mut Rng, provider: Provider) -> Vec<Oddity> {
    use Aspect::*;
    let mut chosen = Vec::new();
    for aspect in [Answer, Sight, Running, Ending, Output, Beside, Cost, Echo] {
        let fits = |oddity: &&Oddity| oddity.provider() == provider && oddity.aspect() == aspect;
        let count = Oddity::ALL.iter().filter(fits).count();
        let at = rng.one_of(count.saturating_mul(3));
        chosen.extend(Oddity::ALL.iter().filter(fits).nth(at).copied());
    }
    chosen
}
