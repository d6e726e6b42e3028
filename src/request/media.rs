//! Reads pictures, videos and sounds of a request: in which form each is given, and which frame it is.

use crate::json::Value;

use super::parse::Parser;
use super::{Address, Field, Medium, Request, Text, image};
use crate::catalog::MediaForm;
use crate::issue::{Code, Issue};

/// Items of a list that are read. No listing takes nearly as many.
const MOST_ITEMS: usize = 100;

impl Parser {
    /// One picture: its text, `{ image, frame }`, or a list of exactly one of these.
    pub(super) fn image(&mut self, field: Field, path: &str, value: &Value) -> Option<Value> {
        if let Some(items) = value.as_array() {
            let [one] = items.as_slice() else {
                let message = format!("Give one image: the {} frame.", frame_of(field));
                let issue =
                    Issue::error(path, Code::InvalidValue, message).limits(Some(1), Some(1));
                let sound = items.iter().find(|item| self.is_sound_image(item));
                self.tell(match sound {
                    Some(item) => issue.set(path, item.clone()),
                    None => issue,
                });
                return None;
            };
            return self.image(field, &format!("{path}.0"), one);
        }
        let medium = self.picture(field, path, value)?;
        self.request.media.push((field, medium));
        // What the listings look at is the picture.
        Some(Value::Bool(true))
    }

    /// A list of pictures or files.
    pub(super) fn list(&mut self, field: Field, value: &Value, what: &str) -> Option<Value> {
        let path = field.path();
        let Some(items) = value.as_array() else {
            let issue = Issue::error(
                path,
                Code::InvalidType,
                format!("`{path}` must be a list: `[{what}]`."),
            );
            let is_short = value.as_str().is_some_and(|text| text.len() < SHORT);
            self.tell(if is_short {
                issue.set(path, Value::Array(vec![value.clone()]))
            } else {
                issue
            });
            return None;
        };
        if items.is_empty() || items.len() > MOST_ITEMS {
            let code = if items.is_empty() {
                Code::TooShort
            } else {
                Code::TooLong
            };
            let message = format!("Give 1 to {MOST_ITEMS} of these, or leave `{path}` out.");
            let most = i64::try_from(MOST_ITEMS).ok();
            let issue = Issue::error(path, code, message).limits(Some(1), most);
            self.tell(if items.is_empty() {
                issue.remove(path)
            } else {
                issue
            });
            return None;
        }
        let read = |(at, item): (usize, &Value)| {
            let path = format!("{path}.{at}");
            let medium = match field {
                Field::ReferenceImages => self.picture(field, &path, item),
                _ => self.address(&path, item),
            };
            medium.map(|medium| (field, medium))
        };
        let read: Vec<_> = items.iter().enumerate().map(read).collect();
        let media: Option<Vec<_>> = read.into_iter().collect();
        self.request.media.extend(media?);
        Some(Value::Bool(true))
    }

    /// A video or sound.
    pub(super) fn file(&mut self, field: Field, path: &str, value: &Value) -> Option<Value> {
        let medium = self.address(path, value)?;
        self.request.media.push((field, medium));
        Some(Value::Bool(true))
    }

    /// An address, or the provider's id of an uploaded file.
    fn address(&mut self, path: &str, value: &Value) -> Option<Medium> {
        let Some(read) = Text::read(value) else {
            return self.want(path, "an address or a UUID");
        };
        let form = self.form(path, read.head, "Give an address or a UUID.")?;
        if !matches!(form, MediaForm::Url | MediaForm::Uuid) {
            let message = "Give an address or a UUID: no listing takes the bytes.";
            self.tell(Issue::error(path, Code::InvalidFormat, message));
            return None;
        }
        Some(Medium {
            form,
            text: value.clone(),
            frame: None,
            pixels: None,
        })
    }

    fn picture(&mut self, field: Field, path: &str, value: &Value) -> Option<Medium> {
        let (text, frame) = match value.as_object() {
            Some(map) if Text::read(value).is_none() => {
                let names = map.keys();
                for name in names.filter(|name| !["image", "frame"].contains(&name.as_str())) {
                    self.unknown(&format!("{path}."), name);
                }
                let frame = map.get("frame").filter(|frame| !frame.is_null());
                (map.get("image").unwrap_or(&Value::Null), frame)
            }
            _ => (value, None),
        };
        let Some(read) = Text::read(text) else {
            return self.want(path, "an address, a data URI, Base64 or a UUID");
        };
        let frame = self.frame(field, &format!("{path}.frame"), frame)?;
        let otherwise = "Give an address, a UUID, a data URI or Base64.";
        let form = self.form(path, read.head, otherwise)?;
        let pixels = match form {
            MediaForm::DataUri | MediaForm::Base64 => image::measure(read.head),
            MediaForm::Url | MediaForm::Uuid => None,
        };
        Some(Medium {
            form,
            text: text.clone(),
            frame,
            pixels,
        })
    }

    /// The form of a text, or what is wrong with it.
    fn form(&mut self, path: &str, text: &str, otherwise: &str) -> Option<MediaForm> {
        let form = match image::form_of(text, self.allow_private_hosts) {
            Ok(form) => form,
            Err(image::ImageError::Url(fault)) => {
                self.url_fault(path, fault);
                return None;
            }
            Err(fault) => {
                let message = match fault {
                    image::ImageError::DataUri => {
                        "A data URI begins with `data:image/png;base64,`."
                    }
                    _ => otherwise,
                };
                self.tell(Issue::error(path, Code::InvalidFormat, message));
                return None;
            }
        };
        if form == MediaForm::Url {
            let address = Address {
                secure: !text.starts_with("http:"),
            };
            self.warn_insecure(path, address, text);
        }
        Some(form)
    }

    /// Whether an item of a list would do by itself, and is short enough to stand in an issue.
    fn is_sound_image(&self, item: &Value) -> bool {
        let mut alone = Parser {
            allow_private_hosts: self.allow_private_hosts,
            request: Request::default(),
            issues: Vec::new(),
        };
        let text = item.get("image").unwrap_or(item);
        Text::read(text).is_some_and(|text| text.len < SHORT as u64)
            && alone.image(Field::Image, "image", item).is_some()
            && !crate::issue::any_error(&alone.issues)
    }

    /// The frame that the field stands for, by its name or as the number 0, or nothing.
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
        let zero = is_first.then_some(Value::from(0));
        let message = match field {
            Field::Image => "This is the first frame: `first` or 0.",
            Field::LastFrameImage => "This is the last frame: `last`.",
            _ => "A reference is no frame: leave `frame` out.",
        };
        let issue = Issue::error(path, Code::InvalidValue, message);
        self.tell(if own.is_empty() {
            issue.remove(path)
        } else {
            let allowed = [Value::from(own)].into_iter().chain(zero);
            issue.allowed(allowed).set(path, own)
        });
        None
    }
}

/// A text shorter than this may stand in an issue.
const SHORT: usize = 2000;

/// The frame that a field's picture is; empty for one that is none.
fn frame_of(field: Field) -> &'static str {
    match field {
        Field::Image => "first",
        Field::LastFrameImage => "last",
        _ => "",
    }
}
