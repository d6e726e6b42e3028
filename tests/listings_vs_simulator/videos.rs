//! A job for each listing, from the request to the charge.

use filmgate::money::{Basis, Usd};
use filmgate::plan::start;
use serde_json::Value;

use crate::common::{LIMITS, T0, UUID};
use crate::end_to_end::bridge::{Sim, assert_truthful};
use crate::listings_vs_simulator::fit;

const BODIES: &str = include_str!("../catalog/bodies.json");

#[test]
fn each_listing_makes_videos_and_bills_the_quote() {
    let cases: Vec<Value> = serde_json::from_str(BODIES).unwrap();
    // A remix needs an earlier video: the seed tests run one.
    let alone = |case: &&Value| case["request"]["remixId"].is_null();
    for case in cases.iter().filter(alone) {
        let fit = fit(case["providerModelId"].as_str().unwrap(), &case["request"]);
        let quote = fit.prepared.as_ref().unwrap().quote.clone();
        let provider = fit.provider;
        let sim = Sim::new();
        let driver = sim.drive_job(provider, start(T0, fit, UUID, LIMITS).unwrap()).run();
        assert!(matches!(driver.done, Some(Ok(_))), "{case}: {:?}", driver.done);
        assert_truthful(&driver, &sim);
        let billed = Usd(i64::try_from(sim.ledger().total_micro_usd).unwrap());
        match (quote.basis, quote.total) {
            (Basis::Exact, total) => assert_eq!(total, Some((billed, billed)), "{case}"),
            (Basis::Range, Some((min, max))) => {
                assert!(min <= billed && billed <= max, "{case}: {billed}");
            }
            _ => {}
        }
        let outcome = driver.result();
        assert!(outcome.videos.iter().all(|video| video.url.is_some()), "{case}");
    }
}
