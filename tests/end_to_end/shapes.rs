//! The response shapes of the simulated providers: each is read alike.

use filmgate::error::ErrorCode;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate_simulator::{Config, Output, Progress, RowStatus};
use serde_json::json;

use crate::common::*;
use crate::end_to_end::bridge::{RUN_MS, Sim, assert_truthful};

fn config() -> Config {
    Config { job_duration_ms: RUN_MS, ..Config::default() }
}

#[test]
fn runpod_output_shapes() {
    for output in [Output::VideoUrl, Output::Result, Output::Url, Output::Bare] {
        for progress in [Progress::Object, Progress::Text, Progress::None] {
            for running_status in ["IN_PROGRESS", "RUNNING", "WARMING_UP"] {
                let running_status = running_status.to_owned();
                let sim = Sim::with(Config { output, progress, running_status, ..config() });
                let driver = sim.drive(Runpod, &runpod_request()).run();
                assert!(driver.result().videos[0].url.is_some());
                assert_truthful(&driver, &sim);
            }
        }
    }
}

#[test]
fn a_finished_job_without_output() {
    let sim = Sim::with(Config { output: Output::None, ..config() });
    let driver = sim.drive(Runpod, &runpod_request()).run();
    assert_eq!(driver.error().failure.code, ErrorCode::InvalidResponse);
    assert_eq!(driver.error().charge, Charge::Charged);
    assert_truthful(&driver, &sim);
}

#[test]
fn runware_row_shapes() {
    for row_status in [RowStatus::Current, RowStatus::Legacy, RowStatus::Absent] {
        for visibility_delay_ms in [0, 3_000, 30_000] {
            for n in [1, 4] {
                let sim = Sim::with(Config { row_status, visibility_delay_ms, ..config() });
                let driver = sim.drive(Runware, &with(runware_request(), json!({ "n": n }))).run();
                assert_eq!(driver.result().videos.len(), n);
                assert_truthful(&driver, &sim);
            }
        }
    }
}

/// The documents say that rows accumulate, not that pending ones are listed.
#[test]
fn results_that_appear_late_without_pending_rows() {
    for job_duration_ms in [60_000, 600_000, 2_400_000] {
        let sim = Sim::with(Config { job_duration_ms, pending_rows: false, ..Config::default() });
        let request = with(runware_request(), json!({ "n": 4 }));
        let driver = sim.drive(Runware, &request).run();
        assert_eq!(driver.result().videos.len(), 4, "{job_duration_ms}");
        assert_truthful(&driver, &sim);
    }
}

#[test]
fn runs_of_any_length() {
    for job_duration_ms in [0, 1, 999, 6_000, 185_000, 1_200_000] {
        for (provider, request) in [(Runpod, runpod_request()), (Runware, runware_request())] {
            let sim = Sim::with(Config { job_duration_ms, ..Config::default() });
            let driver = sim.drive(provider, &request).run();
            assert_eq!(driver.result().videos.len(), 1);
            assert_truthful(&driver, &sim);
            let late = driver.now - T0 - job_duration_ms;
            assert!(
                late <= 15_000,
                "{provider}: heard {late} ms after the end of {job_duration_ms} ms"
            );
        }
    }
}
