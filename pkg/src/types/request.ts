import type { Json, ProviderId } from "./common.js";
import type { ModelId } from "./models.js";

/**
 * A picture: an address, a UUID of a file at Runware, a data URI, Base64, or its bytes, which are sent as a
 * data URI. Which of these a listing takes stands in its `params`.
 */
export type ImageInput = string | Uint8Array;

/** The first frame. */
export type Image = ImageInput | FirstFrameImage;

/** The first frame, called so. */
export interface FirstFrameImage extends ReferenceImageObject {
  /** Its place in the video. */
  frame?: "first" | 0;
}

/** The last frame. */
export type LastImage = ImageInput | LastFrameImage;

/** The last frame, called so. */
export interface LastFrameImage extends ReferenceImageObject {
  /** Its place in the video. */
  frame?: "last";
}

/** A picture of what shall appear. */
export type ReferenceImage = ImageInput | ReferenceImageObject;

/** A picture in an object of its own. */
export interface ReferenceImageObject {
  /** The picture. */
  image: ImageInput;
}

/**
 * A video to be made, in the words shared by all providers. Which listing takes which of them, with which
 * values: `models()`. What it cannot take is a problem or a warning, and never dropped silently.
 *
 * What costs money or changes the video, such as sound or a rewritten prompt, is off unless it is asked for,
 * at both providers alike, where a listing can do without; `duration` is always yours to give.
 */
export interface VideoRequest {
  /**
   * A model of the catalog (`wan-2.6`), or a provider's own id (`runpod:my-endpoint`,
   * `runware:vendor:1@1`), which wants `input`. Left out: every model is checked and quoted; `submit`
   * wants one.
   */
  model?: ModelId;

  /**
   * What happens in the video. `composePrompt` puts the parts together as RunPod advises for Sora.
   */
  prompt?: string;
  /** What shall not be in it. */
  negativePrompt?: string;
  /** The first frame. */
  image?: Image | [Image];
  /** The last frame; most listings want the first one, too. */
  lastFrameImage?: LastImage | [LastImage];
  /** Pictures of what shall appear: a character, a thing, a place. */
  referenceImages?: ReferenceImage[];
  /** A video to change, to extend or to reshape: an address, or at Runware a UUID. */
  video?: string;
  /** Videos to follow, such as the motion of one. */
  referenceVideos?: string[];
  /** Sound to follow: speech, or music. An address, or at Runware a UUID. */
  audio?: string;
  /** Runware: id of an earlier video (`remixId` of a result) to work from. */
  remixId?: string;

  /** Seconds, whole. */
  duration?: number;
  /** Such as `720p`. An alternative to `size`. */
  resolution?: string;
  /** Width and height in pixels, such as `1280x720`. Excludes `resolution` and `aspectRatio`. */
  size?: string;
  /** Such as `16:9`, beside `resolution`. */
  aspectRatio?: string;
  /** Frames a second. */
  fps?: number;
  /** Makes a video repeatable, as far as the provider does. */
  seed?: number;
  /** Number of videos. Each is billed. */
  n?: number;

  /** Whether the video has sound. It often costs more. Default: false. */
  generateAudio?: boolean;
  /** Whether music is added. Default: false. */
  music?: boolean;
  /** Whether the sound of the video that is followed is kept. */
  keepAudio?: boolean;
  /** Whether the provider rewrites the prompt. Default: false. */
  enhancePrompt?: boolean;
  /** A quick and cheap version. Default: false. */
  draft?: boolean;
  /** How strictly the prompt is followed. */
  guidanceScale?: number;
  /** Steps of making a frame. */
  inferenceSteps?: number;
  /** Such as `anime`. */
  style?: string;
  /** How much moves, such as `small`. */
  motionAmount?: string;
  /** One shot, or several with cuts between. */
  shotType?: "single" | "multi";
  /** Whether the camera stays where it is. */
  cameraFixed?: boolean;
  /** Where a motion is followed: whether the character faces as in `image` or as in the video. */
  characterOrientation?: "image" | "video";
  /** How a picture of another shape is fitted. */
  resizeMode?: "crop" | "pad";
  /** Whether the end joins the beginning. */
  loop?: boolean;
  /** High dynamic range. */
  hdr?: boolean;
  /** Whether EXR files come with it; wants `hdr`. */
  exr?: boolean;

  /** How the file is delivered. Runware only. */
  output?: Output;
  /** Content check of the made video: nothing, key frames, or all frames. Default: `none`. */
  contentCheck?: "none" | "fast" | "full";
  /** Seconds that Runware keeps the video, at least 60. */
  ttlSeconds?: number;
  /** Where Runware sends the finished file by HTTP PUT. */
  uploadUrl?: string;
  /** Where the provider reports the end of the job by HTTP POST. */
  webhookUrl?: string;
  /** Ask Runware for the actual cost. Default: true. */
  includeCost?: boolean;
  /**
   * `async` submits and polls. `sync` uses RunPod's `/runsync`, which gives no id before it answers
   * and keeps the result for one minute only. Default: `async`.
   */
  deliveryMethod?: "async" | "sync";
  /**
   * Runware: your own task id, a UUID of version 4, which is also the idempotency key. Made for you
   * when left out.
   */
  taskUUID?: string;

