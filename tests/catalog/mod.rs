//! The catalog: consistent rows, their prices, and custom models.
mod bodies;
mod choice;
mod comparison;
mod custom;
mod document;
mod notes;
mod prices;
mod rows;
mod same_video;
