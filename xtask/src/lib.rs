//! Tasks of the project: `cargo xtask catalog <file>…` compares the catalog's rows with the providers'
//! documents and prints the differences. It reads the catalog; it never changes it or the network.
//!
//! | module | content |
//! |---|---|
//! | [`document`] | a document in one shape for both providers |
//! | `schema`, `page`, `mdx` | parsers of Runware's OpenAPI documents and RunPod's pages |
//! | `text_limits`, `prices` | parsers of limits and prices in text and tables |
//! | `row_values` | a row of the catalog in the same shape |
//! | [`compare`], `rates` | the differences |
//! | [`allowlist`] | the known and accepted differences |
//! | [`new_row`] | a draft row for a listing outside the catalog |

pub mod allowlist;
pub mod compare;
pub mod document;
mod mdx;
pub mod new_row;
mod page;
mod prices;
mod rates;
mod row_values;
mod schema;
mod text_limits;

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::allowlist::Allowlist;
use crate::document::{Document, Unreadable, one_line};

/// The largest accepted document, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// The differences between the files and the catalog.
pub struct Report {
    allowlist: Allowlist,
    listings: BTreeSet<String>,
    /// Whether known differences are printed too.
    all: bool,
    text: String,
    unexpected: usize,
    unreadable: bool,
}

impl Report {
    /// An empty report.
    pub fn new(all: bool) -> Self {
        Report {
            allowlist: Allowlist::load(),
            listings: BTreeSet::new(),
            all,
            text: String::new(),
            unexpected: 0,
            unreadable: false,
        }
    }

    /// Adds one file, or the error of opening it.
    pub fn add(&mut self, name: &str, bytes: Result<Vec<u8>, std::io::Error>) {
        let document = match bytes {
            Err(error) => Err(Unreadable(format!("{error}."))),
            Ok(bytes) if bytes.len() > MAX_BYTES => {
                Err(Unreadable("larger than any real document.".to_owned()))
            }
            Ok(bytes) => Document::read(&bytes),
        };
        match document {
            Ok(document) => self.document(&document),
            Err(unreadable) => {
                self.unreadable = true;
                self.line(&format!("{}: {unreadable}", one_line(name)));
            }
        }
    }

    fn document(&mut self, document: &Document) {
        let listing = one_line(&document.listing());
        let Some(row) = compare::row_of(document) else {
            self.unexpected += 1;
            self.line(&format!("{listing}: not in the catalog; a draft of its row:"));
            let allowlist = &mut self.allowlist;
            let text = new_row::draft(document, &mut |line| allowlist.reason(line).is_some());
            return self.line(&text);
        };
        let (mut unexpected, mut known) = (0, 0);
        for difference in compare::differences(document, row) {
            match self.allowlist.reason(&difference) {
                None => {
                    unexpected += 1;
                    self.line(&difference);
                }
                Some(reason) => {
                    known += 1;
                    if self.all {
                        self.line(&format!("{difference}\n    known: {reason}"));
                    }
                }
            }
        }
        if unexpected == 0 {
            self.line(&format!("{listing}: no difference ({known} known)"));
        }
        self.unexpected += unexpected;
        self.listings.insert(listing);
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// The report and the exit code: 0 without differences, 1 with differences, 2 if a file cannot be
    /// read.
    pub fn end(mut self) -> (String, u8) {
        let outdated = self.allowlist.outdated(&self.listings);
        for line in &outdated {
            self.line(line);
        }
        let code = match (self.unreadable, self.unexpected + outdated.len()) {
            (true, _) => 2,
            (false, 0) => 0,
            (false, _) => 1,
        };
        (self.text, code)
    }
}
