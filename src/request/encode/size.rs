//! Sizes: given directly, or by resolution and aspect ratio.

use crate::json::Value;

use super::{Encoder, use_one_of, word_of};
use crate::catalog::{Param, Size};
use crate::field::Field;
use crate::issue::{Code, Issue};

/// The aspect ratio if none is given, the same at every listing.
const DEFAULT_RATIO: &str = "16:9";

/// Whether a size has an aspect ratio such as `16:9`, up to rounding: 854x480 has it.
pub(super) fn has_ratio(size: (u32, u32), ratio: &str) -> bool {
    terms(ratio).is_some_and(|terms| is_alike(size, terms, 1))
}

/// Larger terms belong to no ratio.
const MAX_TERM: u32 = 65_535;

fn terms(ratio: &str) -> Option<(u32, u32)> {
    let term = |text: &str| text.parse().ok().filter(|term| *term <= MAX_TERM);
    let (width, height) = ratio.split_once(':')?;
    Some((term(width)?, term(height)?))
}

/// Whether two shapes differ by at most some percent.
fn is_alike((width, height): (u32, u32), (w, h): (u32, u32), percent: u64) -> bool {
    let (a, b) = (u64::from(width) * u64::from(h), u64::from(height) * u64::from(w));
    a.abs_diff(b) * 100 <= a.max(b) * percent
}

/// An image that differs more from the video is visibly cropped, padded or distorted.
const MAX_SHAPE_PERCENT: u64 = 5;

