//! Whole jobs on the simulated providers: reported progress, and long polls.

use filmgate::job::Limits;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate_simulator::{Config, Progress};

use crate::common::*;
use crate::end_to_end::bridge::Sim;
use crate::schedule::times::Cost;

/// Runs one job: requests after the submit, and seconds from the end until it is seen.
fn completed(provider: ProviderId, config: Config, long_poll: bool) -> (Cost, Vec<&'static str>) {
    let job_duration_ms = config.job_duration_ms;
    let limits = Limits { long_poll, ..LIMITS };
    let sim = Sim::with(config);
    let driver = sim.drive_job(provider, job_with(provider, &request_for(provider), limits)).run();
    assert_eq!(driver.result().videos.len(), 1);
    let asked = driver.operations();
    let cost = Cost {
        requests: (asked.len() - 1) as f64,
        late: (driver.now - T0 - job_duration_ms) as f64 / 1000.0,
        fixed: job_duration_ms as f64 / 2000.0,
    };
    (cost, asked)
}

#[test]
fn reported_progress_costs_less_than_a_fifth() {
    println!("where progress is told, jobs of 60 s to 300 s");
    for provider in ProviderId::ALL {
        let costs: Vec<_> = (60..300)
            .step_by(7)
            .map(|seconds| {
                let config = Config {
                    job_duration_ms: seconds * 1000 + seconds * 37 % 1000,
                    ..Config::default()
                };
                completed(*provider, config, false).0
            })
            .collect();
        let cost = Cost::mean(&costs);
        println!(
            "{provider}: {:.1} requests, {:.2} s late, {:.2} of fixed",
            cost.requests,
            cost.late,
            cost.of_fixed()
        );
        assert!(cost.of_fixed() < 0.2, "{cost:?}");
    }
}

#[test]
fn a_long_poll_takes_four_requests() {
    for progress in [Progress::None, Progress::Object] {
        let config = Config { job_duration_ms: 185_000, progress, ..Config::default() };
        let (cost, asked) = completed(Runpod, config, true);
        println!(
            "RunPod by long poll, 185 s: {} requests with the submit, {:.2} s late",
            asked.len(),
            cost.late
        );
        assert_eq!(asked, ["submit", "long poll", "long poll", "long poll"]);
        assert!(cost.late < 0.2, "{cost:?}");
    }
}

#[test]
fn without_a_long_poll_plain_polls_continue() {
    let config = Config { job_duration_ms: 185_000, status_sync: false, ..Config::default() };
    let (_, asked) = completed(Runpod, config.clone(), true);
    assert_eq!(asked[..3], ["submit", "long poll", "poll"]);
    assert_eq!(asked.iter().filter(|asked| **asked == "long poll").count(), 1);
    // Runware has none to begin with.
    let (_, asked) = completed(Runware, config, true);
    assert!(asked.iter().all(|asked| *asked != "long poll"));
}
