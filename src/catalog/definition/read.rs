//! Reads one definition: a file of the catalog, or a caller's.

use std::borrow::Cow;

use super::{Model, validate};
use crate::codec::{Codec, DecodeError, Expected};
use crate::issue::{Code, Issue};
use crate::json::Value;
use crate::json::text::join;
use crate::money::Basis;

/// A caller's definition. Its prices get the basis `custom`. Paths begin with `at`, unless it is empty.
///
/// # Errors
///
/// Why it cannot be read, or every contradiction in it.
pub fn read_model(definition: &Value, at: &str) -> Result<Model, Vec<Issue>> {
    let mut model = read(definition, at)?;
    // What was read is owned. `to_mut` would bring code into the module that copies it.
    if let Cow::Owned(listings) = &mut model.listings {
        for listing in listings {
            if let Cow::Owned(rates) = &mut listing.rates {
                rates.iter_mut().for_each(|rate| rate.basis = Basis::Custom);
            }
        }
    }
    Ok(model)
}

/// A definition of a catalog: each listing names its evidence, and each price says how reliable it is.
///
/// # Errors
///
/// Why it cannot be read, or every contradiction in it.
pub fn read_listed(definition: &Value, at: &str) -> Result<Model, Vec<Issue>> {
    let model = read(definition, at)?;
    let mut issues = Vec::new();
    for (index, listing) in model.listings.iter().enumerate() {
        let mut expect = |holds: bool, path: &str, code, message: &str| {
            if !holds {
                let path = below(at, &format!("listings.{index}.{path}"));
                issues.push(*Issue::error(path, code, message));
            }
        };
        let message = "Name the `source`, its `date`, and whether it is `firstParty`.";
        expect(listing.evidence.is_some(), "evidence", Code::Required, message);
        for (number, rate) in listing.rates.iter().enumerate() {
            let path = format!("prices.{number}.basis");
            let message = "`basis` must be `exact` or `estimate`.";
            expect(rate.basis != Basis::Custom, &path, Code::InvalidValue, message);
            let is_modest = rate.basis != Basis::Exact || listing.is_first_party(rate);
            let message = "A price that the provider did not publish must be an `estimate`.";
            expect(is_modest, &path, Code::Conflict, message);
        }
    }
    if issues.is_empty() { Ok(model) } else { Err(issues) }
}

fn read(definition: &Value, at: &str) -> Result<Model, Vec<Issue>> {
    let mut model = Model::default_value();
    model.decode_into(definition).map_err(|error| vec![decode_issue(at, &error)])?;
    let mut issues = validate(&model);
    for issue in &mut issues {
        issue.path = below(at, &issue.path);
    }
    if issues.is_empty() { Ok(model) } else { Err(issues) }
}

/// A path below another one; either may be empty.
fn below(at: &str, path: &str) -> String {
    if at.is_empty() || path.is_empty() { format!("{at}{path}") } else { format!("{at}.{path}") }
}

/// Why a definition cannot be read.
fn decode_issue(at: &str, error: &DecodeError) -> Issue {
    let names: Vec<&str> = error.path.iter().rev().map(String::as_str).collect();
    let path = below(at, &join(&names, "."));
    let (code, message, words) = match error.expected {
        Expected::Kind(kind) => (Code::InvalidType, format!("`{path}` must be {kind}."), &[][..]),
        Expected::Word(words) => {
            let message = format!("`{path}` must be one of: {}.", join(words, ", "));
            (Code::InvalidType, message, words)
        }
        Expected::Names(names) => {
            let message = format!("Unrecognized field. Use one of: {}.", join(names, ", "));
            (Code::UnrecognizedField, message, names)
        }
    };
    *Issue::error(path, code, message)
        .allowed(words.iter().map(|word| Value::from(*word)).collect())
}
