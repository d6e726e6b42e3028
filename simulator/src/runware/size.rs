//! The size of a video, and the tier it is billed at.

use serde_json::json;

use super::error::Problem;
use crate::image_size;
use crate::listing::{RequestValues, Size, shape};

pub(super) fn of(
    values: &RequestValues<'_>,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<Size, Problem> {
    let size = (side(values, "width"), side(values, "height"));
    if let (Some(video), (None, None)) = (values.text("inputs.videoId"), size) {
        let (width, height) = known_video(video).ok_or_else(|| {
            let message = "The video to remix was not found.";
            Problem::new("invalidVideoId", message).about("inputs.videoId")
        })?;
        let size = values.listing.sized(width, height);
        return Ok(size.unwrap_or_else(|| most_expensive(values)));
    }
    if let (Some(width), Some(height)) = size {
        return in_pixels(values, width, height);
    }
    let image = first_picture(values);
    let pixels = image.and_then(image_size::of);
    if let Some(tier) = values.tier().or(named(values, values.text("resolution"))) {
        return Ok(of_tier(values, tier, pixels));
    }
    match image {
        Some(image) => Ok(of_picture(values, image, pixels)),
        None => Ok(most_expensive(values)),
    }
}

fn side(values: &RequestValues<'_>, name: &str) -> Option<u32> {
    u32::try_from(values.integer(name)?).ok()
}

fn in_pixels(values: &RequestValues<'_>, width: u32, height: u32) -> Result<Size, Problem> {
    let sizes = values.listing.sizes;
    if sizes.is_empty() {
        // Any size is allowed: it is billed at the smallest tier with at least as many rows.
        let tiers = values.listing.tiers();
        let fits = tiers.filter(|tier| shape(tier, (1, 1)).1 >= width.min(height));
        let tier = fits.min_by_key(|tier| shape(tier, (1, 1)).1);
        return Ok(Size {
            tier: tier.or(values.most_expensive_tier()).unwrap_or(""),
            width,
            height,
        });
    }
    values.listing.sized(width, height).ok_or_else(|| {
        let name = |size: &Size| format!("{}x{}", size.width, size.height);
        let sizes: Vec<_> = sizes.iter().map(name).collect();
        let message = "The combination of 'width' and 'height' is not supported by this model.";
        let problem = Problem::new("unsupportedDimensions", message);
        let problem = problem.about(json!(["width", "height"]));
        problem.with("allowedValues", json!(sizes))
    })
}

fn first_picture<'a>(values: &RequestValues<'a>) -> Option<&'a str> {
    let frame = values.value("inputs.frameImages")?.as_array()?.first()?;
    frame.get("image").unwrap_or(frame).as_str()
}

/// A tier by its name in a request.
fn named(values: &RequestValues<'_>, name: Option<&str>) -> Option<&'static str> {
    values.listing.tiers().find(|tier| Some(*tier) == name)
}

/// The tier's size with the aspect nearest to the image's, or to 16:9.
fn of_tier(values: &RequestValues<'_>, tier: &'static str, pixels: Option<(u32, u32)>) -> Size {
    let (width, height) = pixels.unwrap_or((16, 9));
    let per_mille = |width: u32, height: u32| u64::from(width) * 1000 / u64::from(height.max(1));
    let wanted = per_mille(width, height);
    let sizes = values.listing.sizes.iter().filter(|size| size.tier == tier);
    let nearest = sizes.min_by_key(|size| per_mille(size.width, size.height).abs_diff(wanted));
    nearest.copied().unwrap_or_else(|| {
        let is_portrait = height > width;
        let (width, height) = shape(tier, if is_portrait { (9, 16) } else { (16, 9) });
        Size { tier, width, height }
    })
}

/// The video's size follows the image's; the documents do not say how. An inline image is measured
/// and gets the smallest size that is at least as long; a URL that names a tier gets that tier;
/// everything else gets the most expensive one.
fn of_picture(values: &RequestValues<'_>, image: &str, pixels: Option<(u32, u32)>) -> Size {
    if image_size::is_web_address(image) {
        let tier = values.listing.tiers().find(|tier| image.contains(tier));
        return tier.map_or_else(|| most_expensive(values), |tier| of_tier(values, tier, None));
    }
    let Some((width, height)) = pixels else {
        return most_expensive(values);
    };
    let fits = |size: &&Size| {
        (size.height > size.width) == (height > width)
            && size.width.max(size.height) >= width.max(height)
    };
    let sizes = values.listing.sizes.iter().filter(fits);
    let smallest = sizes.min_by_key(|size| size.width.max(size.height));
    smallest.copied().unwrap_or_else(|| most_expensive(values))
}

fn most_expensive(values: &RequestValues<'_>) -> Size {
    match values.most_expensive_tier() {
        Some(tier) => of_tier(values, tier, None),
        None => values.listing.sizes.first().copied().unwrap_or(Size {
            tier: "",
            width: 1280,
            height: 720,
        }),
    }
}
