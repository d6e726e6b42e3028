//! Parses the images, videos and audio of a request: the form of each, and which frame it is.

use crate::json::{Object, Value};

use super::image::{self, Content, DATA};
use super::parse::Parser;
use super::sanitize::extended;
use super::{CheckedUrl, Field, MediaInput, Text};
use crate::catalog::MediaForm;
use crate::issue::{Code, Issue};
use crate::json::text::{after_start, after_untyped};
use crate::near;

/// Items of a list that are read. Every listing accepts far fewer.
const MAX_ITEMS: usize = 100;

impl Parser<'_> {
    /// One image: its text, `{ image, frame }`, or a list with exactly one of these.
    pub(super) fn image(&mut self, field: Field, path: &str, value: &Value) -> Option<Value> {
        if let Some(items) = value.as_array() {
            let [one] = items.as_slice() else {
                let message = format!("Give exactly one image, for the {} frame.", frame_of(field));
                self.push(Issue::error(path, Code::InvalidValue, message).limits(Some(1), Some(1)));
                return None;
            };
            return self.image(field, &format!("{path}.0"), one);
        }
        let input = self.image_input(field, path, value)?;
        self.request.media.push((field, input));
        // The listings look at `media`.
        Some(Value::Bool(true))
    }

    /// A list of images or files.
    pub(super) fn list(&mut self, field: Field, value: &Value, what: &str) -> Option<Value> {
        let path = field.path();
        let Some(items) = value.as_array() else {
            self.invalid_type(path, &format!("a list: `[{what}]`"));
            return None;
        };
        if items.is_empty() || items.len() > MAX_ITEMS {
            let code = if items.is_empty() { Code::TooShort } else { Code::TooLong };
            let message = format!("Give 1 to {MAX_ITEMS} items, or remove `{path}`.");
            let max = i64::try_from(MAX_ITEMS).ok();
            let issue = Issue::error(path, code, message).limits(Some(1), max);
            self.push(if items.is_empty() { issue.suggest_remove(path) } else { issue });
            return None;
        }
        let read = |(at, item): (usize, &Value)| {
            let path = format!("{path}.{at}");
            let input = match field {
                Field::ReferenceImages => self.image_input(field, &path, item),
                _ => self.url_or_uuid(&path, item),
            };
            input.map(|input| (field, input))
        };
        let read: Vec<_> = items.iter().enumerate().map(read).collect();
        let media: Option<Vec<_>> = read.into_iter().collect();
        self.request.media.extend(media?);
        Some(Value::Bool(true))
    }

    /// A video or audio file.
    pub(super) fn file(&mut self, field: Field, path: &str, value: &Value) -> Option<Value> {
        let input = self.url_or_uuid(path, value)?;
        self.request.media.push((field, input));
        Some(Value::Bool(true))
    }

    /// A URL, or the provider's id of an uploaded file.
    fn url_or_uuid(&mut self, path: &str, value: &Value) -> Option<MediaInput> {
        let Some(read) = Text::read(value) else {
            return self.reject(path, "a URL or a UUID");
        };
        let is_data = after_start(read.head, DATA).is_some();
        let form = if is_data { None } else { self.form(path, read.head, "Use a URL or a UUID.") };
        if is_data || matches!(form, Some(MediaForm::DataUri | MediaForm::Base64)) {
            let message = "Inline bytes are not supported here. Use a URL or a UUID.";
            self.push(Issue::error(path, Code::InvalidFormat, message));
            return None;
        }
        let form = form?;
        Some(MediaInput { form, text: value.clone(), frame: None, image_type: None, pixels: None })
    }

    fn image_input(&mut self, field: Field, path: &str, value: &Value) -> Option<MediaInput> {
        let (text, frame) = match value.as_object() {
            Some(map) if Text::read(value).is_none() => {
                let image = map.get("image").unwrap_or(&Value::Null);
                if Text::read(image).is_some() {
                    self.unknown_of_image(path, map);
                }
                (image, map.get("frame").filter(|frame| !frame.is_null()))
            }
            _ => (value, None),
        };
        let Some(read) = Text::read(text) else {
            return self.reject(path, "bytes, a URL, a data URI, Base64 or a UUID");
        };
        let frame = self.frame(field, &format!("{path}.frame"), frame)?;
        let content = image::content(read.head);
        if let Some(Content::Other(name)) = content {
            let message = format!("This is {name}: send JPEG or PNG.");
            self.push(Issue::error(path, Code::InvalidFormat, message));
            return None;
        }
        let otherwise = "Use a URL, a UUID, a data URI, Base64 or bytes.";
        let form = self.form(path, read.head, otherwise)?;
        let (image_type, pixels) = match (form, content) {
            (MediaForm::DataUri | MediaForm::Base64, Some(Content::Image(kind, pixels))) => {
                (Some(kind), pixels)
            }
            _ => (None, None),
        };
        Some(MediaInput { form, text: text.clone(), frame, image_type, pixels })
    }

    /// The form of a text, or an issue.
    fn form(&mut self, path: &str, text: &str, otherwise: &str) -> Option<MediaForm> {
        let form = match image::media_kind(text, self.allow_private_hosts) {
            Ok(form) => form,
            Err(image::ImageError::Url(error)) => {
                self.url_error(path, error);
                return None;
            }
            Err(error) => {
                let message = match error {
                    // Bytes without a known type, of this package or of a `FileReader`.
                    image::ImageError::DataUri
                        if after_untyped(text).is_some() && image::content(text).is_none() =>
                    {
                        "The bytes are not an image of a known type: send JPEG or PNG."
                    }
                    image::ImageError::DataUri => {
                        "The data URI is not an image in Base64. It begins with `data:image/png;base64,`."
                    }
                    _ => otherwise,
                };
                self.push(Issue::error(path, Code::InvalidFormat, message));
                return None;
            }
        };
        if form == MediaForm::Url {
            let url = CheckedUrl { is_secure: !text.starts_with("http:") };
            self.warn_insecure(path, url, text);
        }
        Some(form)
    }

    /// Other fields of an object with an image.
    fn unknown_of_image(&mut self, path: &str, map: &Object) {
        let names = map.keys().map(String::as_str);
        for name in names.filter(|name| !["image", "frame"].contains(name)) {
            let path = extended(path, name);
            let message = "Unrecognized field. An image has `image` and `frame`.";
            self.push(Issue::error(path, Code::UnrecognizedField, message));
        }
    }

    /// The frame of an image: its name, the number 0, or absent.
    fn frame(&mut self, field: Field, path: &str, frame: Option<&Value>) -> Option<Option<Value>> {
        let Some(frame) = frame else {
            return Some(None);
        };
        let (own, is_first) = (frame_of(field), field == Field::Image);
        if frame.as_str() == Some(own) {
            return Some(Some(own.into()));
        }
        if is_first && frame.as_f64() == Some(0.0) {
            return Some(Some(0.into()));
        }
        let mut allowed = vec![Value::from(own)];
        if is_first {
            allowed.push(0.into());
        }
        let message = match field {
            Field::Image => "`image` is the first frame. Use `first` or 0.",
            Field::LastFrameImage => "`lastFrameImage` is the last frame. Use `last`.",
            _ => "A reference image is not a frame. Remove `frame`.",
        };
        let issue = Issue::error(path, Code::InvalidValue, message);
        let issue = if own.is_empty() { issue } else { issue.allowed(allowed) };
        let word = near::fold(frame.as_str().unwrap_or_default());
        let same = if is_first && word == "0" {
            Some(Value::from(0))
        } else {
            let is_own = !own.is_empty() && word.strip_suffix("frame").unwrap_or(&word) == own;
            is_own.then(|| own.into())
        };
        self.push(match same {
            Some(same) => issue.suggest_set(path, same),
            None => issue,
        });
        None
    }
}

/// The frame of a field's image; empty if it is not a frame.
fn frame_of(field: Field) -> &'static str {
    match field {
        Field::Image => "first",
        Field::LastFrameImage => "last",
        _ => "",
    }
}
