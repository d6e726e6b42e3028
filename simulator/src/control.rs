//! The calls under `/control/`: a test or a demo inspects and changes the simulator with them.
//!
//! | call | body | response |
//! |---|---|---|
//! | `GET ledger` | | the [`Ledger`](crate::Ledger) |
//! | `GET config` | | the [`Config`] |
//! | `POST config` | any part of the [`Config`] | the whole [`Config`] |
//! | `POST faults` | a list of rules, or `{rules, random}` | `{}` |
//! | `POST fault` | one more rule, added after the others | `{}` |
//! | `POST advance` | `{"ms": 60000}` | `{"nowMs": …}` |
//! | `POST reset` | | `{}` |

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::config::Config;
use crate::fault::{FaultRule, Faults, RandomFaults};
use crate::http::{Request, Response};
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultsBody {
    #[serde(default)]
    rules: Vec<FaultRule>,
    #[serde(default)]
    random: Option<RandomFaults>,
}

#[derive(Deserialize)]
struct AdvanceBody {
    ms: u64,
}

pub(crate) fn handle(simulator: &mut Simulator, path: &str, request: &Request) -> Response {
    match (request.method.as_str(), path) {
        ("GET", "ledger") => json_of(&simulator.state.ledger),
        ("GET", "config") => json_of(&simulator.state.config),
        ("POST", "config") => match merged(&simulator.state.config, &request.body) {
            Ok(config) => {
                simulator.state.config = config;
                json_of(&simulator.state.config)
            }
            Err(error) => bad_request(&error),
        },
        ("POST", "faults") => match faults_of(&request.body) {
            Ok(faults) => {
                simulator.state.faults = faults;
                Response::json(200, &json!({}))
            }
            Err(error) => bad_request(&error),
        },
        ("POST", "fault") => match rule_of(&request.body) {
            Ok(rule) => {
                simulator.state.faults.add(rule);
                Response::json(200, &json!({}))
            }
            Err(error) => bad_request(&error),
        },
        ("POST", "advance") => match read(&request.body) {
            Ok(AdvanceBody { ms }) => {
                simulator.advance(ms);
                Response::json(200, &json!({ "nowMs": simulator.state.now_ms }))
            }
            Err(error) => bad_request(&error.to_string()),
        },
        ("POST", "reset") => {
            simulator.reset();
            Response::json(200, &json!({}))
        }
        _ => Response::json(404, &json!({ "error": "unknown control call" })),
    }
}

/// A list of rules, or an object. An untagged enum would not name what is wrong.
fn faults_of(body: &[u8]) -> Result<Faults, String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let value = if value.is_array() { json!({ "rules": value }) } else { value };
    let FaultsBody { rules, random } =
        serde_json::from_value(value).map_err(|error| error.to_string())?;
    rules.iter().try_for_each(FaultRule::check)?;
    random.iter().try_for_each(RandomFaults::check)?;
    Ok(Faults::new(rules, random.as_ref()))
}

fn rule_of(body: &[u8]) -> Result<FaultRule, String> {
    let rule: FaultRule = read(body).map_err(|error| error.to_string())?;
    rule.check()?;
    Ok(rule)
}

/// Deserializes by way of a [`Value`]: the module then contains one deserializer per type, whatever the
/// source of the JSON.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::from_slice(json)?)
}

/// The settings, with those of the body replacing the old ones. They are replaced one by one, so that
/// the error names the setting.
pub(crate) fn merged(config: &Config, body: &[u8]) -> Result<Config, String> {
    let mut whole = serde_json::to_value(config).map_err(|error| error.to_string())?;
    let part: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let (Some(whole_map), Value::Object(part)) = (whole.as_object_mut(), part) else {
        return Err("expected an object".to_owned());
    };
    let mut config = config.clone();
    for (name, value) in part {
        whole_map.insert(name.clone(), value);
        config = serde_json::from_value(Value::Object(whole_map.clone()))
            .map_err(|error| format!("`{name}`: {error}"))?;
        config.check(&name).map_err(|error| format!("`{name}` {error}"))?;
    }
    Ok(config)
}

fn json_of<T: serde::Serialize>(value: &T) -> Response {
    match serde_json::to_value(value) {
        Ok(value) => Response::json(200, &value),
        Err(error) => bad_request(&error.to_string()),
    }
}

fn bad_request(error: &str) -> Response {
    Response::json(400, &json!({ "error": error }))
}