/// Width and height of a size such as `1280x720`.
pub(super) fn pixels_of(size: &str) -> Option<(u32, u32)> {
    let (width, height) = size.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

impl<'a> Encoder<'a> {
    /// The size that the request asks for, directly or by resolution and aspect ratio.
    pub(super) fn size(&mut self) -> Option<&'a Size> {
        let sizes = self.sizes;
        if sizes.is_empty() {
            return None;
        }
        if let Some((width, height)) = self.request.size {
            let found = self.exact_size(sizes, width, height);
            found.into_iter().for_each(|size| self.agree(size));
            return found;
        }
        let given = self.request.word(Field::Resolution);
        if let (Some(only), Some(given)) = (self.only_tier(), given)
            && only != given
        {
            self.unsupported_tier(given);
            return None;
        }
        let set = |field| self.request.word(field).filter(|_| !self.is_overridden(field));
        let (resolution, ratio) = (set(Field::Resolution), set(Field::AspectRatio));
        if ratio.is_none() && self.has_source_media() && self.accepts_resolution() {
            // The source media decides the aspect ratio, and the resolution is sent alone.
            return None;
        }
        let default = self.default_size(sizes);
        let Some(resolution) = resolution.or(default.map(|size| &*size.resolution)) else {
            // A rule reports it already, or the source media decides the size.
            let is_reported = self.issues.iter().any(|issue| issue.path == "resolution");
            let known = self.request.has(Field::Resolution) || self.has_source_media();
            if ratio.is_some() && !is_reported && !known {
                let message = "`aspectRatio` requires a `resolution`.";
                let issue = Issue::error("resolution", Code::Required, message);
                self.report(issue.allowed(self.tiers()));
            }
            return None;
        };
        if self.request.has(Field::Size) || self.is_excluded(Field::Size) {
            // It is invalid or excluded, which is reported elsewhere.
            return None;
        }
        let of_tier = || sizes.iter().filter(|size| size.resolution == resolution);
        if of_tier().next().is_none() {
            self.unsupported_tier(resolution);
            return None;
        }
        let found = of_tier().find(|size| size.ratio == ratio.unwrap_or(DEFAULT_RATIO));
        if ratio.is_none() && found.is_none() {
            // No size has the default ratio: send the resolution alone if possible.
            return of_tier().next().filter(|_| !self.accepts_resolution());
        }
        if found.is_none() {
            let ratios = of_tier().filter(|size| !size.ratio.is_empty());
            let ratios: Vec<Value> = ratios.map(|size| size.ratio.as_ref().into()).collect();
            let message =
                format!("{} does not offer this aspect ratio.{}", self.name(), use_one_of(&ratios));
            let issue = Issue::error("aspectRatio", Code::InvalidValue, message);
            self.report(self.respelled(Field::AspectRatio, &ratios, issue).allowed(ratios));
        }
        found
    }

    /// Warns of a frame whose shape is not that of the video, unless the request says how it is fitted.
    pub(super) fn shapes(&mut self) {
        if self.request.media.is_empty() || !self.has_warnings() {
            return;
        }
        let ratio = || {
            self.listing.param(Field::AspectRatio)?;
            let ratio = self.effective(Field::AspectRatio)?.word()?;
            Some((terms(ratio)?, ratio.to_owned()))
        };
        let sent = self.size.map(|size| (size.pixels(), size.word()));
        let Some((shape, word)) = sent.or_else(ratio) else {
            return;
        };
        for field in [Field::Image, Field::LastFrameImage] {
            let pixels = self.request.media(field).next().and_then(|input| input.pixels);
            let other = pixels.filter(|pixels| !is_alike(*pixels, shape, MAX_SHAPE_PERCENT));
            if let Some((width, height)) = other
                && self.listing.param(field).is_some()
                && !self.request.has(Field::ResizeMode)
            {
                let message = format!(
                    "The image is {width}x{height} and the video {word}: it may be cropped, padded or distorted. \
                     Use the same aspect ratio for both."
                );
                self.report(Issue::warning(field.path(), Code::ShapeMismatch, message));
            }
        }
    }

    /// A resolution or an aspect ratio beside a size says the same, or contradicts it.
    fn agree(&mut self, size: &Size) {
        let given = |field| self.request.word(field).filter(|_| !self.is_overridden(field));
        let (resolution, ratio) = (given(Field::Resolution), given(Field::AspectRatio));
        let other_tier = resolution.is_some_and(|resolution| resolution != size.resolution);
        let other_ratio =
            ratio.is_some_and(|ratio| ratio != size.ratio && !has_ratio(size.pixels(), ratio));
        for (field, is_other) in
            [(Field::Resolution, other_tier), (Field::AspectRatio, other_ratio)]
        {
            if is_other {
                let path = field.path();
                let message = format!("`size` contradicts this `{path}`. Remove one of them.");
                self.report(Issue::error(path, Code::Conflict, message));
            }
        }
    }

    /// The resolution that a size names by its shorter side, if no part of the size is lost: the media or the aspect
    /// ratio of the request decide the shape, or no listing of this kind has another one.
    pub(super) fn tier_of(&self, (width, height): (u32, u32)) -> Option<Value> {
        let tier = Value::from(format!("{}p", width.min(height)));
        let tiers = self.tier_param?.kind.allowed();
        let keeps_shape = match self.effective(Field::AspectRatio) {
            Some(ratio) => has_ratio((width, height), ratio.word().unwrap_or_default()),
            None => self.has_source_media() || has_ratio((width, height), DEFAULT_RATIO),
        };
        (tiers.contains(&tier) && keeps_shape).then_some(tier)
    }

    fn unsupported_tier(&mut self, resolution: &str) {
        let tiers = self.tiers();
        let message = format!("{} does not offer {resolution}.{}", self.name(), use_one_of(&tiers));
        let issue = Issue::error("resolution", Code::InvalidValue, message);
        self.report(self.respelled(Field::Resolution, &tiers, issue).allowed(tiers));
    }

    /// Whether the request has media that decide the aspect ratio, or none that the listing requires: it is invalid then.
    pub(super) fn has_source_media(&self) -> bool {
        let mut shaped = [Field::Image, Field::Video, Field::RemixId].iter();
        let is_required = |field| self.listing.param(field).is_some_and(|param| param.required);
        shaped.any(|field| self.request.has(*field) || is_required(*field))
    }

    /// Whether a resolution can be sent without a size.
    fn accepts_resolution(&self) -> bool {
        self.tier_param.is_some()
    }

    fn default_size(&self, sizes: &'a [Size]) -> Option<&'a Size> {
        let default = pixels_of(word_of(self.listing.param(Field::Size)?)?)?;
        sizes.iter().find(|size| size.pixels() == default)
    }

    /// Reports a required size that is missing.
    pub(super) fn missing_size(&mut self, param: &Param) {
        let is_reported = self
            .issues
            .iter()
            .any(|issue| ["size", "resolution", "aspectRatio"].contains(&issue.path.as_str()));
        if param.required && !is_reported && !self.request.has(Field::Size) {
            let message = format!("{} requires a `resolution` or a `size`.", self.name());
            let issue = Issue::error("resolution", Code::Required, message);
            let issue = issue.allowed(self.tiers());
            self.report(match self.sizes.first() {
                Some(size) => issue.suggest_set("resolution", size.resolution.as_ref()),
                None => issue,
            });
        }
    }

    pub(super) fn exact_size(
        &mut self,
        sizes: &'a [Size],
        width: u32,
        height: u32,
    ) -> Option<&'a Size> {
        let found = sizes.iter().find(|size| size.pixels() == (width, height));
        let documented = || sizes.iter().filter(|size| size.documented);
        let words = || documented().map(|size| Value::from(size.word())).collect();
        match found {
            Some(size) if size.documented => {}
            Some(_) => {
                // The second of two such sizes is the first one turned.
                let mut unlisted = sizes.iter().filter(|size| !size.documented);
                let first = unlisted.next().filter(|size| size.pixels() == (height, width));
                let source = match first {
                    Some(first) => {
                        format!("No document has this size; it is {} turned", first.word())
                    }
                    None => format!(
                        "{}'s documentation has this size, but not in its list",
                        self.name()
                    ),
                };
                let message =
                    format!("{source}, so it may be rejected, and its price is an estimate.");
                self.report(Issue::warning("size", Code::Undocumented, message).allowed(words()));
            }
            None if self.is_reported(Field::Size) => {}
            None => {
                let far = |size: &&Size| {
                    let turned = (size.width < size.height) != (width < height);
                    (
                        turned,
                        u32::from(size.width).abs_diff(width)
                            + u32::from(size.height).abs_diff(height),
                    )
                };
                let message = format!("{} does not offer {width}x{height}.", self.name());
                let issue = Issue::error("size", Code::InvalidValue, message).allowed(words());
                self.report(match documented().min_by_key(far) {
                    Some(near) => issue.suggest_set("size", near.word()),
                    None => issue,
                });
            }
        }
        found
    }

    /// The resolutions of the sizes, each once.
    pub(super) fn tiers(&self) -> Vec<Value> {
        let mut tiers: Vec<Value> = Vec::new();
        for size in self.sizes {
            let tier = Value::from(size.resolution.as_ref());
            if !tiers.contains(&tier) {
                tiers.push(tier);
            }
        }
        tiers
    }
}
