//! For pages.
