//! The callers' catalogs that this instance has read, by their numbers: to read one takes longer than to quote from it.
//! An instance that a trap replaces has none, and `pkg/src/core/core.ts` passes them again.

use std::cell::RefCell;
use std::rc::Rc;

use crate::catalog::Catalog;
use crate::issue::Issue;
use crate::json::Value;

/// More clients with catalogs of their own than a program has. Each takes memory, which a module cannot give back.
const MAX_CATALOGS: usize = 32;

thread_local! {
    /// The last used at the end.
    static KNOWN: RefCell<Vec<(u32, Rc<Catalog>)>> = const { RefCell::new(Vec::new()) };
}

/// Whether the catalog of this number is here.
pub(super) fn has(number: u32) -> bool {
    find(number).is_some()
}

/// Reads a catalog and keeps it. The result is what is wrong with it: errors if it is not
/// kept, warnings about what is left out.
pub(super) fn add(number: u32, models: &Value) -> Vec<Issue> {
    let catalog = match Catalog::read(models) {
        Ok(catalog) => catalog,
        Err(issues) => return issues,
    };
    let issues = catalog.issues().to_vec();
    KNOWN.with_borrow_mut(|known| {
        // It can be added again.
        if known.len() >= MAX_CATALOGS {
            known.remove(0);
        }
        known.push((number, Rc::new(catalog)));
    });
    issues
}

/// The catalog of this number; `None` if it is not here.
pub(super) fn find(number: u32) -> Option<Rc<Catalog>> {
    KNOWN.with_borrow_mut(|known| {
        let at = known.iter().position(|(own, _)| *own == number)?;
        let used = known.remove(at);
        let catalog = Rc::clone(&used.1);
        known.push(used);
        Some(catalog)
    })
}
