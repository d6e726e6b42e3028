//! Measures the memory that an operation allocates, with a counting allocator.
#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use filmgate::provider::Body;

/// Bytes allocated now, and their peak since [`Meter::start`].
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn on_alloc(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Relaxed).wrapping_add(bytes);
    PEAK.fetch_max(live, Relaxed);
}

fn on_dealloc(bytes: usize) {
    LIVE.fetch_sub(bytes, Relaxed);
}

// SAFETY: each call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        on_alloc(layout.size());
        // SAFETY: see above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        on_dealloc(layout.size());
        // SAFETY: see above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both blocks exist while it copies.
        on_alloc(size);
        on_dealloc(layout.size());
        // SAFETY: see above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// The bytes that one operation allocates. A run of the fuzzer has one thread.
pub(crate) struct Meter {
    before: usize,
}

impl Meter {
    pub(crate) fn start() -> Self {
        let before = LIVE.load(Relaxed);
        PEAK.store(before, Relaxed);
        Meter { before }
    }

    /// The peak of allocated bytes.
    pub(crate) fn peak(&self) -> usize {
        PEAK.load(Relaxed).saturating_sub(self.before)
    }

    /// The bytes still allocated.
    pub(crate) fn live(&self) -> usize {
        LIVE.load(Relaxed).saturating_sub(self.before)
    }
}

/// The memory that an operation may allocate: a multiple of its parsed input's memory, plus a constant.
/// The measured multiple over the corpora is noted at each limit.
pub(crate) struct MemoryLimit {
    pub(crate) factor: usize,
    pub(crate) base_bytes: usize,
}

/// Relative to the text's length. `serde_json` needs 632 bytes for an object of one entry, which takes
/// five characters: `{"":` and `}`.
const PARSING: MemoryLimit = MemoryLimit {
    factor: 160,
    base_bytes: 16_384,
};

/// A body and the memory it occupies.
pub(crate) struct Parsed {
    pub(crate) body: Body,
    pub(crate) bytes: usize,
}

/// Parses a body as every native transport does.
pub(crate) fn parse(text: &str) -> Parsed {
    let before = Meter::start();
    let body = within("parse", &PARSING, text.len(), || Body::parse(text));
    Parsed {
        body,
        bytes: before.live(),
    }
}

/// `FUZZ_MEASURE=1` prints the memory of each operation.
static MEASURED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_MEASURE").is_some());

/// Runs an operation on an input of this many bytes, and asserts that it stays within the limit.
pub(crate) fn within<T>(
    what: &str,
    limit: &MemoryLimit,
    bytes: usize,
    work: impl FnOnce() -> T,
) -> T {
    // Unpacked at its first use, once for all operations.
    LazyLock::force(&filmgate::catalog::MODELS);
    let meter = Meter::start();
    let done = work();
    let peak = meter.peak();
    if *MEASURED {
        eprintln!("{what} of {bytes} bytes: {peak}");
    }
    let allowed = limit.factor * bytes + limit.base_bytes;
    assert!(
        peak <= allowed,
        "{what} of {bytes} bytes: {peak}, of {allowed} allowed"
    );
    done
}
