//! Packs `catalog/*.json` into the table of built-in models. A file that cannot be read or contradicts itself stops the
//! build, with its name and the place.
//!
//! The definitions are read and validated by the crate's own code, which this script includes.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    missing_docs,
    unreachable_pub,
    reason = "the crate uses the rest"
)]

mod catalog {
    #[path = "../src/catalog/definition/mod.rs"]
    pub mod definition;
}
#[path = "src/codec/mod.rs"]
mod codec;
#[path = "src/field.rs"]
mod field;
#[path = "src/issue.rs"]
mod issue;
#[path = "src/json/mod.rs"]
mod json;
#[path = "src/money.rs"]
mod money;
#[path = "src/provider_id.rs"]
mod provider_id;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use catalog::definition::{Model, State, pack, read_listed};

/// The models in front, in their order.
const ORDER: &str = "order.json";
const SCHEMA: &str = "schema.json";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=catalog");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            problems.iter().for_each(|problem| println!("cargo::error={problem}"));
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Vec<String>> {
    let models = in_order(&Path::new("catalog").join(ORDER), read_all(Path::new("catalog"))?)?;
    let (table, texts) = pack(&models).map_err(|problem| vec![problem])?;
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let write = |name: &str, bytes: &[u8]| {
        fs::write(out.join(name), bytes).map_err(|error| vec![format!("{name}: {error}")])
    };
    write("catalog.bin", &table)?;
    write("catalog.txt", texts.as_bytes())
}

/// Every model of the folder, or every problem of its files.
fn read_all(folder: &Path) -> Result<Vec<Model>, Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| vec![format!("catalog: {error}")])?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_model = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        path.extension().is_some_and(|kind| kind == "json") && name != ORDER && name != SCHEMA
    };
    let mut files: Vec<PathBuf> = files.filter(is_model).collect();
    files.sort();
    let (mut models, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        match read(&file) {
            Ok(model) => models.push(model),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(models) } else { Err(problems) }
}

fn read(file: &Path) -> Result<Model, Vec<String>> {
    let name = file.display();
    let model = read_listed(&json(file)?, "").map_err(|issues| {
        issues
            .iter()
            .map(|issue| format!("{name}: {}: {}", issue.path, issue.message))
            .collect::<Vec<_>>()
    })?;
    if file.file_stem().is_some_and(|stem| stem == &*model.id) {
        return Ok(model);
    }
    Err(vec![format!("{name}: id: The file must be named `{}.json`.", model.id)])
}

fn json(file: &Path) -> Result<serde_json::Value, Vec<String>> {
    let problem = |error: &dyn std::fmt::Display| vec![format!("{}: {error}", file.display())];
    let text = fs::read_to_string(file).map_err(|error| problem(&error))?;
    serde_json::from_str(&text).map_err(|error| problem(&error))
}

/// The models that `order.json` names, then the others by their ids; those that are no longer sold last.
fn in_order(order: &Path, mut models: Vec<Model>) -> Result<Vec<Model>, Vec<String>> {
    let first: Vec<String> = serde_json::from_value(json(order)?)
        .map_err(|error| vec![format!("{}: {error}", order.display())])?;
    let unknown = first.iter().filter(|id| !models.iter().any(|model| model.id == id.as_str()));
    let unknown: Vec<String> =
        unknown.map(|id| format!("{}: no file `{id}.json`.", order.display())).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let rank = |model: &Model| first.iter().position(|id| *id == *model.id).unwrap_or(first.len());
    models.sort_by_key(|model| (is_retired(model), rank(model)));
    Ok(models)
}

fn is_retired(model: &Model) -> bool {
    model.listings.iter().all(|listing| listing.status.state == State::Retired)
}
