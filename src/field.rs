//! The fields of a request, and the shape of each, independent of any listing.

use crate::codec::{Codec, DecodeResult, expected};
use crate::json::Value;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $path:literal: $shape:ident,)*) => {
        /// A field of a request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[$doc])* $name,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Field] = &[$(Field::$name),*];

            /// Its path in a request, such as `output.quality`.
            pub const fn path(self) -> &'static str {
                match self { $(Field::$name => $path,)* }
            }

            /// Its shape.
            pub const fn shape(self) -> Shape {
                match self { $(Field::$name => Shape::$shape,)* }
            }
        }
    };
}

fields! {
    /// What happens in the video.
    Prompt = "prompt": Text,
    /// What must not appear in it.
    NegativePrompt = "negativePrompt": Text,
    /// The first frame.
    Image = "image": Image,
    /// The last frame.
    LastFrameImage = "lastFrameImage": Image,
    /// Images of what must appear.
    ReferenceImages = "referenceImages": Images,
    /// A video to change, extend or reframe.
    Video = "video": File,
    /// Videos to follow, such as the motion of one.
    ReferenceVideos = "referenceVideos": Files,
    /// Audio to follow.
    Audio = "audio": File,
    /// Seconds.
    Duration = "duration": Integer,
    /// Such as `720p`.
    Resolution = "resolution": Word,
    /// Such as `1280x720`.
    Size = "size": Size,
    /// Such as `16:9`.
    AspectRatio = "aspectRatio": Word,
    /// Frames per second.
    Fps = "fps": Integer,
    /// Makes a video repeatable.
    Seed = "seed": Integer,
    /// Whether the video has audio.
    GenerateAudio = "generateAudio": Boolean,
    /// Whether music is added.
    Music = "music": Boolean,
    /// Whether the provider rewrites the prompt.
    EnhancePrompt = "enhancePrompt": Boolean,
    /// A quick and cheap version.
    Draft = "draft": Boolean,
    /// How strictly the prompt is followed.
    GuidanceScale = "guidanceScale": Number,
    /// Inference steps.
    InferenceSteps = "inferenceSteps": Integer,
    /// Such as `anime`.
    Style = "style": Word,
    /// How much moves, such as `small`.
    MotionAmount = "motionAmount": Word,
    /// One shot or several: `single` or `multi`.
    ShotType = "shotType": Word,
    /// Whether the camera stays where it is.
    CameraFixed = "cameraFixed": Boolean,
    /// Whether a character faces as in the `image` or as in the `video`.
    CharacterOrientation = "characterOrientation": Word,
    /// Whether the audio of the reference video is kept.
    KeepAudio = "keepAudio": Boolean,
    /// How an image with another aspect ratio is fitted: `crop` or `pad`.
    ResizeMode = "resizeMode": Word,
    /// Whether the end joins the beginning.
    Loop = "loop": Boolean,
    /// High dynamic range.
    Hdr = "hdr": Boolean,
    /// Whether EXR files are included.
    Exr = "exr": Boolean,
    /// Number of videos.
    N = "n": Integer,
    /// Id of an earlier video to work from.
    RemixId = "remixId": Word,
    /// How the file is returned.
    OutputType = "output.type": Word,
    /// Container of the file.
    OutputFormat = "output.format": Word,
    /// Compression quality.
    OutputQuality = "output.quality": Integer,
    /// Content check of the generated video.
    ContentCheck = "contentCheck": Word,
    /// How long the provider retains the video.
    TtlSeconds = "ttlSeconds": Integer,
    /// Where the provider uploads the file.
    UploadUrl = "uploadUrl": Url,
    /// Where the provider sends the result.
    WebhookUrl = "webhookUrl": Url,
    /// Whether the response contains the cost.
    IncludeCost = "includeCost": Boolean,
    /// Submit and poll, or wait for the response.
    DeliveryMethod = "deliveryMethod": Word,
    /// The caller's own task id.
    TaskUuid = "taskUUID": Uuid,
}

/// Written as its path.
impl Codec for Field {
    fn write(&self) -> Value {
        self.path().into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let path = value.as_str();
        let mut fields = Field::ALL.iter();
        let found = fields.find(|field| Some(field.path()) == path);
        *self = *found.ok_or_else(|| expected("a field of a request"))?;
        Ok(())
    }

