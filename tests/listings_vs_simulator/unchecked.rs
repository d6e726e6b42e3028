//! Writes a request into a listing's fields without validation: what a client without checks would
//! send.

use filmgate::catalog::{Kind, Listing, Param};
use filmgate::request::Field;
use serde_json::{Map, Value, json};

/// The body; `None` if a field has no path in it.
pub(crate) fn body(listing: &Listing, request: &Value) -> Option<Value> {
    let mut body = Value::Object(Map::new());
    let fields = request.as_object()?.iter().filter(|(name, _)| *name != "model");
    for (name, value) in fields {
        let field = *Field::ALL.iter().find(|field| field.path() == name)?;
        match (field, listing.param(field)) {
            (Field::Resolution | Field::AspectRatio, None) => {
                let size = size_of(listing, request)?;
                let place = listing.param(Field::Size)?;
                encode(&mut body, place, &json!(size))?;
            }
            (_, Some(param)) if !param.provider_field.is_empty() => {
                encode(&mut body, param, value)?
            }
            _ => return None,
        }
    }
    Some(body)
}

/// The size of a resolution and an aspect ratio, in the request's format.
fn size_of(listing: &Listing, request: &Value) -> Option<String> {
    let ratio = request["aspectRatio"].as_str().unwrap_or("16:9");
    let resolution = request["resolution"].as_str();
    let mut sizes = listing.sizes().iter();
    let size = sizes.find(|size| {
        size.ratio == ratio && resolution.is_none_or(|resolution| size.resolution == resolution)
    })?;
    Some(format!("{}x{}", size.width, size.height))
}

fn encode(body: &mut Value, param: &Param, value: &Value) -> Option<()> {
    if param.field == Field::Size {
        let (width, height) = value.as_str()?.split_once('x')?;
        let sides: (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
        match param.provider_field.split_once(' ') {
            Some((first, second)) => {
                put(body, first, json!(sides.0));
                put(body, second, json!(sides.1));
            }
            None => put(body, &param.provider_field, json!(format!("{width}*{height}"))),
        }
        return Some(());
    }
    let value = match &param.kind {
        Kind::Choice { allowed } => match allowed.iter().find(|one| value == &*one.word) {
            Some(choice) => serde_json::from_str(&wire_of(&choice.provider_value)).ok()?,
            None => value.clone(),
        },
        Kind::Media { list: true, .. } => {
            let items = value.as_array().cloned().unwrap_or(vec![value.clone()]);
            let named = |item: Value| match param.field {
                Field::LastFrameImage => json!({ "image": item, "frame": "last" }),
                _ => item,
            };
            Value::Array(items.into_iter().map(named).collect())
        }
        // One video goes alone; of several, the role is unclear.
        Kind::Media { list: false, .. } => match value.as_array().map(Vec::as_slice) {
            Some([one]) => one.clone(),
            Some(_) => return None,
            None => value.clone(),
        },
        _ => value.clone(),
    };
    put(body, &param.provider_field, value);
    Some(())
}

fn wire_of(scalar: &filmgate::catalog::Scalar) -> String {
    use filmgate::catalog::Scalar;
    match scalar {
        Scalar::Boolean(yes) => yes.to_string(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Text(word) => json!(word).to_string(),
    }
}

fn put(body: &mut Value, place: &str, value: Value) {
    let mut below = body;
    for name in place.split('.') {
        if !below.is_object() {
            *below = Value::Object(Map::new());
        }
        below = below.as_object_mut().unwrap().entry(name).or_insert(Value::Null);
    }
    match (below, value) {
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (below, value) => *below = value,
    }
}
