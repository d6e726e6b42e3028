//! Whole lives of jobs, from a request or from whatever a store or a caller hands in.

use filmgate::codec::Codec;
use filmgate::job::{Handle, Job};
use filmgate::provider::Body;
use serde_json::Value;

use crate::alloc_meter::{Allowance, Parsed, parse, within};
use crate::input_script::{begun, resumed, stored};
use crate::invariant_checker::Watch;
use crate::ledger::Ledger;

/// Measured: 1.9 times; a record is read into a job, and its texts beside it.
const READING: Allowance = Allowance {
    times: 3,
    beside: 16_384,
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

/// A new job, and anything that may happen to it.
pub fn machine(data: &[u8]) {
    if let Some((script, bytes)) = script(data)
        && let Some(job) = begun(&script)
    {
        Watch::new(&script, bytes, job, Ledger::of_new_job()).run();
    }
}

/// A record or a handle that may be anything, and anything that may happen then.
pub fn record(data: &[u8]) {
    let Some((script, bytes)) = script(data) else {
        return;
    };
    for part in [&script, script.get("record").unwrap_or(&Value::Null)] {
        let read = within("read", &READING, bytes, || {
            (Job::read(part), Handle::read(part))
        });
        // What is read is written as it would be read again.
        if let (Some(job), _) = &read {
            let state = job.state();
            assert_eq!(Job::read(&state).map(|job| job.state()), Some(state));
            let _ = job
                .end()
                .map(|end| end.map(|outcome| outcome.to_json(&job.handle)));
        }
        if let (_, Some(handle)) = &read {
            assert_eq!(Handle::read(&handle.write()).as_ref(), Some(handle));
        }
    }
    if let Some(job) = within("resume", &READING, bytes, || resumed(&script)) {
        let ledger = Ledger::of_record(&job);
        let watch = Watch::new(&script, bytes, job, ledger);
        match stored(&script).filter(|_| script.get("handle").is_none()) {
            Some(record) => watch.stored(record).run(),
            None => watch.run(),
        }
    }
}
