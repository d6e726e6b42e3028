//! The two providers, simulated.
