//! The end of a job, and its forms in a record and in a state.

use crate::codec::pack::pack_as_value;
use crate::codec::{Codec, DecodeResult, entry, object};
use crate::error::{Error, Unlogged};
use crate::json::Value;
use crate::outcome::VideoResult;

/// Maximum videos, and errors, of one job; a request has at most twenty videos.
pub(super) const MAX_RESULTS: usize = 100;

/// The result of a job.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Completed(Box<VideoResult>),
    Error(Error),
}

impl End {
    /// Whether a job can have ended so: with a video or with an error.
    pub(super) fn is_valid(&self) -> bool {
        match self {
            End::Completed(outcome) => {
                (1..=MAX_RESULTS).contains(&outcome.videos.len())
                    && outcome.failures.len() <= MAX_RESULTS
            }
            End::Error(_) => true,
        }
    }
}

impl Codec for End {
    fn write(&self) -> Value {
        match self {
            End::Completed(outcome) => object! { "completed": **outcome },
            End::Error(error) => {
                let raw = error.raw.as_ref().map_or(Value::Null, |raw| raw.0.clone());
                object! { "error": *error, "raw" => raw }
            }
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        *self = match value.get("completed") {
            Some(outcome) => {
                let mut completed = Box::default_value();
                Codec::decode_into(&mut completed, outcome)?;
                End::Completed(completed)
            }
            None => {
                let mut error = Error::default_value();
                error.decode_into(entry(value, "error"))?;
                error.raw = value.get("raw").cloned().map(Unlogged);
                End::Error(error)
            }
        };
        Ok(())
    }

    fn default_value() -> Self {
        End::Error(Error::default_value())
    }
}

pack_as_value!(Option<End>);
