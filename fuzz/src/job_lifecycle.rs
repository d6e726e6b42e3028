//! Whole lives of jobs, from a request or from any record or handle.

use filmgate::codec::Codec;
use filmgate::job::{Handle, Job};
use filmgate::provider::Body;
use serde_json::Value;

use crate::alloc_meter::{MemoryLimit, Parsed, parse, within};
use crate::input_script::{new_job, resumed_job, stored};
use crate::invariant_checker::InvariantChecker;
use crate::ledger::Ledger;

/// Measured: 1.9 times; a record is parsed into a job that copies its texts.
const READING: MemoryLimit = MemoryLimit {
    factor: 3,
    base_bytes: 16_384,
};

fn script(data: &[u8]) -> Option<(Value, usize)> {
    match parse(&String::from_utf8_lossy(data)) {
        Parsed {
            body: Body::Json(script),
            bytes,
        } => Some((script, bytes)),
        _ => None,
    }
}

/// A new job with any inputs.
pub fn machine(data: &[u8]) {
    if let Some((script, bytes)) = script(data)
        && let Some(job) = new_job(&script)
    {
        InvariantChecker::new(&script, bytes, job, Ledger::of_new_job()).run();
    }
}

/// Any record or handle, resumed with any inputs.
pub fn record(data: &[u8]) {
    let Some((script, bytes)) = script(data) else {
        return;
    };
    for part in [&script, script.get("record").unwrap_or(&Value::Null)] {
        let read = within("read", &READING, bytes, || {
            (Job::read(part), Handle::read(part))
        });
        // A parsed value round-trips.
        if let (Some(job), _) = &read {
            let record = job.record();
            assert_eq!(Job::read(&record).map(|job| job.record()), Some(record));
            let state = job.state();
            assert_eq!(Job::from_state(&state).map(|job| job.state()), Some(state));
            let _ = job
                .end()
                .map(|end| end.map(|outcome| outcome.to_json(&job.handle)));
        }
        if let (_, Some(handle)) = &read {
            assert_eq!(Handle::read(&handle.write()).as_ref(), Some(handle));
        }
    }
    if let Some(job) = within("resume", &READING, bytes, || resumed_job(&script)) {
        let ledger = Ledger::of_record(&job);
        let checker = InvariantChecker::new(&script, bytes, job, ledger);
        match stored(&script).filter(|_| script.get("handle").is_none()) {
            Some(record) => checker.stored(record).run(),
            None => checker.run(),
        }
    }
}
