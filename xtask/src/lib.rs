//! Tasks of the project. `cargo xtask catalog` compares the catalog with the providers' documents and prints the
//! differences; `cargo xtask models` writes the pages that are made from the catalog, and says what a listing still lacks.
//! Both read the catalog and never change it. Only `--online` uses the network.
//!
//! | module | content |
//! |---|---|
//! | [`document`] | a document in one shape for all kinds |
//! | `schema`, `pricing`, `types` | parsers of Runware's OpenAPI documents, pricing answers and SDK |
//! | `page`, `mdx`, `configs` | parsers of RunPod's pages and of its list of endpoints |
//! | `text_limits`, `prices` | parsers of limits and prices in text and tables |
//! | `row_values` | a row of the catalog in the same shape |
//! | [`compare`], `rates` | the differences |
//! | [`allowlist`] | the known and accepted differences |
//! | [`online`] | the addresses of the documents |
//! | [`pages`], [`missing`] | the pages that are made from the catalog; what a listing lacks |
//! | [`draft`] | a draft of the file of a listing outside the catalog |

pub mod allowlist;
pub mod compare;
mod configs;
pub mod document;
pub mod draft;
mod mdx;
pub mod missing;
pub mod online;
mod page;
pub mod pages;
mod prices;
mod pricing;
mod rates;
mod row_values;
mod schema;
mod text_limits;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::Read;

use filmgate::catalog::{Listing, MODELS, State};

use crate::allowlist::{Allowlist, NOT_IN_CATALOG};
use crate::document::{Contents, Document, List, Source, Unreadable, one_line};
use crate::draft::Draft;

/// The largest accepted document, in bytes: several times the SDK's types of all models.
const MAX_BYTES: usize = 4 << 20;

/// The differences between the files and the catalog.
pub struct Report {
    allowlist: Allowlist,
    documents: BTreeMap<String, Vec<Document>>,
    lists: Vec<(String, List)>,
    /// The listings in the order of their first documents.
    order: Vec<String>,
    /// Whether known differences are printed too.
    all: bool,
    text: String,
    drafts: Vec<Draft>,
    unexpected: usize,
    unreadable: bool,
}

/// What was found.
pub struct End {
    /// The differences, one per line.
    pub text: String,
    /// The exit code: 0 without differences, 1 with differences, 2 if a file cannot be read.
    pub code: u8,
    /// A draft for each model that the catalog does not have.
    pub drafts: Vec<Draft>,
}

impl Report {
    /// An empty report.
    pub fn new(all: bool) -> Self {
        Report {
            allowlist: Allowlist::load(),
            documents: BTreeMap::new(),
            lists: Vec::new(),
            order: Vec::new(),
            all,
            text: String::new(),
            drafts: Vec::new(),
            unexpected: 0,
            unreadable: false,
        }
    }

    /// Adds one file, or the error of opening it. No more of it is read than a document can have.
    pub fn add(&mut self, name: &str, file: Result<impl Read, std::io::Error>) {
        let mut bytes = Vec::new();
        let limit = MAX_BYTES as u64 + 1;
        let read = file.and_then(|file| file.take(limit).read_to_end(&mut bytes));
        let contents = match read {
            Err(error) => Err(Unreadable(format!("{error}."))),
            Ok(length) if length > MAX_BYTES => {
                Err(Unreadable("larger than any real document.".to_owned()))
            }
            Ok(_) => Contents::read(name, &bytes),
        };
        match contents {
            Err(Unreadable(reason)) => self.add_unreadable(name, &reason),
            Ok(Contents { documents, list }) => {
                self.lists.extend(list.map(|list| (one_line(name), list)));
                for document in documents {
                    let listing = one_line(&document.listing());
                    if !self.documents.contains_key(&listing) {
                        self.order.push(listing.clone());
                    }
                    self.documents.entry(listing).or_default().push(document);
                }
            }
        }
    }

    /// Adds a document that cannot be read, with the reason.
    pub fn add_unreadable(&mut self, name: &str, reason: &str) {
        self.unreadable = true;
        self.line(&format!("{}: {}", one_line(name), one_line(reason)));
    }

    /// Adds a document that its provider no longer has.
    pub fn add_gone(&mut self, row: &Listing, url: &str) {
        let text = format!("{}:{}: gone: {url}", row.provider.as_str(), row.provider_model_id);
        self.difference(&text, &format!("{}.status", compare::place(row)));
    }

