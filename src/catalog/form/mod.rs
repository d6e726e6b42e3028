//! The form of a row: as an application needs it to draw its own form, and as a caller gives it back
//! corrected. What is described here once is written, read and told of where it is wrong.

mod param;
mod rule;
mod value;

use crate::json::Value;

use super::{List, Listing, Model, Note, Per, Rate, Size, Status, Str, UNKNOWN_MS};
use crate::money::{Basis, Usd};
use crate::plain::{Fill, Plain, Reader, Writer, no, object};

/// Makes a struct a part of a row: its fields, each with its name, and what it is where it is absent
/// and need not be there. Other names are refused.
macro_rules! row {
    ($type:ident { $($field:ident = $name:literal $(else $default:expr)?),* $(,)? }) => {
        impl Plain for $type {
            fn write(&self) -> Value {
                let mut object = Writer::new();
                $(object.put($name, &self.$field);)*
                object.end()
            }

            fn fill(&mut self, value: &Value) -> Fill {
                let mut object = Reader::only(value, &[$($name),*]);
                $(row!(@take object, $name, &mut self.$field $(, $default)?);)*
                object.end()
            }

            fn blank() -> Self {
                $type { $($field: row!(@blank $($default)?)),* }
            }
        }
    };
    (@take $object:ident, $name:literal, $field:expr) => { $object.take($name, $field) };
    (@take $object:ident, $name:literal, $field:expr, $default:expr) => {
        $object.may_take($name, $field)
    };
    (@blank) => { Plain::blank() };
    (@blank $default:expr) => { $default };
}

row!(Model {
    id = "id",
    name = "name",
    creator = "creator" else Str::default(),
    listings = "listings",
});

row!(Status {
    state = "state",
    evidence = "verifiedAt" else Str::default(),
    sunset = "sunset",
    instead = "replacements",
});

row!(Size {
    width = "width",
    height = "height",
    resolution = "resolution",
    ratio = "ratio" else Str::default(),
    documented = "documented" else true,
});

row!(Note {
    when = "when",
    field = "field",
    text = "text",
});

impl Plain for Listing {
    /// With the delivery options of its provider's.
    fn write(&self) -> Value {
        object! {
            "provider": self.provider,
            "providerModelId": self.provider_model_id,
            "modes": self.modes,
            "params" => self.all_params().map(Plain::write).collect(),
            "rules": self.rules,
            "prices": self.rates,
            "noPriceReason": self.no_price_reason,
            "notes": self.notes,
            "status": self.status,
            "typicalDurationMs": self.typical_duration_ms,
            "minDurationMs": self.min_duration_ms,
        }
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let names = &[
            "provider",
            "providerModelId",
            "modes",
            "params",
            "rules",
            "prices",
            "noPriceReason",
            "notes",
            "status",
            "typicalDurationMs",
            "minDurationMs",
        ];
        let mut row = Reader::only(value, names);
        row.take("provider", &mut self.provider);
        row.take("providerModelId", &mut self.provider_model_id);
        row.take("modes", &mut self.modes);
        row.take("params", &mut self.params);
        row.take("rules", &mut self.rules);
        row.take("prices", &mut self.rates);
        row.take("noPriceReason", &mut self.no_price_reason);
        row.take("notes", &mut self.notes);
        row.take("status", &mut self.status);
        row.may_take("typicalDurationMs", &mut self.typical_duration_ms);
        row.may_take("minDurationMs", &mut self.min_duration_ms);
        row.end()
    }

    fn blank() -> Self {
        Listing {
            provider: Plain::blank(),
            provider_model_id: Plain::blank(),
            modes: Plain::blank(),
            params: Plain::blank(),
            rules: Plain::blank(),
            rates: Plain::blank(),
            no_price_reason: None,
            notes: Plain::blank(),
            status: Plain::blank(),
            typical_duration_ms: UNKNOWN_MS,
            min_duration_ms: 0,
        }
    }
}

impl Plain for Rate {
    fn write(&self) -> Value {
        object! {
            "usd": Dollars(self.amount),
            "per": self.per,
            "blockSeconds": self.block,
            "when": self.when,
            "basis": self.basis,
        }
    }

    /// What a caller says of the basis is passed over: the price is the caller's word.
    fn fill(&mut self, value: &Value) -> Fill {
        let names = &["usd", "per", "blockSeconds", "when", "basis"];
        let mut amount = Dollars(self.amount);
        let mut row = Reader::only(value, names);
        row.take("usd", &mut amount);
        row.take("per", &mut self.per);
        row.take("blockSeconds", &mut self.block);
        row.take("when", &mut self.when);
        self.amount = amount.0;
        row.end()
    }

    fn blank() -> Self {
        Rate {
            amount: Usd(0),
            per: Per::Second,
            block: None,
            when: List::blank(),
            basis: Basis::Custom,
        }
    }
}

/// An amount that is written in dollars.
struct Dollars(Usd);

impl Plain for Dollars {
    fn write(&self) -> Value {
        self.0.to_f64().into()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let amount = value.as_f64().and_then(Usd::from_f64);
        self.0 = amount.ok_or_else(|| no("an amount in dollars"))?;
        Ok(())
    }

    fn blank() -> Self {
        Dollars(Usd(0))
    }
}