  /**
   * Where RunPod documents an address for a picture, `true` sends a data URI all the same, as its
   * SDK does.
   */
  allowInlineImages?: boolean;
  /**
   * Raw fields for one provider, laid over the body that filmgate builds. Their price is unknown.
   */
  providerOptions?: ProviderOptions;
  /** The whole raw input for a model that is not in the catalog. */
  input?: Record<string, Json>;
}

/** How a file is delivered. */
export interface Output {
  /** Default: `url`, the only one that is documented. */
  type?: "url";
  /** Default: `mp4`. */
  format?: "mp4" | "webm" | "mov";
  /** Compression quality, 20 to 99. Default: 95. */
  quality?: number;
}

/** Raw fields for each provider; the other's are left out. */
export interface ProviderOptions {
  /** Laid over what stands below `input` in RunPod's body. */
  runpod?: Record<string, Json>;
  /** Laid over Runware's task. */
  runware?: Record<string, Json>;
}

/** The path of a parameter in a request. */
export type Field =
  | Exclude<keyof VideoRequest, "model" | "output" | "allowInlineImages" | "providerOptions" | "input">
  | "output.type"
  | "output.format"
  | "output.quality";

/** The three parts that RunPod advises for a prompt. */
export interface PromptParts {
  /** What happens. */
  action: string;
  /** What is heard around it. */
  ambientSound?: string;
  /** What is said, and by whom. */
  characterDialogue?: string;
}

/** A stable name for what is wrong; the message may change, the code does not. */
export type IssueCode =
  /** No request has a field of this name. */
  | "unrecognized_field"
  /** A field that is needed is absent. */
  | "required"
  /** The value is of another kind: a text for a number, say. */
  | "invalid_type"
  /** NaN or infinity. */
  | "not_finite"
  /** A number that has to be whole. */
  | "not_integer"
  /** None of the values that are possible here: see `allowed`. */
  | "invalid_value"
  /** A number below `min`. */
  | "too_small"
  /** A number above `max`. */
  | "too_large"
  /** Fewer characters or items than `min`. */
  | "too_short"
  /** More characters or items than `max`. */
  | "too_long"
  /** Not in the form that such a value has: an address, a UUID, a picture. */
  | "invalid_format"
  /** Half a character (a lone surrogate), which JSON cannot carry. */
  | "invalid_unicode"
  /** An address that the provider cannot reach, or must not; see `allowPrivateHosts`. */
  | "private_host"
  /** Two fields that cannot stand beside each other, or a row that contradicts itself. */
  | "conflict"
  /** The listing has no such parameter. */
  | "unsupported"
  /** A raw field that filmgate itself sends. */
  | "reserved"
  /** No model of the catalog has this name. */
  | "unknown_model"
  /** A warning: the field has no effect here and is not sent. */
  | "ignored"
  /** A warning: the documents leave something open, or contradict themselves. */
  | "undocumented"
  /** A warning: the model is no longer sold. */
  | "deprecated_model"
  /** A warning: an address that is not encrypted. */
  | "insecure_url";

/** One problem of a request. An `error` stops the submit, a `warning` does not. */
export interface Issue {
  /** Whether it stops the submit. */
  severity: "error" | "warning";
  /**
   * Where in the request, such as `output.quality`. Empty: the request as a whole. Rows of the
   * caller's: `catalog.0.…`.
   */
  path: string;
  /** What is wrong. */
  code: IssueCode;
  /** Says what is wrong and what to do. Never holds the prompt or a key. */
  message: string;
  /** The provider of the listing that has the problem; absent where every listing has it. */
  provider?: ProviderId;
  /** The values that are allowed here. */
  allowed?: Json[];
  /** The smallest number, or the fewest characters or items, that is allowed. */
  min?: number;
  /** The largest number, or the most characters or items, that is allowed. */
  max?: number;
  /** A change that mends it. */
  fix?: Fix;
}

/** A change that mends a problem: set `path` to `value`, or remove `path` where `value` is absent. */
export interface Fix {
  /** Where in the request. */
  path: string;
  /** What to set there. */
  value?: Json;
  /** The field whose place it takes: remove that one. */
  remove?: string;
}

/** What `check` finds. */
export interface ValidationResult {
  /** Whether at least one listing can take the request. */
  ok: boolean;
  /** Problems of the request whoever takes it. */
  issues: Issue[];
  /** What each listing says of it. */
  listings: ListingValidation[];
}

/** What one listing says of a request. */
export interface ListingValidation {
  /** Who sells it. */
  provider: ProviderId;
  /** What `model` of a request says. */
  model: ModelId;
  /** The provider's own id for the listing: one provider may sell a model in several. */
  providerModelId: string;
  /** Whether it can take the request. */
  ok: boolean;
  /** Problems of the request at this listing. */
  issues: Issue[];
}
