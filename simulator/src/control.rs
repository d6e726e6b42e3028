//! Control, under `/control/`: what a test or a demonstration may look at and change.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET ledger` | | the [`Ledger`](crate::Ledger) |
//! | `GET config` | | the [`Config`] |
//! | `POST config` | any part of the [`Config`] | the whole of it |
//! | `POST faults` | a list of rules, or `{rules, random}` | `{}` |
//! | `POST fault` | one rule more, after those | `{}` |
//! | `POST advance` | `{"ms": 60000}` | `{"nowMs": …}` |
//! | `POST reset` | | `{}` |

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::config::Config;
use crate::fault::{Faults, Random, Rule};
use crate::http::{Answer, Request};
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(untagged)]
enum FaultsBody {
    Rules(Vec<Rule>),
    Both {
        #[serde(default)]
        rules: Vec<Rule>,
        #[serde(default)]
        random: Option<Random>,
    },
}

#[derive(Deserialize)]
struct AdvanceBody {
    ms: u64,
}

pub(crate) fn handle(simulator: &mut Simulator, path: &str, request: &Request) -> Answer {
    match (request.method.as_str(), path) {
        ("GET", "ledger") => shown(&simulator.world.ledger),
        ("GET", "config") => shown(&simulator.world.config),
        ("POST", "config") => match changed(&simulator.world.config, &request.body) {
            Ok(config) => {
                simulator.world.config = config;
                shown(&simulator.world.config)
            }
            Err(error) => refused(&error),
        },
        ("POST", "faults") => match read(&request.body) {
            Ok(FaultsBody::Rules(rules)) => set_faults(simulator, rules, None),
            Ok(FaultsBody::Both { rules, random }) => set_faults(simulator, rules, random),
            Err(error) => refused(&error.to_string()),
        },
        ("POST", "fault") => match read(&request.body) {
            Ok(rule) => {
                simulator.world.faults.add(rule);
                Answer::json(200, &json!({}))
            }
            Err(error) => refused(&error.to_string()),
        },
        ("POST", "advance") => match read(&request.body) {
            Ok(AdvanceBody { ms }) => {
                simulator.advance(ms);
                Answer::json(200, &json!({ "nowMs": simulator.world.now_ms }))
            }
            Err(error) => refused(&error.to_string()),
        },
        ("POST", "reset") => {
            simulator.reset();
            Answer::json(200, &json!({}))
        }
        _ => Answer::json(404, &json!({ "error": "no such control" })),
    }
}

fn set_faults(simulator: &mut Simulator, rules: Vec<Rule>, random: Option<Random>) -> Answer {
    simulator.world.faults = Faults::new(rules, random.as_ref());
    Answer::json(200, &json!({}))
}

/// A value of its own type out of JSON, by way of a [`Value`]: one reader of each type is all that the
/// module carries, whatever the JSON came in.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::from_slice(json)?)
}

/// The settings with those of the body in place of the old ones.
fn changed(config: &Config, body: &[u8]) -> Result<Config, String> {
    let mut whole = serde_json::to_value(config).map_err(|error| error.to_string())?;
    let part: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let (Some(whole_map), Value::Object(part)) = (whole.as_object_mut(), part) else {
        return Err("an object is wanted".to_owned());
    };
    whole_map.extend(part);
    serde_json::from_value(whole).map_err(|error| error.to_string())
}

fn shown<T: serde::Serialize>(value: &T) -> Answer {
    match serde_json::to_value(value) {
        Ok(value) => Answer::json(200, &value),
        Err(error) => refused(&error.to_string()),
    }
}

fn refused(error: &str) -> Answer {
    Answer::json(400, &json!({ "error": error }))
}
