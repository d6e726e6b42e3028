//! Rules between parameters, and notes about what a listing's documentation leaves open.

use super::{List, Scalar, Str};
use crate::field::Field;

/// A rule between parameters. In a rule, `Size` means a size given in any way.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// At least one of these.
    OneOf {
        /// The fields.
        fields: List<Field>,
    },
    /// If the first field is given, the others must not be.
    Excludes {
        /// The field that excludes.
        field: Field,
        /// The excluded ones.
        fields: List<Field>,
    },
    /// If the first field is given, the others are not sent, with a warning.
    Overrides {
        /// The field that takes precedence.
        field: Field,
        /// The fields that are not sent.
        fields: List<Field>,
    },
    /// If a condition holds, a field must be given and have one of these values.
    Needs {
        /// The conditions; all must hold.
        when: List<When>,
        /// The required field.
        field: Field,
        /// The allowed values; empty: any.
        allowed: List<Scalar>,
        /// Whether a violation is an error; a warning if the documentation contradicts itself.
        strict: bool,
    },
    /// If a condition holds, a list has at most `max` items.
    AtMost {
        /// The conditions; all must hold.
        when: List<When>,
        /// The list.
        field: Field,
        /// Maximum number of items.
        max: u32,
    },
}

/// A condition on a request.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// The field has this value, given or by default.
    Is(Field, Scalar),
    /// The field is given (`true`) or absent (`false`).
    Given(Field, bool),
}

/// What a listing's documentation leaves open: a warning if its conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The conditions; all must hold.
    pub when: List<When>,
    /// The field that it is about.
    pub field: Field,
    /// The message.
    pub text: Str,
}
