//! Prices, to the micro-dollar.
mod amounts;
mod limits;
mod tables;
