//! Raw fields, which bypass the catalog.

use crate::json::{Object, Value};

use super::{Encoder, Request};
use crate::catalog::MediaForm;
use crate::field::Field;
use crate::issue::{Code, Issue};
use crate::json::text::{Text, json_len};

/// Bytes of a request's texts from which its body is measured: escaped, they can take six times as many. The smallest
/// limit of a provider is 10 MB.
const MAX_UNMEASURED_BYTES: u64 = 1_000_000;

impl Request {
    /// Whether the result depends on the body: on raw fields, or on its length.
    pub(super) fn needs_body(&self) -> bool {
        self.input.is_some() || !self.raw.is_empty() || self.text_bytes() > MAX_UNMEASURED_BYTES
    }

    fn text_bytes(&self) -> u64 {
        let len = |value: &Value| Text::read(value).map_or(0, |text| text.len);
        let values = self.values.iter().map(|(_, value)| len(value));
        values.chain(self.media.iter().map(|(_, input)| len(&input.text))).sum()
    }
}

impl Encoder<'_> {
    pub(super) fn raw_input(&mut self) {
        let Some(input) = self.request.input.as_ref() else {
            if self.raw {
                let message = "A model outside the catalog requires the raw `input`.";
                self.report(Issue::error("input", Code::Required, message));
            }
            return;
        };
        if !self.listing.is_raw() {
            let message =
                "`input` is only for models outside the catalog. Use `providerOptions` instead.";
            self.report(Issue::error("input", Code::Conflict, message));
            return;
        }
        self.body = self.listing.provider.raw_body(input.clone());
        self.reserved("input", input);
    }

    pub(super) fn raw_options(&mut self) {
        let provider = self.listing.provider;
        for (_, fields) in self.request.raw.iter().filter(|(of, _)| *of == provider) {
            self.reserved(&format!("providerOptions.{provider}"), fields);
            merge(&mut self.body, fields);
        }
        // RunPod's workers take an empty input as a missing one, fail, and are billed.
        let input = self.body.get("input").and_then(Value::as_object);
        if self.raw && input.is_some_and(Object::is_empty) {
            let message =
                format!("{} takes an empty `input` as missing. Give it a field.", self.name());
            self.report(Issue::error("input", Code::Required, message));
        }
    }

    /// Raw fields cannot change what identifies, bills or reconciles a job.
    pub(super) fn reserved(&mut self, path: &str, fields: &Object) {
        for &(name, instead) in self.listing.provider.reserved() {
            if fields.contains_key(name) {
                let message = format!("filmgate sets `{name}` itself{instead}.");
                let path = format!("{path}.{name}");
                self.report(Issue::error(path, Code::Reserved, message));
            }
        }
    }

    /// Whether raw fields may change the price.
    pub(super) fn price_is_open(&self) -> bool {
        let provider = self.listing.provider;
        let mut of_provider = self.request.raw.iter().filter(|(of, _)| *of == provider);
        of_provider.any(|(_, fields)| fields.keys().any(|name| provider.may_affect_price(name)))
    }

    pub(super) fn body_limit(&mut self) {
        if !self.has_body {
            return;
        }
        let sync = self.request.word(Field::DeliveryMethod) == Some("sync");
        let Some(limit) = self.listing.provider.body_limit(sync) else {
            return;
        };
        let len = json_len(&self.body);
        if len > limit {
            let name = self.name();
            let message =
                format!("{name} accepts at most {limit} bytes per request. This has {len}.");
            let inline = |form| matches!(form, MediaForm::DataUri | MediaForm::Base64);
            let mut media = self.request.media.iter();
            let (path, message) = match media.find(|(_, input)| inline(input.form)) {
                Some((field, _)) => (field.path(), format!("{message} Give images as URLs.")),
                None => ("", message),
            };
            let max = i64::try_from(limit).ok();
            self.report(Issue::error(path, Code::TooLong, message).limits(None, max));
        }
    }
}

/// Merges raw fields into the body, level by level.
fn merge(body: &mut Value, fields: &Object) {
    let Some(map) = body.as_object_mut() else {
        return;
    };
    for (name, value) in fields {
        match (map.get_mut(name), value) {
            (Some(below @ Value::Object(_)), Value::Object(above))
                if Text::read(below).is_none() && Text::read(value).is_none() =>
            {
                merge(below, above);
            }
            _ => {
                map.insert(name.clone(), value.clone());
            }
        }
    }
}
