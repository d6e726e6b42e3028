//! How large a film becomes, and the tier it is billed at.

use serde_json::json;

use super::error::Problem;
use crate::listing::{Given, Size, shape};
use crate::picture_size;

pub(super) fn of(
    given: &Given<'_>,
    known_video: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<Size, Problem> {
    let size = (side(given, "width"), side(given, "height"));
    if let (Some(video), (None, None)) = (given.text("inputs.videoId"), size) {
        let (width, height) = known_video(video).ok_or_else(|| {
            let message = "The video to remix was not found.";
            Problem::new("invalidVideoId", message).about("inputs.videoId")
        })?;
        let size = given.listing.sized(width, height);
        return Ok(size.unwrap_or_else(|| dearest(given)));
    }
    if let (Some(width), Some(height)) = size {
        return in_pixels(given, width, height);
    }
    let image = first_picture(given);
    let pixels = image.and_then(picture_size::of);
    if let Some(tier) = given.tier().or(named(given, given.text("resolution"))) {
        return Ok(of_tier(given, tier, pixels));
    }
    match image {
        Some(image) => Ok(of_picture(given, image, pixels)),
        None => Ok(dearest(given)),
    }
}

fn side(given: &Given<'_>, name: &str) -> Option<u32> {
    u32::try_from(given.whole(name)?).ok()
}

fn in_pixels(given: &Given<'_>, width: u32, height: u32) -> Result<Size, Problem> {
    let sizes = given.listing.sizes;
    if sizes.is_empty() {
        // Any size can be asked for: it is billed at the smallest tier that has so many rows.
        let tiers = given.listing.tiers();
        let fits = tiers.filter(|tier| shape(tier, (1, 1)).1 >= width.min(height));
        let tier = fits.min_by_key(|tier| shape(tier, (1, 1)).1);
        return Ok(Size {
            tier: tier.or(given.dearest_tier()).unwrap_or(""),
            width,
            height,
        });
    }
    given.listing.sized(width, height).ok_or_else(|| {
        let name = |size: &Size| format!("{}x{}", size.width, size.height);
        let sizes: Vec<_> = sizes.iter().map(name).collect();
        let message = "The combination of 'width' and 'height' is not supported by this model.";
        let problem = Problem::new("unsupportedDimensions", message);
        let problem = problem.about(json!(["width", "height"]));
        problem.with("allowedValues", json!(sizes))
    })
}

fn first_picture<'a>(given: &Given<'a>) -> Option<&'a str> {
    let frame = given.value("inputs.frameImages")?.as_array()?.first()?;
    frame.get("image").unwrap_or(frame).as_str()
}

/// A tier by the name that a request gives it.
fn named(given: &Given<'_>, name: Option<&str>) -> Option<&'static str> {
    given.listing.tiers().find(|tier| Some(*tier) == name)
}

/// The tier's size whose aspect is nearest to the picture's, or to 16:9.
fn of_tier(given: &Given<'_>, tier: &'static str, pixels: Option<(u32, u32)>) -> Size {
    let (width, height) = pixels.unwrap_or((16, 9));
    let per_mille = |width: u32, height: u32| u64::from(width) * 1000 / u64::from(height.max(1));
    let wanted = per_mille(width, height);
    let sizes = given.listing.sizes.iter().filter(|size| size.tier == tier);
    let nearest = sizes.min_by_key(|size| per_mille(size.width, size.height).abs_diff(wanted));
    nearest.copied().unwrap_or_else(|| {
        let stands = height > width;
        let (width, height) = shape(tier, if stands { (9, 16) } else { (16, 9) });
        Size {
            tier,
            width,
            height,
        }
    })
}

/// The film's size follows the picture's: how is not documented. A picture that came inside the
/// request is measured, and gets the smallest size that is as long; an address that names a tier is
/// believed; everything else is taken for the dearest.
fn of_picture(given: &Given<'_>, image: &str, pixels: Option<(u32, u32)>) -> Size {
    if picture_size::is_web_address(image) {
        let tier = given.listing.tiers().find(|tier| image.contains(tier));
        return tier.map_or_else(|| dearest(given), |tier| of_tier(given, tier, None));
    }
    let Some((width, height)) = pixels else {
        return dearest(given);
    };
    let fits = |size: &&Size| {
        (size.height > size.width) == (height > width)
            && size.width.max(size.height) >= width.max(height)
    };
    let sizes = given.listing.sizes.iter().filter(fits);
    let smallest = sizes.min_by_key(|size| size.width.max(size.height));
    smallest.copied().unwrap_or_else(|| dearest(given))
}

fn dearest(given: &Given<'_>) -> Size {
    match given.dearest_tier() {
        Some(tier) => of_tier(given, tier, None),
        None => given.listing.sizes.first().copied().unwrap_or(Size {
            tier: "",
            width: 1280,
            height: 720,
        }),
    }
}
