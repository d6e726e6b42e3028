//! Sizes: named by themselves, or by resolution and aspect ratio.

use serde_json::Value;

use super::Fitting;
use crate::catalog::Size;
use crate::issue::{Code, Issue};
use crate::request::Field;

impl<'a> Fitting<'a> {
    /// The size that the request names, by itself or by resolution and aspect ratio.
    pub(super) fn size(&mut self) -> Option<&'a Size> {
        let sizes = self.listing.sizes();
        if sizes.is_empty() {
            return None;
        }
        if let Some((width, height)) = self.request.size {
            return self.exact_size(sizes, width, height);
        }
        let set = |field| {
            self.request
                .word(field)
                .filter(|_| !self.is_overridden(field))
        };
        let (resolution, ratio) = (set(Field::Resolution), set(Field::AspectRatio));
        if resolution.is_none() && ratio.is_none() {
            return None;
        }
        let Some(resolution) = resolution else {
            // Said before, by a rule, or not to be said beside what brings its own size.
            let said = self.issues.iter().any(|issue| issue.path == "resolution");
            let others = [Field::Resolution, Field::Image, Field::Remix];
            if !said && !others.iter().any(|field| self.request.has(*field)) {
                let message = "An aspect ratio wants a `resolution` beside it.";
                let issue = Issue::error("resolution", Code::Missing, message);
                self.issues.push(issue.allowed(self.tiers()));
            }
            return None;
        };
        let of_tier = || sizes.iter().filter(|size| size.resolution == resolution);
        if of_tier().next().is_none() {
            let message = format!("{} makes no {resolution}.", self.name());
            let issue = Issue::error("resolution", Code::NotAllowed, message);
            self.issues.push(issue.allowed(self.tiers()));
            return None;
        }
        let found = of_tier().find(|size| ratio.is_none_or(|ratio| size.ratio == ratio));
        if found.is_none() {
            let ratios = of_tier().filter(|size| !size.ratio.is_empty());
            let ratios = ratios.map(|size| Value::from(size.ratio.as_ref()));
            let message = format!("{} makes no such aspect ratio.", self.name());
            let issue = Issue::error("aspectRatio", Code::NotAllowed, message).allowed(ratios);
            self.issues.push(issue);
        }
        found
    }

    pub(super) fn exact_size(
        &mut self,
        sizes: &'a [Size],
        width: u32,
        height: u32,
    ) -> Option<&'a Size> {
        let found = sizes
            .iter()
            .find(|size| (size.width, size.height) == (width, height));
        let documented = || sizes.iter().filter(|size| size.documented);
        let words = documented().map(|size| Value::from(word_of(size)));
        match found {
            Some(size) if size.documented => {}
            Some(_) => {
                let message = format!(
                    "{} uses this size in an example, but its list has others.",
                    self.name()
                );
                self.issues
                    .push(Issue::warning("size", Code::Undocumented, message).allowed(words));
            }
            None => {
                let far = |size: &&Size| {
                    let turned = (size.width < size.height) != (width < height);
                    (
                        turned,
                        size.width.abs_diff(width) + size.height.abs_diff(height),
                    )
                };
                let message = format!("{} makes no {width}x{height}.", self.name());
                let issue = Issue::error("size", Code::NotAllowed, message).allowed(words);
                self.issues.push(match documented().min_by_key(far) {
                    Some(near) => issue.set("size", word_of(near)),
                    None => issue,
                });
            }
        }
        found
    }

    /// The resolutions of the sizes, each once.
    pub(super) fn tiers(&self) -> Vec<Value> {
        let mut tiers: Vec<Value> = Vec::new();
        for size in self.listing.sizes() {
            let tier = Value::from(size.resolution.as_ref());
            if !tiers.contains(&tier) {
                tiers.push(tier);
            }
        }
        tiers
    }
}

fn word_of(size: &Size) -> String {
    format!("{}x{}", size.width, size.height)
}
