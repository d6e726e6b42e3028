//! The warnings of a listing stay with its job, without any value of the request.

use filmgate::issue::Code;
use filmgate::job::{Job, Limits};
use filmgate::plan::{PlanOptions, plan, start};
use filmgate::provider::ProviderId;
use filmgate::request::{Policy, VideoRequest};

const KEY: &str = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11";
const IMAGE: &str = "http://example.com/of-a-secret-guest.png";

fn planned() -> Job {
    let request = VideoRequest::new("kling-o1").prompt("A fox").image(IMAGE).duration(5).seed(7);
    let options =
        PlanOptions { available_providers: vec![ProviderId::Runware], ..PlanOptions::default() };
    let offer = plan(&request, &options, Policy::default()).unwrap().remove(0);
    start(1_000, offer, KEY, Limits::default()).unwrap()
}

fn codes(job: &Job) -> Vec<(&str, Code)> {
    job.warnings().iter().map(|issue| (issue.path.as_str(), issue.code)).collect()
}

#[test]
fn a_job_has_the_warnings_of_its_listing_and_of_the_whole_request() {
    assert_eq!(codes(&planned()), [("seed", Code::Ignored), ("image", Code::InsecureUrl)]);
}

#[test]
fn they_survive_a_resume_from_the_record() {
    let job = planned();
    let resumed = Job::resume(2_000, job.record(), 1, Limits::default()).unwrap();
    assert_eq!(codes(&resumed), codes(&job));
}

#[test]
fn they_have_no_fix_which_may_hold_a_value_of_the_request() {
    let job = planned();
    assert!(job.warnings().iter().all(|issue| issue.fix.is_none()));
    let written = job.record()["warnings"].to_string();
    assert!(!written.contains("secret-guest"), "{written}");
}
