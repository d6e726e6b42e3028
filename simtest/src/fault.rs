//! The faults, and the points of a job's life where they are injected.

use std::fmt;

use filmgate_simulator::Oddity;

/// A point where a fault can be injected. A run counts them, so that `4:response-lost` identifies one
/// fault of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Point {
    /// A record is saved.
    Save,
    /// A request is sent.
    Submit,
    Poll,
    Details,
    Cancel,
    /// The provider calls the webhook.
    Webhook,
    /// Nothing is in flight: the job waits for the next poll.
    Idle,
    /// The end is delivered.
    Done,
}

use Point::{Cancel, Details, Done, Idle, Poll, Save, Submit, Webhook};

const REQUESTS: &[Point] = &[Submit, Poll, Details, Cancel];
const QUESTIONS: &[Point] = &[Poll, Details, Cancel];

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident $name:literal $reach:ident $points:expr,)*) => {
        /// A fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Fault {
            $($(#[$doc])* $fault,)*
            /// The right response in a form of the field mode.
            Odd(Oddity),
        }

        impl Fault {
            pub(crate) const ALL: &[Fault] = &[$(Fault::$fault,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Fault::$fault => $name,)* Fault::Odd(oddity) => oddity.name() }
            }

            /// The points where it can be injected.
            pub(crate) const fn points(self) -> &'static [Point] {
                match self {
                    $(Fault::$fault => $points,)*
                    Fault::Odd(oddity) if oddity.is_about_submit() => &[Submit],
                    Fault::Odd(_) => &[Poll, Details],
                }
            }

            pub(crate) const fn reach(self) -> Reach {
                match self { $(Fault::$fault => Reach::$reach,)* Fault::Odd(_) => Reach::Field }
            }
        }
    };
}

/// The schedules that a fault is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// All: one fault of every class.
    Each,
    /// Schedules of up to two faults: a variant of a class.
    Pairs,
    /// Random runs only.
    Random,
    /// Field mode only: an odd response.
    Field,
}

faults! {
    /// The store refuses.
    StoreRefuses "store-refuses" Each &[Save],
    /// The store writes and reports a failure.
    StoreLies "store-lies" Pairs &[Save],
    /// The store does not write and does not respond.
    StoreSilent "store-silent" Pairs &[Save],
    /// The process dies before the record is written.
    KilledBeforeWrite "killed-before-write" Each &[Save],
    /// The process dies after the record is written.
    KilledAfterWrite "killed-after-write" Each &[Save],

    /// The connection is lost before the provider reads the request.
    RequestLost "request-lost" Each REQUESTS,
    /// The request is lost silently.
    RequestSunk "request-sunk" Pairs REQUESTS,
    /// The connection is lost at once, but the request arrives some seconds later.
    RequestAdrift "request-adrift" Pairs &[Submit],
    /// The driver delays the request, since too many are in flight.
    RequestHeld "request-held" Pairs REQUESTS,
    /// The connection is lost after the provider carries the request out.
    ResponseLost "response-lost" Each REQUESTS,
    /// The provider carries the request out, and the response is lost silently.
    ResponseSunk "response-sunk" Pairs REQUESTS,
    /// The response arrives after the limit.
    ResponseLate "response-late" Each REQUESTS,
    /// The response arrives just within the limit.
    ResponseSlow "response-slow" Pairs REQUESTS,
    /// The response arrives twice.
    AnsweredTwice "answered-twice" Each REQUESTS,
    /// Every row of the response is repeated.
    RowsTwice "rows-twice" Pairs REQUESTS,
    /// HTTP 429.
    Busy "busy" Each REQUESTS,
    /// HTTP 429 with a retry in a day.
    BusyForADay "busy-for-a-day" Pairs REQUESTS,
    /// HTTP 429 with a retry at a date two hours ahead.
    BusyUntilADate "busy-until-a-date" Random REQUESTS,
    /// HTTP 500; nothing is carried out.
    ErrorBefore "error-before" Each REQUESTS,
    /// HTTP 503 after the request is carried out.
    ErrorAfter "error-after" Each REQUESTS,
    /// HTTP 504 in plain text after the request is carried out.
    GatewayAfter "gateway-after" Pairs REQUESTS,
    /// HTTP 502 with a page; nothing is carried out.
    PageBefore "page-before" Random REQUESTS,
    /// HTTP 200 with a page after the request is carried out.
    PageAfter "page-after" Each REQUESTS,
    /// HTTP 200 without a body after the request is carried out.
    EmptyAfter "empty-after" Pairs REQUESTS,
    /// HTTP 200 with meaningless JSON after the request is carried out.
    NothingAfter "nothing-after" Pairs REQUESTS,
    /// Half of the response in a complete message.
    Truncated "truncated" Pairs REQUESTS,
    /// Half of the response; then the connection is lost.
    TruncatedStream "truncated-stream" Random REQUESTS,
    /// Runware's legacy error.
    LegacyError "legacy-error" Random REQUESTS,
    /// HTTP 401 without a body; nothing is carried out.
    Refused "refused" Pairs REQUESTS,
    /// HTTP 404 about a job that exists.
    NotFound "not-found" Each QUESTIONS,
    /// The process dies before the request leaves.
    KilledUnsent "killed-unsent" Each REQUESTS,
    /// The process dies while the request is in flight.
    KilledAway "killed-away" Each REQUESTS,
    /// The process dies after it receives the response, before it carries out any output.
    KilledHearing "killed-hearing" Each REQUESTS,

    /// The webhook is lost, and the provider counts it as delivered.
    WebhookLost "webhook-lost" Each &[Webhook],
    /// The webhook arrives twice.
    WebhookTwice "webhook-twice" Each &[Webhook],
    /// The webhook arrives late: after others, or after the end.
    WebhookLate "webhook-late" Each &[Webhook],

    /// A webhook forged with the job's id reports it completed.
    ForgedMade "forged-made" Each &[Idle],
    /// A webhook forged with the job's id reports it failed.
    ForgedFailed "forged-failed" Pairs &[Idle],
    /// A forged webhook reports a job of another client completed.
    ForgedStranger "forged-stranger" Pairs &[Idle],
    /// The process dies and restarts at once.
    Killed "killed" Each &[Idle],
    /// The process dies and restarts after an hour.
    KilledForAnHour "killed-for-an-hour" Pairs &[Idle],
    /// The clock moves back by an hour.
    ClockBack "clock-back" Pairs &[Idle],
    /// The clock moves forward by a day.
    ClockForward "clock-forward" Pairs &[Idle],
    /// The machine sleeps for eight hours.
    Slept "slept" Pairs &[Idle],

    /// The process dies after the end, before it is delivered.
    KilledBeforeDone "killed-before-done" Each &[Done],
}

impl Fault {
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Fault::all().find(|fault| fault.name() == name)
    }

    /// All faults, and all forms that a single response can have.
    fn all() -> impl Iterator<Item = Fault> + Clone {
        let odd = Oddity::ALL.iter().copied().filter(|oddity| oddity.fits_one_response());
        Fault::ALL.iter().copied().chain(odd.map(Fault::Odd))
    }

    /// The faults that can be injected at that point.
    pub(crate) fn at(point: Point, reach: Reach) -> impl Iterator<Item = Fault> + Clone {
        let fits = move |fault: &Fault| fault.points().contains(&point) && fault.reach() <= reach;
        Fault::all().filter(fits)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
