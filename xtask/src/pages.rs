//! The pages and types that are made from the catalog: the tables of docs/models.md, the counts of the READMEs, and the
//! ids in the package's types.

use std::collections::BTreeSet;
use std::fmt::Write;

use filmgate::catalog::{Evidence, Listing, MODELS, Model, Per, Rate, Scalar, State, When};
use filmgate::money::Basis;
use filmgate::provider::ProviderId;
use filmgate::request::Field;

/// Runware's video models, by the `task_map.py` of `runware-sdk` 1.8.0 on PyPI.
const RUNWARE_MODELS: u32 = 98;
/// The day of its schemas.
const RUNWARE_DATE: &str = "2026-10-12";

/// Makes the new text of a page from its present one.
type Writer = fn(&str) -> String;

/// The pages, relative to the repository.
pub const PAGES: [(&str, Writer); 4] = [
    ("docs/models.md", models_page),
    ("README.md", counted),
    ("pkg/README.md", counted),
    ("pkg/src/types/models.ts", typed),
];

fn models_page(text: &str) -> String {
    let text = between(text, "<!-- catalog: counts -->", "<!-- /catalog -->", &counts());
    let text = between(&text, "<!-- catalog: models -->", "<!-- /catalog -->", &models_table());
    between(&text, "<!-- catalog: fields -->", "<!-- /catalog -->", &fields_table())
}

/// The first number of models in a README.
fn counted(text: &str) -> String {
    let is_count = |(at, _): &(usize, &str)| {
        let before = text.get(..*at).unwrap_or_default();
        before.trim_end().ends_with(|c: char| c.is_ascii_digit())
    };
    let Some((at, _)) = text.match_indices("models").find(is_count) else {
        return text.to_owned();
    };
    let (before, after) = text.split_at(at);
    let number = before.trim_end();
    let space = before.get(number.len()..).unwrap_or_default();
    let number = number.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{number}{}{space}{after}", MODELS.len())
}

fn typed(text: &str) -> String {
    let ids: String = MODELS.iter().map(|model| format!("  | \"{}\"\n", model.id)).collect();
    let ids = format!("export type KnownModelId =\n{};", ids.trim_end());
    between(
        text,
        "// The ids are those of catalog/: `cargo xtask models` writes them.",
        "\n\n",
        &ids,
    )
}

/// The text with other lines between the first `start` and the next `end`.
fn between(text: &str, start: &str, end: &str, lines: &str) -> String {
    let parts = text.split_once(start);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    match parts {
        Some((before, after)) if end == "\n\n" => format!("{before}{start}\n{lines}{end}{after}"),
        Some((before, after)) => format!("{before}{start}\n{lines}\n{end}{after}"),
        None => text.to_owned(),
    }
}

fn counts() -> String {
    let all = || MODELS.iter().flat_map(|model| model.listings.iter());
    let of = |provider| {
        let live = |listing: &&Listing| {
            listing.provider == provider && listing.status.state != State::Retired
        };
        all().filter(live).count()
    };
    let dates = all().filter_map(|listing| Some(&*listing.evidence.as_ref()?.date));
    let rates = all().flat_map(|listing| listing.rates.iter());
    let dates = dates.chain(rates.filter_map(|rate| Some(&*rate.evidence.as_ref()?.date)));
    format!(
        "{} models in {} listings, by documents up to {}. {} of the {RUNWARE_MODELS} video models that Runware lists on \
         {RUNWARE_DATE} are here, and {} endpoints of RunPod.",
        MODELS.len(),
        all().count(),
        dates.max().unwrap_or_default(),
        of(ProviderId::Runware),
        of(ProviderId::Runpod),
    )
}

fn models_table() -> String {
    let mut table = "| model | RunPod | Runware |\n|---|---|---|".to_owned();
    for model in MODELS.iter() {
        let cell = |provider| {
            let own = model.listings.iter().filter(|listing| listing.provider == provider);
            let texts: Vec<String> = own.map(listing_text).collect();
            if texts.is_empty() { "–".to_owned() } else { texts.join("; ") }
        };
        let (runpod, runware) = (cell(ProviderId::Runpod), cell(ProviderId::Runware));
        let _ = write!(table, "\n| `{}` | {runpod} | {runware} |", model.id);
    }
    table
}

