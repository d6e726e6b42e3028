//! How much memory a piece of work takes: an allocator that counts.
#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use filmgate::provider::Body;

/// Bytes that are allocated now, and the most that were since [`Meter::start`].
static LIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn took(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Relaxed).wrapping_add(bytes);
    MOST.fetch_max(live, Relaxed);
}

fn gave(bytes: usize) {
    LIVE.fetch_sub(bytes, Relaxed);
}

// SAFETY: each call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: see above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        gave(layout.size());
        // SAFETY: see above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While it is copied, both are there.
        took(size);
        gave(layout.size());
        // SAFETY: see above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Bytes that one piece of work takes. A run of the fuzzer has one thread.
pub(crate) struct Meter {
    before: usize,
}

impl Meter {
    pub(crate) fn start() -> Self {
        let before = LIVE.load(Relaxed);
        MOST.store(before, Relaxed);
        Meter { before }
    }

    /// The most that was allocated at a time.
    pub(crate) fn most(&self) -> usize {
        MOST.load(Relaxed).saturating_sub(self.before)
    }

    /// What is still allocated.
    pub(crate) fn held(&self) -> usize {
        LIVE.load(Relaxed).saturating_sub(self.before)
    }
}

/// What a piece of work may take: some times the memory that its input takes, parsed, and some bytes
/// beside it. What was measured over the corpora stands where each is chosen.
pub(crate) struct Allowance {
    pub(crate) times: usize,
    pub(crate) beside: usize,
}

/// Of a text's own length. Parsing is `serde_json`'s affair: an object of one entry takes 632 bytes,
/// and five letters to write, `{"":` and `}`.
const PARSING: Allowance = Allowance {
    times: 160,
    beside: 16_384,
};

/// A body and the memory that it takes.
pub(crate) struct Parsed {
    pub(crate) body: Body,
    pub(crate) bytes: usize,
}

/// Parses a body as every native transport must.
pub(crate) fn parse(text: &str) -> Parsed {
    let before = Meter::start();
    let body = within("parse", &PARSING, text.len(), || Body::parse(text));
    Parsed {
        body,
        bytes: before.held(),
    }
}

/// `FUZZ_MEASURE=1` tells what each piece of work takes.
static MEASURED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_MEASURE").is_some());

/// Does a piece of work whose input takes so many bytes, and sees that it takes no more than allowed.
pub(crate) fn within<T>(
    what: &str,
    allowance: &Allowance,
    bytes: usize,
    work: impl FnOnce() -> T,
) -> T {
    let meter = Meter::start();
    let done = work();
    let most = meter.most();
    if *MEASURED {
        eprintln!("{what} of {bytes} bytes: {most}");
    }
    let allowed = allowance.times * bytes + allowance.beside;
    assert!(
        most <= allowed,
        "{what} of {bytes} bytes: {most}, of {allowed} allowed"
    );
    done
}
