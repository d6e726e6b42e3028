//! What a film begins with: a picture, an earlier video, or nothing.

use serde_json::{Map, Value, json};

use super::error::Problem;
use super::request::Parameters;
use crate::ids::is_uuid_v4;
use crate::listing::{Listing, Size};
use crate::picture_size;

/// What a film begins with.
pub(super) enum Start {
    Nothing,
    /// A picture, and the size of the film that comes of it.
    Picture(Size),
    /// An earlier video's id.
    Video(String),
}

pub(super) fn start(read: &mut Parameters<'_>, listing: &Listing) -> Start {
    let Some(value) = read.task.get("inputs") else {
        return Start::Nothing;
    };
    let Value::Object(inputs) = value else {
        read.wrong_type("inputs", "object");
        return Start::Nothing;
    };
    for name in inputs
        .keys()
        .filter(|name| !["frameImages", "videoId"].contains(&name.as_str()))
    {
        let message = format!("Unsupported use of 'inputs.{name}' parameter.");
        let problem = Problem::new("unknownParameter", message);
        read.problem(problem.about(format!("inputs.{name}")));
    }
    let picture = frame_images(read, listing, inputs);
    let video = match inputs.get("videoId") {
        None => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => {
            read.wrong_type("inputs.videoId", "string");
            None
        }
    };
    match (picture, video) {
        (Some(_), Some(id)) => {
            let message = "'inputs.frameImages' cannot be used with a video to remix.";
            let problem = Problem::new("incompatibleParameters", message);
            read.problem(problem.about(json!(["inputs.videoId", "inputs.frameImages"])));
            Start::Video(id)
        }
        (None, Some(id)) => Start::Video(id),
        (Some(size), None) => Start::Picture(size),
        (None, None) => Start::Nothing,
    }
}

const FRAMES: &str = "inputs.frameImages";

/// The one frame image, as a string or as an object with its place.
fn frame_images(
    read: &mut Parameters<'_>,
    listing: &Listing,
    inputs: &Map<String, Value>,
) -> Option<Size> {
    let value = inputs.get("frameImages")?;
    let Value::Array(frames) = value else {
        read.wrong_type(FRAMES, "array");
        return Some(dearest(listing));
    };
    let [frame] = frames.as_slice() else {
        let message = "This model takes one frame image.";
        let problem = Problem::new("invalidFrameImages", message).about(FRAMES);
        read.problem(problem.with("type", "array").with("min", 1).with("max", 1));
        return Some(dearest(listing));
    };
    let image = match frame {
        Value::String(image) => Some(image.as_str()),
        Value::Object(frame) => {
            place(read, frame);
            frame.get("image").and_then(Value::as_str)
        }
        _ => None,
    };
    match image.filter(|image| is_image(image)) {
        Some(image) => Some(size_from(listing, image)),
        None => {
            let message = "A frame image must be a UUID, a URL, a data URI or Base64.";
            read.problem(Problem::new("invalidFrameImages", message).about(FRAMES));
            Some(dearest(listing))
        }
    }
}

fn place(read: &mut Parameters<'_>, frame: &Map<String, Value>) {
    let allowed = [json!("first"), json!(0)];
    if frame
        .get("frame")
        .is_some_and(|place| !allowed.contains(place))
    {
        let message = "This model only supports the first frame.";
        let problem = Problem::new("unsupportedFrame", message).about("inputs.frameImages.frame");
        read.problem(problem.with("allowedValues", json!(allowed)));
    }
}

/// The forms an image may have. Any UUID counts as uploaded, any address as reachable.
fn is_image(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
    is_uuid_v4(text)
        || picture_size::is_web_address(text)
        || text
            .strip_prefix("data:image/")
            .is_some_and(|rest| rest.contains(";base64,"))
        || (text.len() >= 16 && text.bytes().all(base64))
}

/// The film's size follows the picture's: how is not documented. A picture that came inside the
/// request is measured, and is 720p up to 1280 pixels; an address that says `720p` is believed;
/// everything else is taken for the dearest.
fn size_from(listing: &Listing, image: &str) -> Size {
    if picture_size::is_web_address(image) {
        let small = listing
            .sizes
            .iter()
            .find(|size| size.tier == "720p")
            .copied();
        return small
            .filter(|_| image.contains("720p"))
            .unwrap_or(dearest(listing));
    }
    let Some((width, height)) = picture_size::of(image) else {
        return dearest(listing);
    };
    let tier = if width.max(height) <= 1280 {
        "720p"
    } else {
        "1080p"
    };
    let fits = |size: &&Size| size.tier == tier && (size.height > size.width) == (height > width);
    listing
        .sizes
        .iter()
        .find(fits)
        .copied()
        .unwrap_or(dearest(listing))
}

/// The row of a size.
pub(super) fn sized(listing: &Listing, width: u32, height: u32) -> Option<Size> {
    listing
        .sizes
        .iter()
        .find(|size| (size.width, size.height) == (width, height))
        .copied()
}

/// The first of the sizes that cost most.
pub(super) fn dearest(listing: &Listing) -> Size {
    let cost = |size: &Size| listing.price.of(size.tier, 4);
    let fallback = Size {
        tier: "",
        width: 1280,
        height: 720,
    };
    listing
        .sizes
        .iter()
        .copied()
        .rev()
        .max_by_key(cost)
        .unwrap_or(fallback)
}