fn listing_text(listing: &Listing) -> String {
    let id = &listing.provider_model_id;
    if let (State::Retired, Some(sunset)) = (listing.status.state, &listing.status.sunset) {
        return format!("`{id}`: retired {sunset}");
    }
    if listing.rates.is_empty() {
        return format!("`{id}`: unknown");
    }
    let is_about = |rate: &Rate| rate.basis == Basis::Estimate;
    let all_about = listing.rates.iter().all(is_about);
    let prices = listing.rates.iter().map(|rate| {
        let about = if is_about(rate) && !all_about { "about " } else { "" };
        format!("{about}{}", price_text(rate))
    });
    let prices: Vec<String> = prices.collect();
    let about = if all_about { ", about" } else { "" };
    let rest = if listing.no_price_reason.is_some() { "; others unknown" } else { "" };
    format!("`{id}`{about}: {}{rest}{}", prices.join(", "), others(listing))
}

/// The day of the amounts that the provider did not publish.
fn others(listing: &Listing) -> String {
    let documents = listing.rates.iter().filter_map(|rate| listing.evidence_of(rate));
    let others = documents.filter(|evidence: &&Evidence| !evidence.first_party);
    match others.map(|evidence| &*evidence.date).max() {
        Some(date) => format!(" (of others, {date})"),
        None => String::new(),
    }
}

/// The conditions of a price, and the amount: `720p with audio 0.15`.
fn price_text(rate: &Rate) -> String {
    let mut words: Vec<String> = rate.when.iter().filter_map(condition_text).collect();
    words.push(rate.amount.to_string().trim_start_matches('$').to_owned());
    match (rate.per, rate.block) {
        (Per::Second, _) => {}
        (Per::Block, Some(seconds)) => words.push(format!("per started {seconds} s")),
        _ => words.push("per video".to_owned()),
    }
    words.join(" ")
}

/// What a condition adds to the plain video, if anything.
fn condition_text(when: &When) -> Option<String> {
    match when {
        When::Is(Field::Resolution, Scalar::Text(word)) => Some(word.to_string()),
        When::Is(Field::Duration, Scalar::Integer(seconds)) => Some(format!("{seconds} s")),
        When::Is(Field::GenerateAudio, Scalar::Boolean(true)) => Some("with audio".to_owned()),
        When::Is(Field::GenerateAudio, Scalar::Boolean(false)) => Some("silent".to_owned()),
        When::Is(field, Scalar::Boolean(true)) | When::Given(field, true) => {
            Some(format!("with `{}`", field.path()))
        }
        When::Is(_, Scalar::Boolean(false)) | When::Given(_, false) => None,
        When::Is(field, value) => Some(format!("`{}` {value}", field.path())),
    }
}

/// What the paths alone do not say.
const FIELD_NOTES: &[(Field, ProviderId, &str)] = &[
    (Field::N, ProviderId::Runpod, "one video per request"),
    (Field::DeliveryMethod, ProviderId::Runpod, "`/run` or `/runsync`"),
    (Field::WebhookUrl, ProviderId::Runpod, "beside `input`"),
    (Field::LastFrameImage, ProviderId::Runware, "with `frame: \"last\"`"),
    (Field::Video, ProviderId::Runware, "to edit, extend or reframe"),
    (Field::ReferenceVideos, ProviderId::Runware, "for reference"),
];

fn fields_table() -> String {
    let mut table = "| field | RunPod | Runware |\n|---|---|---|".to_owned();
    for field in Field::ALL {
        let (runpod, runware) =
            (paths(*field, ProviderId::Runpod), paths(*field, ProviderId::Runware));
        let _ = write!(table, "\n| `{}` | {runpod} | {runware} |", field.path());
    }
    table
}

/// Where the provider's listings have a field.
fn paths(field: Field, provider: ProviderId) -> String {
    let of_provider = |model: &'static Model| {
        model.listings.iter().filter(move |listing| listing.provider == provider)
    };
    let params = MODELS.iter().flat_map(of_provider).filter_map(|listing| listing.param(field));
    let paths: BTreeSet<&str> =
        params.flat_map(|param| param.provider_field.split_whitespace()).collect();
    let plain = |path: &&str| format!("`{}`", path.strip_prefix("input.").unwrap_or(path));
    let mut words: Vec<String> = paths.iter().map(plain).collect();
    let notes = FIELD_NOTES.iter().filter(|(of, at, _)| (*of, *at) == (field, provider));
    words.extend(notes.map(|(.., note)| (*note).to_owned()));
    words.join(", ")
}
