//! Parameters: each value is validated against its definition and put into the body.

use crate::json::{Object, Value};

use super::size::pixels_of;
use super::{Detail, Encoder, use_one_of};
use crate::catalog::{ImageType, Kind, MediaForm, Param, Scalar};
use crate::codec::Codec;
use crate::field::Field;
use crate::issue::{Code, Issue, Severity};
use crate::json::text::Text;
use crate::request::{MediaInput, alias};

impl Encoder<'_> {
    pub(super) fn param(&mut self, param: &Param) {
        match param.field {
            Field::Size => {
                if !self.sends_size(param) {
                    self.missing_size(param);
                }
            }
            // The size implies it.
            Field::Resolution if self.size.is_some() => {}
            field if !self.has_body && !param.required && !self.request.has(field) => {}
            field if self.request.broken.contains(&field) || self.is_overridden(field) => {}
            _ => {
                let is_valid = self.is_valid(param);
                if is_valid && self.has_body && !param.provider_field.is_empty() {
                    self.send(param);
                }
            }
        }
    }

    /// Whether the parameter has a value or needs none. If not, an issue says why.
    fn is_valid(&mut self, param: &Param) -> bool {
        match self.request.value(param.field) {
            Some(value) => self.fits(param, value),
            None if param.required => {
                let path = param.field.path();
                let message = format!("{} requires `{path}`.", self.name());
                let issue = Issue::error(path, Code::Required, message);
                let mut allowed = Vec::new();
                for value in param.kind.allowed() {
                    if self.rules_accept(param.field, &value) {
                        allowed.push(value);
                    }
                }
                self.report(issue.allowed(allowed));
                false
            }
            None => true,
        }
    }

    /// Puts the value into the body, as the provider spells it: the caller's, or a default that is always sent.
    fn send(&mut self, param: &Param) {
        let given = self.request.value(param.field);
        let default =
            param.default.as_ref().filter(|_| param.always_sent && !self.is_excluded(param.field));
        let value = match (&param.kind, given) {
            (Kind::Media { list, .. }, Some(_)) => self.media_value(param.field, *list),
            (_, Some(given)) => Some(given.clone()),
            (_, None) => default.map(Scalar::to_json),
        };
        let spelled = match (&param.kind, value) {
            (Kind::Choice { allowed }, Some(value)) => {
                let mut choices = allowed.iter();
                let choice = choices.find(|choice| Some(choice.word.as_ref()) == value.as_str());
                choice.map(|choice| choice.provider_value.to_json())
            }
            (_, value) => value,
        };
        if let Some(value) = spelled {
            put(&mut self.body, &param.provider_field, value);
        }
    }

    /// Puts the size, if there is one, into its field or fields.
    fn sends_size(&mut self, param: &Param) -> bool {
        let Some(size) = self.size else {
            return false;
        };
        if !self.has_body {
            return true;
        }
        match param.provider_field.split_once(' ') {
            Some((width, height)) => {
                put(&mut self.body, width, size.width.into());
                put(&mut self.body, height, size.height.into());
            }
            None => {
                let text = format!("{}*{}", size.width, size.height);
                put(&mut self.body, &param.provider_field, text.into());
            }
        }
        true
    }

    /// Whether the parameter accepts the value. If not, an issue says why.
    pub(super) fn fits(&mut self, param: &Param, value: &Value) -> bool {
        match &param.kind {
            Kind::Text { min, max } => self.text(param.field, value, *min, *max),
            Kind::Integer { min, max, allowed } => {
                let (min, max) = (min.map(i64::from), max.map(i64::from));
                self.integer_fits(param.field, value, min, max, allowed)
            }
            Kind::Choice { allowed: choices } => {
                let known =
                    choices.iter().any(|choice| Some(choice.word.as_ref()) == value.as_str());
                if !known && !self.is_reported(param.field) {
                    let path = param.field.path();
                    let allowed = param.kind.allowed();
                    let message = format!(
                        "{} does not support this `{path}`.{}",
                        self.name(),
                        use_one_of(&allowed)
                    );
                    let issue = Issue::error(path, Code::InvalidValue, message);
                    self.report(self.respelled(param.field, &allowed, issue).allowed(allowed));
                }
                known
            }
            Kind::Number { min, max } => {
                let (min, max) = (min.map(i64::from), max.map(i64::from));
                self.number_fits(param.field, value, min, max)
            }
            Kind::Boolean { only: Some(only) } => {
                self.fixed_boolean(param.field, value, *only);
                true
            }
            Kind::Media { forms, undocumented, types, max, .. } => {
                let request = self.request;
                let media: Vec<&MediaInput> = request.media(param.field).collect();
                self.media_fit(param.field, &media, forms, undocumented);
                self.image_types_fit(param.field, &media, types);
                self.at_most(param.field, *max);
                true
            }
            Kind::Boolean { only: None }
            | Kind::Url
            | Kind::Uuid
            | Kind::Id
            | Kind::Size { .. } => true,
        }
    }

    /// The media of a field as they are sent.
    fn media_value(&self, field: Field, list: bool) -> Option<Value> {
        let mut media = self.request.media(field);
        if !list {
            return Some(media.next()?.text.clone());
        }
        let last = self.request.media(Field::LastFrameImage).next().is_some();
        let mut items = Vec::new();
        for input in media {
            items.push(frame_image(input, field, last));
        }
        Some(Value::Array(items))
    }

    /// Whether the field already has an error.
    pub(super) fn is_reported(&self, field: Field) -> bool {
        let of_field = |issue: &Issue| issue.path == field.path();
        self.issues.iter().any(|issue| of_field(issue) && issue.severity == Severity::Error)
    }

    /// Suggests the allowed value that the given one certainly means in another spelling.
    pub(super) fn respelled(
        &self,
        field: Field,
        allowed: &[Value],
        issue: Box<Issue>,
    ) -> Box<Issue> {
        // A comparison shows only the message.
        if self.detail == Detail::Price {
            return issue;
        }
        let path = field.path();
        let given = self.request.value(field).unwrap_or(&Value::Null);
        let is_same = |one: &&Value| match (one.as_str(), given.as_str()) {
            (Some(one), Some(given)) => one.eq_ignore_ascii_case(given),
            _ => false,
        };
        if let Some(same) = allowed.iter().find(is_same) {
            return issue.suggest_set(path, same.clone());
        }
        match alias::convert(path, given) {
            Some((to, value)) if to == path && allowed.contains(&value) => {
                issue.suggest_set(path, value)
            }
            Some(("size", value)) if !self.request.has(Field::Size) => {
                let mut sizes = self.sizes.iter().filter(|_| !self.is_excluded(Field::Size));
                if sizes.any(|size| value == size.word()) {
                    return issue.suggest_set("size", value).replacing(path);
                }
                match value.as_str().and_then(pixels_of).and_then(|size| self.tier_of(size)) {
                    Some(tier) if field == Field::Resolution => issue.suggest_set(path, tier),
                    _ => issue,
                }
            }
            _ => issue,
        }
    }

    /// A boolean for which the listing has only one value.
    fn fixed_boolean(&mut self, field: Field, value: &Value, only: bool) {
        if value.as_bool() == Some(only) {
            return;
        }
        let path = field.path();
        let message = format!("{} supports only `{path}: {only}` for this model.", self.name());
        let issue = Issue::error(path, Code::InvalidValue, message);
        self.report(issue.allowed(vec![only.into()]));
    }

    pub(super) fn text(&mut self, field: Field, value: &Value, min: u32, max: Option<u32>) -> bool {
        let Some(text) = Text::read(value) else {
            return false;
        };
        let path = field.path();
        let outside = text.len > text.head.len() as u64;
        let count = if outside { text.len } else { text.head.chars().count() as u64 };
        let limits = |issue: Box<Issue>| issue.limits(Some(min.into()), max.map(i64::from));
        if count < u64::from(min) || text.head.trim().is_empty() {
            let message = format!("{} requires at least {min} characters.", self.name());
            let issue = limits(Issue::error(path, Code::TooShort, message));
            let is_empty = text.head.trim().is_empty() && !self.is_needed(field);
            self.report(if is_empty { issue.suggest_remove(path) } else { issue });
        } else if let Some(max) = max.filter(|max| count > u64::from(*max)) {
            let message =
                format!("{} accepts at most {max} characters. This has {count}.", self.name());
            self.report(limits(Issue::error(path, Code::TooLong, message)));
        }
        true
    }

    pub(super) fn integer_fits(
        &mut self,
        field: Field,
        value: &Value,
        min: Option<i64>,
        max: Option<i64>,
        allowed: &[i32],
    ) -> bool {
        let Some(number) = value.as_i64() else {
            return false;
        };
        let (path, name) = (field.path(), self.name());
        let error = |code, message: String| Issue::error(path, code, message);
        let is_listed = allowed.is_empty() || allowed.iter().any(|one| i64::from(*one) == number);
        let issue = if self.is_reported(field) {
            None
        } else if !is_listed {
            let values: Vec<Value> = allowed.iter().map(|number| (*number).into()).collect();
            let nearest = nearest(&values, number);
            let message = format!("{name} does not support {number}.{}", use_one_of(&values));
            let issue = error(Code::InvalidValue, message).allowed(values);
            nearest.map(|nearest| issue.suggest_set(path, nearest))
        } else if let Some(min) = min.filter(|min| number < *min) {
            let message = format!("{name} requires at least {min}.");
            Some(error(Code::TooSmall, message).limits(Some(min), max))
        } else if let Some(max) = max.filter(|max| number > *max) {
            let message = if field == Field::N && max == 1 {
                format!("{name} generates one video per request. Submit {number} requests.")
            } else {
                format!("{name} accepts at most {max}.")
            };
            Some(error(Code::TooLarge, message).limits(min, Some(max)))
        } else {
            None
        };
        // Another number of videos or another seed is another wish, not a nearby value.
        let nearest = min.filter(|min| number < *min).or(max.filter(|max| number > *max));
        let nearest = nearest.filter(|_| !matches!(field, Field::N | Field::Seed));
        if let Some(issue) = issue {
            self.report(match nearest {
                Some(nearest) if issue.fix.is_none() => issue.suggest_set(path, nearest),
                _ => issue,
            });
        }
        true
    }

    fn number_fits(
        &mut self,
        field: Field,
        value: &Value,
        min: Option<i64>,
        max: Option<i64>,
    ) -> bool {
        let Some(number) = value.as_f64() else {
            return false;
        };
        let path = field.path();
        let limit = match (min, max) {
            (Some(min), _) if number < min as f64 => Some((Code::TooSmall, "at least", min)),
            (_, Some(max)) if number > max as f64 => Some((Code::TooLarge, "at most", max)),
            _ => None,
        };
        if let Some((code, word, limit)) = limit {
            let message = format!("{} requires {word} {limit}.", self.name());
            let issue = Issue::error(path, code, message).limits(min, max);
            self.report(issue.suggest_set(path, limit));
        }
        true
    }

    fn media_fit(
        &mut self,
        field: Field,
        media: &[&MediaInput],
        forms: &[MediaForm],
        undocumented: &[MediaForm],
    ) {
        let path = field.path();
        let words = || forms.iter().map(Codec::write).collect::<Vec<Value>>();
        let mut others = media.iter().map(|input| input.form);
        let Some(other) = others.find(|form| !forms.contains(form)) else {
            return;
        };
        let is_inline = matches!(other, MediaForm::DataUri | MediaForm::Base64);
        if is_inline && undocumented.contains(&other) {
            if !self.request.inline_image {
                let message = format!(
                    "{} documents only a URL here. Give a URL, or set `allowInlineImages: true` to send the bytes, as \
                     its own SDK does.",
                    self.name()
                );
                let issue = Issue::error(path, Code::UrlRequired, message).allowed(words());
                self.report(issue.suggest_set("allowInlineImages", true));
            }
            return;
        }
        let issue = if is_inline {
            let message = format!(
                "{} does not accept inline images here. Give an https URL, or set `upload` to have the bytes uploaded.",
                self.name()
            );
            Issue::error(path, Code::UrlRequired, message)
        } else {
            let allowed = words();
            let message = format!(
                "{} does not accept this form of media.{}",
                self.name(),
                use_one_of(&allowed)
            );
            Issue::error(path, Code::InvalidValue, message)
        };
        self.report(issue.allowed(words()));
    }

    /// Reports images whose file format the listing does not accept.
    fn image_types_fit(&mut self, field: Field, media: &[&MediaInput], types: &[ImageType]) {
        let mut given = media.iter().filter_map(|input| input.image_type);
        let Some(other) = given.find(|kind| !types.is_empty() && !types.contains(kind)) else {
            return;
        };
        let names: Vec<Value> = types.iter().map(|kind| kind.name().into()).collect();
        let message = format!(
            "This is {}, which {} does not accept here.{}",
            other.name(),
            self.name(),
            use_one_of(&names)
        );
        let issue = Issue::error(field.path(), Code::InvalidFormat, message);
        self.report(issue.allowed(types.iter().map(Codec::write).collect()));
    }

    /// Reports a list that is too long.
    pub(super) fn at_most(&mut self, field: Field, max: u32) {
        let count = self.request.media(field).count();
        if count as u64 > u64::from(max) {
            let message = format!("{} accepts at most {max}. This has {count}.", self.name());
            let issue = Issue::error(field.path(), Code::TooLong, message);
            self.report(issue.limits(Some(1), Some(max.into())));
        }
    }
}

