//! The parameters: each value checked against its row, and put in its place in the body.

use serde_json::{Map, Value};

use super::Fitting;
use crate::catalog::{ImageForm, Kind, Param, Scalar, Size};
use crate::issue::{Code, Issue};
use crate::plain::Plain;
use crate::request::{Field, Picture, Text};

impl Fitting<'_> {
    pub(super) fn param(&mut self, param: &Param, size: Option<&Size>) {
        let path = param.field.path();
        if let Kind::Size { .. } = param.kind {
            if let (Some(size), Some((width, height))) = (size, param.wire.split_once(' ')) {
                put(&mut self.body, width, size.width.into());
                put(&mut self.body, height, size.height.into());
            }
            return;
        }
        if self.request.broken.contains(&param.field) {
            return;
        }
        let wire = match self.request.value(param.field) {
            Some(value) => self.encode(param, value),
            None if param.required => {
                let message = format!("{} requires `{path}`.", self.name());
                let issue = Issue::error(path, Code::Missing, message);
                self.issues.push(issue.allowed(allowed(&param.kind)));
                None
            }
            None => param
                .default
                .as_ref()
                .filter(|_| param.explicit)
                .map(Scalar::to_json),
        };
        let wire = match (wire, &param.kind) {
            (Some(Value::String(word)), Kind::Choice { allowed }) => {
                let choice = allowed.iter().find(|choice| choice.word == word);
                choice.map(|choice| choice.wire.as_ref().into())
            }
            (wire, _) => wire,
        };
        if let Some(wire) = wire.filter(|_| !param.wire.is_empty()) {
            put(&mut self.body, &param.wire, wire);
        }
    }

    /// The value as the wire wants it (a choice still in our word), or an issue.
    pub(super) fn encode(&mut self, param: &Param, value: &Value) -> Option<Value> {
        match &param.kind {
            Kind::Text { min, max } => self.text(param.field, value, *min, *max),
            Kind::Integer { min, max, allowed } => {
                self.integer_fits(param.field, value, *min, *max, allowed)
            }
            Kind::Choice { allowed: choices } => {
                let known = choices
                    .iter()
                    .any(|choice| Some(choice.word.as_ref()) == value.as_str());
                if !known {
                    let path = param.field.path();
                    let message = format!("{} does not take this `{path}`.", self.name());
                    let issue = Issue::error(path, Code::NotAllowed, message);
                    let issue = issue.allowed(allowed(&param.kind));
                    self.issues.push(match choices.as_ref() {
                        [only] => issue.set(path, only.word.as_ref()),
                        _ => issue,
                    });
                }
                known.then(|| value.clone())
            }
            Kind::Image {
                forms,
                undocumented,
                list,
            } => {
                let picture = self.request.picture.as_ref()?;
                self.image_fits(picture, forms, undocumented);
                Some(if *list {
                    Value::Array(vec![frame_image(picture)])
                } else {
                    picture.text.clone()
                })
            }
            Kind::Boolean | Kind::Url | Kind::Uuid | Kind::Id | Kind::Size { .. } => {
                Some(value.clone())
            }
        }
    }

    pub(super) fn text(
        &mut self,
        field: Field,
        value: &Value,
        min: u32,
        max: Option<u32>,
    ) -> Option<Value> {
        let (path, text) = (field.path(), Text::read(value)?);
        let outside = text.len > text.head.len() as u64;
        let count = if outside {
            text.len
        } else {
            text.head.chars().count() as u64
        };
        let limits = |issue: Issue| issue.limits(Some(min.into()), max.map(i64::from));
        if count < u64::from(min) || text.head.trim().is_empty() {
            let message = format!("{} wants at least {min} characters here.", self.name());
            self.issues
                .push(limits(Issue::error(path, Code::TooShort, message)));
        } else if let Some(max) = max.filter(|max| count > u64::from(*max)) {
            let message = format!("{count} characters; {} takes {max}.", self.name());
            self.issues
                .push(limits(Issue::error(path, Code::TooLong, message)));
        }
        Some(value.clone())
    }

    pub(super) fn integer_fits(
        &mut self,
        field: Field,
        value: &Value,
        min: Option<i64>,
        max: Option<i64>,
        allowed: &[i64],
    ) -> Option<Value> {
        let (path, number, name) = (field.path(), value.as_i64()?, self.name());
        let error = |code, message: String| Issue::error(path, code, message);
        let issue = if !allowed.is_empty() && !allowed.contains(&number) {
            let nearest = allowed
                .iter()
                .min_by_key(|allowed| allowed.abs_diff(number));
            let message = format!("{name} does not take {number}.");
            let issue = error(Code::NotAllowed, message)
                .allowed(allowed.iter().map(|number| Value::from(*number)));
            nearest.map(|nearest| issue.set(path, *nearest))
        } else if let Some(min) = min.filter(|min| number < *min) {
            let message = format!("{name} wants at least {min}.");
            Some(
                error(Code::TooSmall, message)
                    .limits(Some(min), max)
                    .set(path, min),
            )
        } else if let Some(max) = max.filter(|max| number > *max) {
            let message = if field == Field::N && max == 1 {
                format!("{name} makes one video a request: submit {number} times.")
            } else {
                format!("{name} takes at most {max}.")
            };
            Some(
                error(Code::TooLarge, message)
                    .limits(min, Some(max))
                    .set(path, max),
            )
        } else {
            None
        };
        self.issues.extend(issue);
        Some(number.into())
    }

    pub(super) fn image_fits(
        &mut self,
        picture: &Picture,
        forms: &[ImageForm],
        undocumented: &[ImageForm],
    ) {
        if forms.contains(&picture.form) {
            return;
        }
        let words = || forms.iter().map(|form| form.write());
        if !undocumented.contains(&picture.form) {
            let message = format!("{} takes no image of this form.", self.name());
            let issue = Issue::error("image", Code::NotAllowed, message).allowed(words());
            self.issues.push(issue);
        } else if !self.request.inline_image {
            let message = format!(
                "{} documents an address here. `inlineImage: true` sends the bytes all the same, \
                 as its own SDK does.",
                self.name()
            );
            let issue = Issue::error("image", Code::NotAllowed, message).allowed(words());
            self.issues.push(issue.set("inlineImage", true));
        }
    }
}

/// The values that a kind lists.
pub(super) fn allowed(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Integer { allowed, .. } => allowed.iter().map(|number| (*number).into()).collect(),
        Kind::Choice { allowed } => allowed
            .iter()
            .map(|choice| choice.word.as_ref().into())
            .collect(),
        _ => Vec::new(),
    }
}

/// A picture in a list: alone where no frame is named, with it otherwise.
fn frame_image(picture: &Picture) -> Value {
    match &picture.frame {
        None => picture.text.clone(),
        Some(frame) => {
            let mut map = Map::new();
            map.insert("image".to_owned(), picture.text.clone());
            map.insert("frame".to_owned(), frame.clone());
            Value::Object(map)
        }
    }
}

/// Puts a value at a place with dots between levels, making the levels on the way.
fn put(body: &mut Value, place: &str, value: Value) {
    let (name, rest) = match place.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (place, None),
    };
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    if let Some(map) = body.as_object_mut() {
        match rest {
            None => {
                map.insert(name.to_owned(), value);
            }
            Some(rest) => put(map.entry(name).or_insert(Value::Null), rest, value),
        }
    }
}
