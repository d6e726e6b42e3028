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

            /// The field with this path.
            #[inline(never)]
            pub(crate) fn at(path: &str) -> Option<Self> {
                Field::ALL.iter().copied().find(|field| field.path() == path)
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
        let field = value.as_str().and_then(Field::at);
        *self = field.ok_or_else(|| expected("a field of a request"))?;
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