    fn default_value() -> Self {
        Field::Prompt
    }
}

/// The shape of a field, independent of any listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any string.
    Text,
    /// A short string without surrounding whitespace.
    Word,
    /// An integer.
    Integer,
    /// Any finite number.
    Number,
    /// True or false.
    Boolean,
    /// `1280x720`.
    Size,
    /// A URL.
    Url,
    /// A version 4 UUID.
    Uuid,
    /// An image in one of its forms.
    Image,
    /// A list of images.
    Images,
    /// A video or audio file in one of its forms.
    File,
    /// A list of videos.
    Files,
}

/// Fields that are not parameters of a listing.
pub(crate) const OTHERS: &[&str] =
    &["model", "allowInlineImages", "providerOptions", "input", "output"];

/// Names that the providers and other clients use, each with the field that it means.
const ALIASES: &[(&str, &str)] = &[
    ("positivePrompt", "prompt"),
    ("text", "prompt"),
    ("image_url", "image"),
    ("imageUrl", "image"),
    ("input_reference", "image"),
    ("frameImages", "image"),
    ("inputs", "image"),
    ("negative_prompt", "negativePrompt"),
    ("last_image", "lastFrameImage"),
    ("lastFrame", "lastFrameImage"),
    ("images", "referenceImages"),
    ("references", "referenceImages"),
    ("inputVideo", "video"),
    ("sourceVideo", "video"),
    ("referenceVideo", "referenceVideos"),
    ("inputAudio", "audio"),
    ("sound", "generateAudio"),
    ("generate_audio", "generateAudio"),
    ("save_audio", "generateAudio"),
    ("bgm", "music"),
    ("promptExtend", "enhancePrompt"),
    ("promptOptimizer", "enhancePrompt"),
    ("promptUpsampling", "enhancePrompt"),
    ("prompt_upsampling", "enhancePrompt"),
    ("enable_prompt_expansion", "enhancePrompt"),
    ("enable_prompt_optimization", "enhancePrompt"),
    ("CFGScale", "guidanceScale"),
    ("guidance_scale", "guidanceScale"),
    ("num_inference_steps", "inferenceSteps"),
    ("movement_amplitude", "motionAmount"),
    ("movementAmplitude", "motionAmount"),
    ("shot_type", "shotType"),
    ("shots", "shotType"),
    ("camera_fixed", "cameraFixed"),
    ("character_orientation", "characterOrientation"),
    ("keep_original_sound", "keepAudio"),
    ("keepOriginalSound", "keepAudio"),
    ("resize", "resizeMode"),
    ("exrExport", "exr"),
    ("enable_safety_checker", "contentCheck"),
    ("aspect_ratio", "aspectRatio"),
    ("seconds", "duration"),
    ("width", "size"),
    ("height", "size"),
    ("dimensions", "size"),
    ("numberResults", "n"),
    ("count", "n"),
    ("videoId", "remixId"),
    ("outputType", "output.type"),
    ("outputFormat", "output.format"),
    ("format", "output.format"),
    ("outputQuality", "output.quality"),
    ("quality", "output.quality"),
    ("checkContent", "contentCheck"),
    ("ttl", "ttlSeconds"),
    ("uploadEndpoint", "uploadUrl"),
    ("webhook", "webhookUrl"),
];

/// The field that an unrecognized name most likely means.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    if let Some((_, field)) = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)) {
        return Some(field);
    }
    let (lower, known) = (name.to_ascii_lowercase(), Field::ALL.iter().map(|field| field.path()));
    let (distance, best) = known
        .chain(OTHERS.iter().copied())
        .map(|path| (distance(&lower, &path.to_ascii_lowercase()), path))
        .min()?;
    // A name that shares nothing with the best match is not a misspelling of it.
    (distance <= 1 + name.len() / 4 && distance < name.len()).then_some(best)
}

/// The edit distance: insert, delete, replace. A long name is never a misspelling.
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
            let cost = if x == y { diagonal } else { 1 + diagonal.min(*above).min(left) };
            diagonal = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
