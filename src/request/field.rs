//! The names that a request can have, and what each must look like whoever takes it.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $path:literal: $shape:ident,)*) => {
        /// A field of a request. Its serialised form is its path.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Field {
            $($(#[$doc])* #[serde(rename = $path)] $name,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Field] = &[$(Field::$name),*];

            /// Its place in a request, such as `output.quality`.
            pub const fn path(self) -> &'static str {
                match self { $(Field::$name => $path,)* }
            }

            /// What it must look like.
            pub const fn shape(self) -> Shape {
                match self { $(Field::$name => Shape::$shape,)* }
            }
        }
    };
}

fields! {
    /// What happens in the video.
    Prompt = "prompt": Text,
    /// The first frame.
    Image = "image": Image,
    /// Seconds.
    Duration = "duration": Integer,
    /// Such as `720p`.
    Resolution = "resolution": Word,
    /// Such as `1280x720`.
    Size = "size": Size,
    /// Such as `16:9`.
    AspectRatio = "aspectRatio": Word,
    /// Videos ordered.
    N = "n": Integer,
    /// Id of an earlier video to work from.
    Remix = "remix": Word,
    /// How the file comes back.
    OutputType = "output.type": Word,
    /// Container of the file.
    OutputFormat = "output.format": Word,
    /// Compression quality.
    OutputQuality = "output.quality": Integer,
    /// Content check of the made video.
    Safety = "safety": Word,
    /// How long the provider keeps the video.
    TtlSeconds = "ttlSeconds": Integer,
    /// Where the provider puts the file.
    UploadUrl = "uploadUrl": Url,
    /// Where the provider reports the end.
    WebhookUrl = "webhookUrl": Url,
    /// Whether the answer names the cost.
    IncludeCost = "includeCost": Boolean,
    /// Submit and poll, or hold the line.
    Delivery = "delivery": Word,
    /// The caller's own task id.
    TaskUuid = "taskUUID": Uuid,
}

/// What a field must look like, before any listing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// A short text without blanks around it.
    Word,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// `1280x720`.
    Size,
    /// An address.
    Url,
    /// A UUID of version 4.
    Uuid,
    /// A picture in one of its forms.
    Image,
}

/// Fields that are no parameter of a listing: what to film with, and how to go around the catalogue.
pub(super) const OTHERS: &[&str] = &["model", "inlineImage", "providerOptions", "input", "output"];

/// Names that the providers and other clients use, and ours.
const FOREIGN: &[(&str, &str)] = &[
    ("positivePrompt", "prompt"),
    ("text", "prompt"),
    ("image_url", "image"),
    ("imageUrl", "image"),
    ("input_reference", "image"),
    ("frameImages", "image"),
    ("inputs", "image"),
    ("seconds", "duration"),
    ("width", "size"),
    ("height", "size"),
    ("dimensions", "size"),
    ("numberResults", "n"),
    ("count", "n"),
    ("videoId", "remix"),
    ("outputType", "output.type"),
    ("outputFormat", "output.format"),
    ("format", "output.format"),
    ("outputQuality", "output.quality"),
    ("quality", "output.quality"),
    ("checkContent", "safety"),
    ("ttl", "ttlSeconds"),
    ("uploadEndpoint", "uploadUrl"),
    ("webhook", "webhookUrl"),
    ("deliveryMethod", "delivery"),
];

/// The field that an unknown name most likely means.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    if let Some((_, ours)) = FOREIGN
        .iter()
        .find(|(theirs, _)| theirs.eq_ignore_ascii_case(name))
    {
        return Some(ours);
    }
    let (lower, known) = (
        name.to_ascii_lowercase(),
        Field::ALL.iter().map(|field| field.path()),
    );
    let (distance, best) = known
        .chain(OTHERS.iter().copied())
        .map(|ours| (distance(&lower, &ours.to_ascii_lowercase()), ours))
        .min()?;
    // A name that has nothing in common with the best one is no misspelling of it.
    (distance <= 1 + name.len() / 4 && distance < name.len()).then_some(best)
}

/// Edits between two words: insert, delete, replace. Long names are no misspelling of ours.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 32 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.bytes().zip(row.iter().skip(1)) {
            let cost = if x == y {
                diagonal
            } else {
                1 + diagonal.min(*above).min(left)
            };
            diagonal = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
