//! The module's JSON tree beside serde_json's, which native users and all other tests have.

#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

#[allow(
    dead_code,
    reason = "the tree is compiled here as it is, and not all of it is asked"
)]
#[path = "../src/json/tree.rs"]
mod tree;

use proptest::prelude::*;
use serde_json::Value as Known;
use tree::{Number, Object, Value};

/// The same value in the module's tree.
fn ours(value: &Known) -> Value {
    match value {
        Known::Null => Value::Null,
        Known::Bool(yes) => (*yes).into(),
        Known::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(float)) => float.into(),
            (None, None) => Value::Null,
        },
        Known::String(text) => text.as_str().into(),
        Known::Array(items) => items.iter().map(ours).collect(),
        Known::Object(map) => {
            let mut object = Object::new();
            // In reverse, since an object sorts itself.
            for (name, item) in map.iter().rev() {
                object.insert(name.clone(), ours(item));
            }
            object.into()
        }
    }
}

fn anything() -> impl Strategy<Value = Known> {
    let leaf = prop_oneof![
        Just(Known::Null),
        any::<bool>().prop_map(Known::from),
        any::<i64>().prop_map(Known::from),
        any::<f64>().prop_map(Known::from),
        ".*".prop_map(Known::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Known::from),
            prop::collection::btree_map("[a-e]{0,2}", inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Both trees read the same from a value, all the way down.
fn agree(known: &Known, value: &Value) {
    assert_eq!(value.as_bool(), known.as_bool());
    assert_eq!(value.as_i64(), known.as_i64());
    assert_eq!(value.as_u64(), known.as_u64());
    assert_eq!(value.as_f64(), known.as_f64());
    assert_eq!(value.as_str(), known.as_str());
    assert_eq!(value.is_null(), known.is_null());
    assert_eq!(value.is_array(), known.is_array());
    assert_eq!(value.is_object(), known.is_object());
    if let (Some(items), Some(others)) = (value.as_array(), known.as_array()) {
        assert_eq!(items.len(), others.len());
        for (item, other) in items.iter().zip(others) {
            agree(other, item);
        }
    }
    if let (Some(object), Some(map)) = (value.as_object(), known.as_object()) {
        assert_eq!(object.len(), map.len());
        assert_eq!(object.is_empty(), map.is_empty());
        assert!(object.keys().eq(map.keys()), "in the same order");
        for ((name, item), other) in object.iter().zip(map.values()) {
            assert!(object.contains_key(name) && value.get(name) == Some(item));
            agree(other, item);
        }
    }
}

proptest! {
    #[test]
    fn both_trees_read_the_same(known in anything()) {
        let value = ours(&known);
        agree(&known, &value);
        prop_assert_eq!(&value, &value.clone());
    }

    #[test]
    fn both_trees_agree_on_equality(one in anything(), other in anything()) {
        prop_assert_eq!(ours(&one) == ours(&other), one == other);
    }

    #[test]
    fn both_trees_change_alike(
        known in prop::collection::btree_map("[a-e]{0,2}", any::<i64>(), 0..6),
        name in "[a-e]{0,2}",
        removed in "[a-e]{0,2}",
    ) {
        let mut map: serde_json::Map<String, Known> =
            known.into_iter().map(|(name, number)| (name, number.into())).collect();
        let mut object = ours(&Known::Object(map.clone()));
        let object = object.as_object_mut().unwrap();
        let was = map.insert(name.clone(), "new".into());
        prop_assert_eq!(object.insert(name.clone(), "new".into()), was.as_ref().map(ours));
        prop_assert_eq!(object.remove(&removed), map.remove(&removed).as_ref().map(ours));
        agree(&Known::Object(map), &Value::Object(object.clone()));
        prop_assert_eq!(object.get_mut(&name).is_some(), name != removed);
    }

    /// JavaScript parses the text to the same number, to the last bit.
    #[test]
    fn a_number_round_trips_through_text(
        number in prop_oneof![
            any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()),
            (any::<i64>(), 1u32..10).prop_map(|(whole, digits)| whole as f64 / 10f64.powi(digits as i32)),
            (0..100_000_000i64).prop_map(|micros| micros as f64 / 1e6),
        ],
    ) {
        let text = Number::Float(number).to_string();
        let read: f64 = text.parse().unwrap();
        prop_assert_eq!(read, number, "{}", text);
        prop_assert!(serde_json::from_str::<Known>(&text).is_ok(), "{}", text);
    }

    #[test]
    fn an_integer_is_written_without_a_point(number in any::<i64>()) {
        prop_assert_eq!(Number::Whole(number).to_string(), number.to_string());
    }
}

#[test]
fn amounts_are_written_in_decimals() {
    for (number, text) in [
        (0.473, "0.473"),
        (-1.25, "-1.25"),
        (5.0, "5"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.000_001, "0.000001"),
        (12_345.67, "12345.67"),
    ] {
        assert_eq!(Number::Float(number).to_string(), text);
    }
}
