//! The request as a Rust caller builds it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Field;
use crate::json::{Object, Value};
use crate::provider_id::ProviderId;

/// A request for a video: the JSON object that every filmgate client takes, with a setter for each field.
///
/// It accepts any JSON; [`validate`](crate::plan::validate) reports unknown fields and invalid types. serde
/// reads and writes it as the JSON itself.
///
/// ```
/// use filmgate::plan::validate;
/// use filmgate::request::{Policy, VideoRequest};
/// use serde_json::json;
///
/// let request = VideoRequest::new("wan-2.6")
///     .prompt("A lighthouse in the rain")
///     .duration(5)
///     .resolution("720p");
/// assert!(validate(&request, Policy::default()).ok);
///
/// let read: VideoRequest = serde_json::from_value(json!({ "model": "wan-2.6", "sice": "1280x720" }))?;
/// assert_eq!(validate(&read, Policy::default()).issues[0].path, "sice");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VideoRequest(Value);

impl Default for VideoRequest {
    /// A request without any field.
    fn default() -> Self {
        VideoRequest(Value::Object(Object::new()))
    }
}

impl VideoRequest {
    /// A request for a model: its id in the catalog, or `provider:id` for one outside the catalog.
    /// [`VideoRequest::default`] has no model, which is enough to compare prices.
    pub fn new(model: impl Into<String>) -> Self {
        VideoRequest::default().model(model)
    }

    /// The request as JSON.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The request as JSON.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// A model's id in the catalog, or `provider:id`.
    #[must_use]
    pub fn model(self, model: impl Into<String>) -> Self {
        self.with("model", model.into())
    }

    /// Whether data URIs may be sent inline although the provider does not document it.
    #[must_use]
    pub fn allow_inline_images(self, allow: bool) -> Self {
        self.with("allowInlineImages", allow)
    }

    /// The whole input for a model that is not in the catalog, in the provider's own form.
    #[must_use]
    pub fn input(self, input: Object) -> Self {
        self.with("input", input)
    }

    /// Raw fields for one provider, merged over the body. Their price is unknown.
    #[must_use]
    pub fn provider_options(self, provider: ProviderId, options: Object) -> Self {
        self.with_at(&["providerOptions", provider.as_str()], options.into())
    }

    fn with(self, path: &str, value: impl Into<Value>) -> Self {
        let names: Vec<&str> = path.split('.').collect();
        self.with_at(&names, value.into())
    }

    fn with_at(mut self, names: &[&str], value: Value) -> Self {
        insert(&mut self.0, names, value);
        self
    }
}

/// Sets a value at a path. Other values on the way become objects.
fn insert(target: &mut Value, names: &[&str], value: Value) {
    let Some((first, rest)) = names.split_first() else {
        *target = value;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Object::new());
    }
    if let Some(map) = target.as_object_mut() {
        insert(map.entry(*first).or_insert(Value::Null), rest, value);
    }
}

impl Serialize for VideoRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for VideoRequest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(VideoRequest)
    }
}

/// Takes any JSON unchanged.
impl From<Value> for VideoRequest {
    fn from(value: Value) -> Self {
        VideoRequest(value)
    }
}

