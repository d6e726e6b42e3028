//! What a listing of the catalog still lacks: its tests, and its part in the simulated providers.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use filmgate::catalog::{Listing, MODELS, State};
use serde_json::Value;

/// One line for each thing that is missing: the file, the listing, and what to add.
///
/// # Errors
///
/// A file of the repository that cannot be read.
pub fn missing(root: &Path) -> io::Result<Vec<String>> {
    let json = |name: &str| -> io::Result<Value> {
        serde_json::from_str(&fs::read_to_string(root.join(name))?).map_err(io::Error::from)
    };
    let (documented, bodies) = (json(DOCUMENTED)?, json(BODIES)?);
    let prices = fs::read_to_string(root.join(PRICES))?;
    let simulated = sources(&root.join(SIMULATED))?;
    let sent: BTreeSet<&str> = bodies.as_array().map_or(BTreeSet::new(), |cases| {
        cases.iter().filter_map(|case| case.get("providerModelId")?.as_str()).collect()
    });
    let mut found = Vec::new();
    let mut expect = |listing: &Listing, is_there: bool, file: &str, what: &str| {
        if !is_there {
            found.push(format!("{file}: {}: {what}", listing.provider_model_id));
        }
    };
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        let id = &*listing.provider_model_id;
        let quoted = format!("\"{id}\"");
        let is_documented =
            documented.get("listings").is_some_and(|listings| listings.get(id).is_some());
        expect(listing, is_documented, DOCUMENTED, "the parameters of its page");
        expect(
            listing,
            sent.contains(id),
            BODIES,
            "requests that use each parameter, with their bodies",
        );
        expect(
            listing,
            simulated.contains(&quoted),
            SIMULATED,
            "the same listing, from its page alone",
        );
        let is_free = listing.rates.is_empty() || listing.status.state == State::Retired;
        expect(listing, is_free || prices.contains(&quoted), PRICES, "each price of its page");
    }
    Ok(found)
}

const DOCUMENTED: &str = "tests/catalog/documented.json";
const BODIES: &str = "tests/catalog/bodies.json";
const PRICES: &str = "tests/catalog/prices.json";
const SIMULATED: &str = "simulator/src/listing";

/// The text of every file below a folder.
fn sources(folder: &Path) -> io::Result<String> {
    let mut text = String::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        text.push_str(&if path.is_dir() { sources(&path)? } else { fs::read_to_string(&path)? });
    }
    Ok(text)
}