    /// Compares everything that was added.
    pub fn end(mut self) -> End {
        let mut whole = BTreeSet::new();
        for listing in std::mem::take(&mut self.order) {
            let mut documents = self.documents.remove(&listing).unwrap_or_default();
            documents.sort_by_key(|document| document.source);
            match documents.first().and_then(compare::row_of) {
                Some(row) => self.compare(&listing, &documents, row),
                None => self.unknown(&listing, documents.as_slice()),
            }
            if documents.iter().any(|one| matches!(one.source, Source::Schema | Source::Page)) {
                whole.insert(listing);
            }
        }
        let lists = std::mem::take(&mut self.lists);
        for (name, list) in &lists {
            self.unlisted(name, list);
        }
        let listed: BTreeSet<&str> = lists.iter().map(|(_, list)| list.provider.as_str()).collect();
        // An entry for all listings is judged once all of their documents were read.
        for provider in &listed {
            let rows = online::addresses().into_iter().filter_map(|address| address.row);
            let mut names =
                rows.map(|row| format!("{}:{}", row.provider.as_str(), row.provider_model_id));
            if names.all(|name| !name.starts_with(&format!("{provider}:")) || whole.contains(&name))
            {
                whole.insert(format!("{provider}:*"));
            }
        }
        let outdated = self.allowlist.outdated(&whole, &listed);
        for line in &outdated {
            self.line(line);
        }
        let code = match (self.unreadable, self.unexpected + outdated.len()) {
            (true, _) => 2,
            (false, 0) => 0,
            (false, _) => 1,
        };
        End { text: self.text, code, drafts: self.drafts }
    }

    /// The differences of one listing. Two documents that say the same count once.
    fn compare(&mut self, listing: &str, documents: &[Document], row: &Listing) {
        let mut told = BTreeSet::new();
        let before = self.unexpected;
        for one in documents.iter().flat_map(|one| compare::differences(one, row)) {
            if told.insert(one.text.clone()) {
                self.difference(&one.text, &one.place);
            }
        }
        if self.unexpected == before {
            self.line(&format!("{listing}: no difference ({} known)", told.len()));
        }
    }

    /// A model outside the catalog, drafted from its documents: the best one, and prices and status from the others.
    fn unknown(&mut self, listing: &str, documents: &[Document]) {
        let Some(best) = documents.iter().find(|one| !one.facts.is_empty()).or(documents.first())
        else {
            return;
        };
        let before = self.unexpected;
        self.difference(&format!("{listing}{NOT_IN_CATALOG}"), "catalog/");
        if self.unexpected == before {
            return;
        }
        let with = |has: fn(&Document) -> bool| documents.iter().find(|one| has(one));
        let merged = Document {
            title: with(|one| !one.title.is_empty()).unwrap_or(best).title.clone(),
            status: documents.iter().find_map(|one| one.status.clone()),
            prices: with(|one| !one.prices.is_empty()).unwrap_or(best).prices.clone(),
            unclear: documents.iter().flat_map(|one| one.unclear.clone()).collect(),
            ..best.clone()
        };
        let allowlist = &mut self.allowlist;
        let draft = draft::draft(&merged, &mut |line| allowlist.reason(line).is_some());
        self.drafts.push(draft);
    }

    /// The listings that a list of all models no longer has.
    fn unlisted(&mut self, name: &str, list: &List) {
        let rows = MODELS.iter().flat_map(|model| model.listings.iter());
        for row in rows.filter(|row| row.provider == list.provider) {
            let is_sold = row.status.state != State::Retired;
            if is_sold && !list.ids.contains(&*row.provider_model_id) {
                let listing = format!("{}:{}", row.provider.as_str(), row.provider_model_id);
                let place = format!("{}.status", compare::place(row));
                self.difference(&format!("{listing}: gone: not in {name}"), &place);
            }
        }
    }

    fn difference(&mut self, text: &str, place: &str) {
        match self.allowlist.reason(text) {
            None => {
                self.unexpected += 1;
                self.line(&format!("{text} → {place}"));
            }
            Some(reason) if self.all => self.line(&format!("{text}\n    known: {reason}")),
            Some(_) => {}
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }
}
