//! Prices of videos at Runware.

use serde_json::{Value, json};

use super::{Harness, IMAGE, RUN_MS, UUID, task_for};

/// The price of a task, read after its video is finished.
pub(crate) fn price(model: &str, fields: &Value) -> u64 {
    let mut sim = Harness::new();
    let answer = sim.tasks(json!([task_for(model, fields.clone())]));
    assert_eq!(answer.status, 200, "{model} {}", answer.text());
    sim.wait(RUN_MS);
    let row = sim.poll(UUID).body["data"][0].clone();
    assert_eq!(row["status"], "success", "{model} {fields}");
    assert_eq!(sim.ledger().charges.len(), 1, "{model} {fields}");
    sim.ledger().total_micro_usd
}

/// Fields beside the prompt, and the price.
pub(crate) fn priced(model: &str, rows: &[(Value, u64)]) {
    for (fields, micro_usd) in rows {
        let mut fields = fields.clone();
        fields["positivePrompt"] = json!("A fox");
        assert_eq!(price(model, &fields), *micro_usd, "{model} {fields}");
    }
}

pub(crate) fn frames() -> Value {
    json!({ "frameImages": [IMAGE] })
}

pub(crate) fn size(width: u32, height: u32, duration: u32) -> Value {
    json!({ "width": width, "height": height, "duration": duration })
}

pub(crate) fn at(tier: &str, duration: u32) -> Value {
    json!({ "resolution": tier, "duration": duration })
}
