//! What can go wrong, and where in a job's life.

use std::fmt;

/// A place where something can go wrong. A run counts them, so that `4:response-lost` names one fault
/// of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Point {
    /// A record is to be written.
    Save,
    /// A request is to leave.
    Submit,
    Poll,
    Details,
    Cancel,
    /// The provider calls the webhook.
    Webhook,
    /// Nothing is under way: the job waits for the time to ask again.
    Idle,
    /// The end is to be told.
    Done,
}

use Point::{Cancel, Details, Done, Idle, Poll, Save, Submit, Webhook};

const REQUESTS: &[Point] = &[Submit, Poll, Details, Cancel];
const QUESTIONS: &[Point] = &[Poll, Details, Cancel];

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident $name:literal $reach:ident $points:expr,)*) => {
        /// One thing that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Fault { $($(#[$doc])* $fault,)* }

        impl Fault {
            pub(crate) const ALL: &[Fault] = &[$(Fault::$fault,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Fault::$fault => $name,)* }
            }

            /// Where it can strike.
            pub(crate) const fn points(self) -> &'static [Point] {
                match self { $(Fault::$fault => $points,)* }
            }

            pub(crate) const fn reach(self) -> Reach {
                match self { $(Fault::$fault => Reach::$reach,)* }
            }
        }
    };
}

/// In which schedules a fault is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// In each: one of every class of faults.
    Each,
    /// In schedules of up to two faults: a variety of a class.
    Pairs,
    /// In random runs alone.
    Chance,
}

faults! {
    /// The store says no.
    StoreRefuses "store-refuses" Each &[Save],
    /// The store writes and says no.
    StoreLies "store-lies" Pairs &[Save],
    /// The store does not write, and says nothing.
    StoreSilent "store-silent" Pairs &[Save],
    /// The process dies before the record is written.
    KilledBeforeWrite "killed-before-write" Each &[Save],
    /// The process dies when the record is written.
    KilledAfterWrite "killed-after-write" Each &[Save],

    /// The connection breaks before the provider has read the request.
    RequestLost "request-lost" Each REQUESTS,
    /// The request goes nowhere, and nobody says so.
    RequestSunk "request-sunk" Pairs REQUESTS,
    /// The connection breaks at once, but the request arrives all the same, some seconds later.
    RequestAdrift "request-adrift" Pairs &[Submit],
    /// The driver keeps the request back for a while: too many are under way.
    RequestHeld "request-held" Pairs REQUESTS,
    /// The connection breaks when the provider has done what was asked.
    ResponseLost "response-lost" Each REQUESTS,
    /// The provider does what was asked, and its answer goes nowhere.
    ResponseSunk "response-sunk" Pairs REQUESTS,
    /// The answer comes after the limit.
    ResponseLate "response-late" Each REQUESTS,
    /// The answer comes just within the limit.
    ResponseSlow "response-slow" Pairs REQUESTS,
    /// The answer comes twice.
    AnsweredTwice "answered-twice" Each REQUESTS,
    /// Every row of the answer stands there twice.
    RowsTwice "rows-twice" Pairs REQUESTS,
    /// HTTP 429.
    Busy "busy" Each REQUESTS,
    /// HTTP 429, and to come again in a day.
    BusyForADay "busy-for-a-day" Pairs REQUESTS,
    /// HTTP 429, and to come again at a date two hours ahead.
    BusyUntilADate "busy-until-a-date" Chance REQUESTS,
    /// HTTP 500; nothing was done.
    ErrorBefore "error-before" Each REQUESTS,
    /// HTTP 503; what was asked was done.
    ErrorAfter "error-after" Each REQUESTS,
    /// HTTP 504 in plain text; what was asked was done.
    GatewayAfter "gateway-after" Pairs REQUESTS,
    /// HTTP 502 with a page; nothing was done.
    PageBefore "page-before" Chance REQUESTS,
    /// HTTP 200 with a page; what was asked was done.
    PageAfter "page-after" Each REQUESTS,
    /// HTTP 200 without a body; what was asked was done.
    EmptyAfter "empty-after" Pairs REQUESTS,
    /// HTTP 200 with JSON that says nothing; what was asked was done.
    NothingAfter "nothing-after" Pairs REQUESTS,
    /// Half of the answer in a whole message.
    Truncated "truncated" Pairs REQUESTS,
    /// Half of the answer; then the connection breaks.
    TruncatedStream "cut" Chance REQUESTS,
    /// Runware's older error.
    LegacyError "legacy-error" Chance REQUESTS,
    /// HTTP 401 without a body; nothing was done.
    Refused "refused" Pairs REQUESTS,
    /// HTTP 404 about a job that is there.
    NotFound "not-found" Each QUESTIONS,
    /// The process dies before the request leaves.
    KilledUnsent "killed-unsent" Each REQUESTS,
    /// The process dies while the request is away.
    KilledAway "killed-away" Each REQUESTS,
    /// The process dies when it has heard the answer, before it does anything about it.
    KilledHearing "killed-hearing" Each REQUESTS,

    /// The webhook goes astray, and the provider takes it for delivered.
    WebhookLost "webhook-lost" Each &[Webhook],
    /// The webhook comes twice.
    WebhookTwice "webhook-twice" Each &[Webhook],
    /// The webhook comes late: after others, or after the end.
    WebhookLate "webhook-late" Each &[Webhook],

    /// Someone who knows the job's id calls it made.
    ForgedMade "forged-made" Each &[Idle],
    /// Someone who knows the job's id calls it failed.
    ForgedFailed "forged-failed" Pairs &[Idle],
    /// Someone calls a job made that is none of ours.
    ForgedStranger "forged-stranger" Pairs &[Idle],
    /// The process dies and comes back at once.
    Killed "killed" Each &[Idle],
    /// The process dies and comes back after an hour.
    KilledForAnHour "killed-for-an-hour" Pairs &[Idle],
    /// The clock is set back by an hour.
    ClockBack "clock-back" Pairs &[Idle],
    /// The clock is set forward by a day.
    ClockForward "clock-forward" Pairs &[Idle],
    /// The laptop sleeps for eight hours.
    Slept "slept" Pairs &[Idle],

    /// The process dies after the end, before it is told.
    KilledBeforeDone "killed-before-done" Each &[Done],
}

impl Fault {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Fault::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
    }

    /// What can strike at that point.
    pub(crate) fn at(point: Point, reach: Reach) -> impl Iterator<Item = Fault> + Clone {
        let fits = move |fault: &Fault| fault.points().contains(&point) && fault.reach() <= reach;
        Fault::ALL.iter().copied().filter(fits)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
