//! Jobs on the simulated providers, in simulated time. The simulator shares no code with the core:
//! each was written from the providers' documents, and the ledger records the real charges.
pub(crate) mod bridge;
mod chance;
mod crashes;
mod faults;
mod refusals;
mod seeds;
mod shapes;
