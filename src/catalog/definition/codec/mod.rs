//! Model definitions as JSON: what `models()` returns and `createFilmgate({ models })` accepts. One description
//! of each type serves for writing, reading and error messages.

mod param;
mod rule;
mod value;

use crate::json::Value;

use super::{
    DEFAULT_TYPICAL_MS, Evidence, List, Listing, Model, Note, Per, Rate, Size, Status, Str,
};
use crate::codec::{Codec, DecodeResult, Reader, Writer, expected, object};
use crate::money::{Basis, Usd};

/// Implements [`Codec`] for a struct: its fields with their JSON names, and the default of an optional
/// one. Other names are rejected.
macro_rules! object_codec {
    ($type:ident { $($field:ident = $name:literal $(else $default:expr)?),* $(,)? }) => {
        impl Codec for $type {
            fn write(&self) -> Value {
                let mut object = Writer::new();
                $(object.put($name, &self.$field);)*
                object.end()
            }

            fn decode_into(&mut self, value: &Value) -> DecodeResult {
                let mut object = Reader::only(value, &[$($name),*]);
                $(object_codec!(@take object, $name, &mut self.$field $(, $default)?);)*
                object.end()
            }

            fn default_value() -> Self {
                $type { $($field: object_codec!(@default_value $($default)?)),* }
            }
        }
    };
    (@take $object:ident, $name:literal, $field:expr) => { $object.take($name, $field) };
    (@take $object:ident, $name:literal, $field:expr, $default:expr) => {
        $object.may_take($name, $field)
    };
    (@default_value) => { Codec::default_value() };
    (@default_value $default:expr) => { $default };
}

impl Codec for Model {
    fn write(&self) -> Value {
        object! {
            "id": self.id,
            "name": self.name,
            "creator": self.creator,
            "listings": self.listings,
        }
    }

    /// `$schema`, which editors read, is ignored.
    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let names = &["id", "name", "creator", "listings", "$schema"];
        let mut object = Reader::only(value, names);
        object.take("id", &mut self.id);
        object.take("name", &mut self.name);
        object.may_take("creator", &mut self.creator);
        object.take("listings", &mut self.listings);
        object.end()
    }

    fn default_value() -> Self {
        Model {
            id: Codec::default_value(),
            name: Codec::default_value(),
            creator: Codec::default_value(),
            listings: Codec::default_value(),
        }
    }
}

impl Codec for Evidence {
    fn write(&self) -> Value {
        object! {
            "source": self.source,
            "date": self.date,
            "firstParty": self.first_party,
        }
    }

    /// `comment`, which is for maintainers, is ignored.
    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let mut object = Reader::only(value, &["source", "date", "firstParty", "comment"]);
        object.take("source", &mut self.source);
        object.take("date", &mut self.date);
        object.take("firstParty", &mut self.first_party);
        object.end()
    }

    fn default_value() -> Self {
        Evidence::default()
    }
}

object_codec!(Status {
    state = "state",
    verified_at = "verifiedAt" else Str::default(),
    sunset = "sunset",
    replacements = "replacements",
});

object_codec!(Size {
    width = "width",
    height = "height",
    resolution = "resolution",
    ratio = "ratio" else Str::default(),
    documented = "documented" else true,
});

object_codec!(Note {
    when = "when",
    field = "field",
    text = "text",
});

impl Codec for Listing {
    /// Includes the common parameters of the provider.
    fn write(&self) -> Value {
        object! {
            "provider": self.provider,
            "providerModelId": self.provider_model_id,
            "modes": self.modes,
            "params" => self.all_params().map(Codec::write).collect(),
            "rules": self.rules,
            "prices": self.rates,
            "noPriceReason": self.no_price_reason,
            "notes": self.notes,
            "evidence": self.evidence,
            "status": self.status,
            "typicalDurationMs": self.typical_duration_ms,
            "minDurationMs": self.min_duration_ms,
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let names = &[
            "provider",
            "providerModelId",
            "modes",
            "params",
            "rules",
            "prices",
            "noPriceReason",
            "notes",
            "evidence",
            "status",
            "typicalDurationMs",
            "minDurationMs",
        ];
        let mut object = Reader::only(value, names);
        object.take("provider", &mut self.provider);
        object.take("providerModelId", &mut self.provider_model_id);
        object.take("modes", &mut self.modes);
        object.take("params", &mut self.params);
        object.take("rules", &mut self.rules);
        object.take("prices", &mut self.rates);
        object.take("noPriceReason", &mut self.no_price_reason);
        object.take("notes", &mut self.notes);
        object.take("evidence", &mut self.evidence);
        object.take("status", &mut self.status);
        object.may_take("typicalDurationMs", &mut self.typical_duration_ms);
        object.may_take("minDurationMs", &mut self.min_duration_ms);
        object.end()
    }

    fn default_value() -> Self {
        Listing {
            provider: Codec::default_value(),
            provider_model_id: Codec::default_value(),
            modes: Codec::default_value(),
            params: Codec::default_value(),
            rules: Codec::default_value(),
            rates: Codec::default_value(),
            no_price_reason: None,
            notes: Codec::default_value(),
            evidence: Codec::default_value(),
            status: Codec::default_value(),
            typical_duration_ms: DEFAULT_TYPICAL_MS,
            min_duration_ms: 0,
        }
    }
}

impl Codec for Rate {
    fn write(&self) -> Value {
        object! {
            "usd": Dollars(self.amount),
            "per": self.per,
            "blockSeconds": self.block,
            "when": self.when,
            "basis": self.basis,
            "evidence": self.evidence,
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let names = &["usd", "per", "blockSeconds", "when", "basis", "evidence"];
        let mut amount = Dollars(self.amount);
        let mut object = Reader::only(value, names);
        object.take("usd", &mut amount);
        object.take("per", &mut self.per);
        object.take("blockSeconds", &mut self.block);
        object.take("when", &mut self.when);
        object.may_take("basis", &mut self.basis);
        object.take("evidence", &mut self.evidence);
        self.amount = amount.0;
        object.end()
    }

    fn default_value() -> Self {
        Rate {
            amount: Usd(0),
            per: Per::Second,
            block: None,
            when: List::default_value(),
            basis: Basis::Exact,
            evidence: None,
        }
    }
}

/// An amount, as JSON in dollars.
struct Dollars(Usd);

impl Codec for Dollars {
    fn write(&self) -> Value {
        self.0.to_f64().into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let amount = value.as_f64().and_then(Usd::from_f64);
        self.0 = amount.ok_or_else(|| expected("an amount in dollars"))?;
        Ok(())
    }

    fn default_value() -> Self {
        Dollars(Usd(0))
    }
}