impl From<VideoRequest> for Value {
    fn from(request: VideoRequest) -> Self {
        request.0
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $field:ident as $kind:ident,)*) => {
        impl VideoRequest {
            $(setters!(@ $kind $(#[$doc])* $name $field);)*
        }
    };
    (@ string $(#[$doc:meta])* $name:ident $field:ident) => {
        setters!(@@ $(#[$doc])* $name $field (value: impl Into<String>) value.into());
    };
    (@ media $(#[$doc:meta])* $name:ident $field:ident) => {
        setters!(@@ $(#[$doc])* $name $field (value: impl Into<Value>) value.into());
    };
    (@ list $(#[$doc:meta])* $name:ident $field:ident) => {
        setters!(@@ $(#[$doc])* $name $field (values: impl IntoIterator<Item = impl Into<Value>>)
            values.into_iter().map(Into::into).collect::<Vec<Value>>());
    };
    (@ $type:ident $(#[$doc:meta])* $name:ident $field:ident) => {
        setters!(@@ $(#[$doc])* $name $field (value: $type) value);
    };
    (@@ $(#[$doc:meta])* $name:ident $field:ident ($arg:ident: $type:ty) $value:expr) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, $arg: $type) -> Self {
            let value = Value::from($value);
            self.with(Field::$field.path(), value)
        }
    };
}

setters! {
    /// What happens in the video.
    prompt: Prompt as string,
    /// What must not appear in it.
    negative_prompt: NegativePrompt as string,
    /// The first frame: an `https` URL, a data URI, or Base64.
    image: Image as media,
    /// The last frame, like [`VideoRequest::image`].
    last_frame_image: LastFrameImage as media,
    /// Images of what must appear.
    reference_images: ReferenceImages as list,
    /// A video to change, extend or reframe: an `https` URL or a data URI.
    video: Video as media,
    /// Videos to follow, such as the motion of one.
    reference_videos: ReferenceVideos as list,
    /// Audio to follow.
    audio: Audio as media,
    /// Length of the video, in seconds.
    duration: Duration as u32,
    /// Such as `720p`.
    resolution: Resolution as string,
    /// Such as `1280x720`.
    size: Size as string,
    /// Such as `16:9`.
    aspect_ratio: AspectRatio as string,
    /// Frames per second.
    fps: Fps as u32,
    /// Makes a video repeatable.
    seed: Seed as i64,
    /// Whether the video has audio.
    generate_audio: GenerateAudio as bool,
    /// Whether music is added.
    music: Music as bool,
    /// Whether the provider rewrites the prompt.
    enhance_prompt: EnhancePrompt as bool,
    /// A quick and cheap version.
    draft: Draft as bool,
    /// How strictly the prompt is followed.
    guidance_scale: GuidanceScale as f64,
    /// Number of inference steps.
    inference_steps: InferenceSteps as u32,
    /// Such as `anime`.
    style: Style as string,
    /// How much moves, such as `small`.
    motion_amount: MotionAmount as string,
    /// One shot or several: `single` or `multi`.
    shot_type: ShotType as string,
    /// Whether the camera stays where it is.
    camera_fixed: CameraFixed as bool,
    /// Whether a character faces as in the `image` or as in the `video`.
    character_orientation: CharacterOrientation as string,
    /// Whether the audio of the reference video is kept.
    keep_audio: KeepAudio as bool,
    /// How an image of another aspect ratio is fitted: `crop` or `pad`.
    resize_mode: ResizeMode as string,
    /// Whether the end joins the beginning.
    r#loop: Loop as bool,
    /// High dynamic range.
    hdr: Hdr as bool,
    /// Whether EXR files are included.
    exr: Exr as bool,
    /// How many videos, 1 by default.
    n: N as u32,
    /// Id of an earlier video to work from: [`Video::remix_id`](crate::outcome::Video::remix_id).
    remix_id: RemixId as string,
    /// How the file is returned.
    output_type: OutputType as string,
    /// Container of the file, such as `MP4`.
    output_format: OutputFormat as string,
    /// Compression quality.
    output_quality: OutputQuality as u32,
    /// Content check of the generated video: `none`, `fast` or `full`.
    content_check: ContentCheck as string,
    /// How long the provider retains the video, in seconds.
    ttl_seconds: TtlSeconds as u32,
    /// Where the provider uploads the file.
    upload_url: UploadUrl as string,
    /// Where the provider sends the result.
    webhook_url: WebhookUrl as string,
    /// Whether the response contains the cost.
    include_cost: IncludeCost as bool,
    /// `async`: submit and poll; `sync`: the response waits for the video.
    delivery_method: DeliveryMethod as string,
    /// The caller's own task id, a UUID of version 4.
    task_uuid: TaskUuid as string,
}
