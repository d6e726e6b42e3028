//! What the project does for itself: `cargo xtask catalog <file>…` holds the rows of the catalog
//! against the providers' own documents, and tells how the two differ.
//!
//! | module | what it knows |
//! |---|---|
//! | [`document`] | what a document says, in one shape for both providers |
//! | `schema`, `page`, `tags` | Runware's OpenAPI documents, RunPod's pages |
//! | `prose`, `prices` | limits and amounts in words and tables |
//! | `row` | a row of the catalog in the same shape |
//! | [`compare`], `rates` | the differences |
//! | [`allowlist`] | those that are known and wanted |
//! | [`new_row`] | a listing that the catalog does not know |

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

use crate::allowlist::Accepted;
use crate::document::{Document, Unreadable, one_line};

/// Bytes of a document, with much room.
const LARGEST: usize = 1 << 20;

/// What the files say that the catalog does not.
pub struct Report {
    accepted: Accepted,
    listings: BTreeSet<String>,
    /// Known differences are told too.
    all: bool,
    text: String,
    news: usize,
    unreadable: bool,
}

impl Report {
    /// Before the first file.
    pub fn new(all: bool) -> Self {
        Report {
            accepted: Accepted::ours(),
            listings: BTreeSet::new(),
            all,
            text: String::new(),
            news: 0,
            unreadable: false,
        }
    }

    /// One file, or why it could not be opened.
    pub fn add(&mut self, name: &str, bytes: Result<Vec<u8>, std::io::Error>) {
        let document = match bytes {
            Err(error) => Err(Unreadable(format!("{error}."))),
            Ok(bytes) if bytes.len() > LARGEST => {
                Err(Unreadable("larger than any document of theirs.".to_owned()))
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
            self.news += 1;
            self.line(&format!(
                "{listing}: not in the catalog; a draft of its row:"
            ));
            let accepted = &mut self.accepted;
            let text = new_row::draft(document, &mut |line| accepted.reason(line).is_some());
            return self.line(&text);
        };
        let (mut news, mut known) = (0, 0);
        for difference in compare::differences(document, row) {
            match self.accepted.reason(&difference) {
                None => {
                    news += 1;
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
        if news == 0 {
            self.line(&format!("{listing}: no difference ({known} known)"));
        }
        self.news += news;
        self.listings.insert(listing);
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// The report, and the exit code: 0 without a difference, 1 with one, 2 for a file that cannot be
    /// read.
    pub fn end(mut self) -> (String, u8) {
        let outdated = self.accepted.outdated(&self.listings);
        for line in &outdated {
            self.line(line);
        }
        let code = match (self.unreadable, self.news + outdated.len()) {
            (true, _) => 2,
            (false, 0) => 0,
            (false, _) => 1,
        };
        (self.text, code)
    }
}
