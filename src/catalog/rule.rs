//! Rules between parameters, and what a listing's documents leave open.

use super::{List, Scalar, Str};
use crate::field::Field;

/// A rule between parameters. `Size` stands for every way to say a size where it is named.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// At least one of these.
    OneOf {
        /// The fields.
        fields: List<Field>,
    },
    /// Where the first is given, none of the others may be.
    Excludes {
        /// The field that excludes.
        field: Field,
        /// The excluded ones.
        fields: List<Field>,
    },
    /// Where the first is given, the others cannot be sent: a warning, and they are left out.
    Overrides {
        /// The field that goes first.
        field: Field,
        /// The ones left out.
        fields: List<Field>,
    },
    /// Where something holds, a field must be given, and have one of these values.
    Needs {
        /// What holds, all of it.
        when: List<When>,
        /// The field that is needed.
        field: Field,
        /// The values that it may have; empty: any.
        allowed: List<Scalar>,
        /// Whether the provider's documents mean it: one that contradicts itself is a warning.
        strict: bool,
    },
    /// Where something holds, a list has at most so many items.
    AtMost {
        /// What holds, all of it.
        when: List<When>,
        /// The list.
        field: Field,
        /// How many.
        max: u32,
    },
}

/// Something that holds for a request, or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// The field has this value, as said or by default.
    Is(Field, Scalar),
    /// The field is given, or it is not.
    Given(Field, bool),
}

/// What a listing's documents leave open: a warning where all of it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What holds.
    pub when: List<When>,
    /// What is open.
    pub field: Field,
    /// The same in words.
    pub text: Str,
}
