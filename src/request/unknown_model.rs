//! A model that the catalog does not have: which one is meant.

use std::cmp::Reverse;

use crate::catalog::{Catalog, Model};
use crate::issue::{Code, Issue};
use crate::json::Value;
use crate::json::text::join;
use crate::near::{self, fold};
use crate::provider_id::ProviderId;

/// Models that a message names.
const MAX_NEAR: usize = 5;

/// The issue of an unknown model, with the models that it resembles. Another spelling of one model's id, name or
/// provider's id is fixed.
#[inline(never)]
pub(super) fn issue(id: &str, catalog: &Catalog) -> Box<Issue> {
    let sure = same(id, catalog).or_else(|| raw(id));
    let near = match &sure {
        Some(id) => vec![id.clone()],
        None => resembling(id, catalog),
    };
    let meant = if near.is_empty() {
        "Use an id from `allowed`".to_owned()
    } else {
        format!("Did you mean `{}`? Use an id of the catalog", join(&near, "`, `"))
    };
    let message = format!(
        "Unknown model. {meant}, or `runpod:<endpoint>` or `runware:<id>` with the raw `input` of a model outside \
         the catalog."
    );
    let issue = Issue::error("model", Code::UnknownModel, message);
    if near.is_empty() {
        let all = catalog.models().map(|model| Value::from(model.id.as_ref()));
        return issue.allowed(all.collect());
    }
    let issue = issue.allowed(near.iter().map(|id| Value::from(id.as_str())).collect());
    match sure {
        Some(id) => issue.suggest_set("model", id),
        None => issue,
    }
}

/// The only model with this id, name or provider's id in another spelling, possibly behind a maker's name.
fn same(id: &str, catalog: &Catalog) -> Option<String> {
    let spellings = [Some(id), id.split_once(['/', ':'].as_slice()).map(|(_, rest)| rest)];
    spellings.into_iter().flatten().find_map(|id| {
        let folded = fold(id);
        let named = |name: &str| name == id || (!folded.is_empty() && fold(name) == folded);
        let is_meant = |model: &&Model| {
            let mut listings = model.listings.iter();
            named(&model.id)
                || named(&model.name)
                || listings.any(|listing| named(&listing.provider_model_id))
        };
        let mut meant = catalog.models().filter(is_meant);
        let only = meant.next().filter(|_| meant.next().is_none())?;
        Some(only.id.to_string())
    })
}

/// A provider's id behind a provider's name in another spelling, such as `RunPod:my-endpoint`.
fn raw(id: &str) -> Option<String> {
    let (name, rest) = id.split_once(':')?;
    let mut names = ProviderId::ALL.iter().map(|provider| provider.as_str());
    let provider = ProviderId::named(near::nearest(name, &mut names)?.1)?;
    let is_valid = provider.as_str() != name && provider.is_provider_model_id(rest);
    is_valid.then(|| format!("{provider}:{rest}"))
}

/// The models whose ids begin alike, or else those of the same family, or else the nearest one.
fn resembling(id: &str, catalog: &Catalog) -> Vec<String> {
    let folded = fold(id.rsplit(['/', ':'].as_slice()).next().unwrap_or(id));
    let family = folded.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let alike = |own: &str| own.starts_with(&folded) || folded.starts_with(own);
    let of_family = |own: &str| own.starts_with(family);
    let those = |is_meant: &dyn Fn(&str) -> bool, name: &str| -> Vec<String> {
        let ids = catalog.models().map(|model| model.id.as_ref());
        let meant = ids.filter(|id| name.len() >= 3 && is_meant(&fold(id)));
        meant.map(str::to_owned).collect()
    };
    let mut found = those(&alike, &folded);
    if found.is_empty() {
        found = those(&of_family, family);
    }
    if found.is_empty() {
        let mut ids = catalog.models().map(|model| model.id.as_ref());
        found.extend(near::nearest(&folded, &mut ids).map(|(_, one)| one.to_owned()));
    }
    // `veo-3.1-fast-preview` is nearer to `veo-3.1-fast` than to `veo-3.1`. Of two versions, the newer one is first.
    let far = |one: &str| fold(one).len().abs_diff(folded.len());
    let mut nearest = Vec::new();
    while nearest.len() < MAX_NEAR {
        let ranked =
            found.iter().enumerate().map(|(at, one)| (far(one), Reverse(one.as_str()), at));
        let Some((.., at)) = ranked.min() else {
            break;
        };
        nearest.push(found.swap_remove(at));
    }
    nearest
}