/// An image in a list: as its text, or as an object if its frame must be named.
fn frame_image(input: &MediaInput, field: Field, has_last: bool) -> Value {
    let named = match field {
        Field::Image if has_last => Some(Value::from("first")),
        Field::LastFrameImage => Some("last".into()),
        _ => None,
    };
    match input.frame.clone().or(named) {
        None => input.text.clone(),
        Some(frame) => {
            let mut map = Object::new();
            map.insert("image".to_owned(), input.text.clone());
            map.insert("frame".to_owned(), frame);
            Value::Object(map)
        }
    }
}

/// The value that is nearest to a number.
pub(super) fn nearest(values: &[Value], number: i64) -> Option<Value> {
    let distance = |value: &&Value| value.as_i64().map_or(u64::MAX, |one| one.abs_diff(number));
    values.iter().min_by_key(distance).cloned()
}

/// Puts a value at a dotted path and creates the levels on the way.
fn put(body: &mut Value, path: &str, value: Value) {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    if !body.is_object() {
        *body = Value::Object(Object::new());
    }
    if let Some(map) = body.as_object_mut() {
        match rest {
            None => match (map.get_mut(name), value) {
                // Two fields share one list, such as the first and the last frame.
                (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
                (_, value) => {
                    map.insert(name.to_owned(), value);
                }
            },
            Some(rest) => {
                if !map.contains_key(name) {
                    map.insert(name.to_owned(), Value::Null);
                }
                if let Some(level) = map.get_mut(name) {
                    put(level, rest, value);
                }
            }
        }
    }
}
