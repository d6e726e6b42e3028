//! Runware's public prices: keyless, by AIR or page, from the simulator's own facts.

use filmgate_simulator::{Config, Reply, Request, Simulator};
use serde_json::{Value, json};

fn get(path: &str) -> (u16, Value) {
    let mut simulator = Simulator::new(Config::default(), 1, "http://sim.test");
    let request = Request { method: "GET".into(), path: path.into(), ..Request::default() };
    match simulator.handle(0, &request) {
        Reply::Respond { status, headers, body, .. } => {
            assert!(headers.iter().any(|(name, _)| *name == "access-control-allow-origin"));
            (status, serde_json::from_slice(&body).unwrap())
        }
        Reply::Reset { .. } => panic!("a reset"),
    }
}

#[test]
fn a_models_prices_are_public_by_its_identifier_and_by_its_page() {
    let (status, body) = get("/content/models/alibaba%3Awan%402.6/pricing");
    assert_eq!(status, 200);
    assert_eq!(body, get("/content/models/alibaba-wan2-6/pricing").1);
    assert_eq!(
        body["pricingRates"],
        json!([
            { "amount": 0.1, "unit": "second", "label": "720p" },
            { "amount": 0.15, "unit": "second", "label": "1080p" },
        ])
    );
}

#[test]
fn a_label_names_the_conditions_of_its_price() {
    let (_, body) = get("/content/models/alibaba%3Awan%402.6-flash/pricing");
    let labels: Vec<&str> = body["pricingRates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|rate| rate["label"].as_str())
        .collect();
    assert!(labels.starts_with(&["720p, without audio", "720p, with audio"]));
    assert!(labels.contains(&"720p, without audio, with referenceVideos"));
}

#[test]
fn an_unknown_model_has_no_prices() {
    assert_eq!(get("/content/models/no%3Asuch%401/pricing").0, 404);
    assert_eq!(get("/content/models/").0, 404);
}
