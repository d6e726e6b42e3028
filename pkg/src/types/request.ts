import type { Json, ProviderId } from "./common.js";
import type { ModelConstraints } from "./model-constraints.js";
import type { ModelId } from "./models.js";

/**
 * An image: a URL, the UUID of a file at Runware, a data URI, Base64, or bytes (a `File`, `Blob`, `ArrayBuffer`, typed
 * array or `DataView`), which are sent as a data URI. The `params` of a listing say which forms and file formats it
 * accepts. `validate` and `quote` know a `File` or `Blob` by its type and size only; a submit reads it.
 */
export type ImageInput = string | URL | Blob | ArrayBuffer | ArrayBufferView;

/** The first frame. */
export type Image = ImageInput | FirstFrameImage;

/** The first frame, as an object. */
export interface FirstFrameImage extends ReferenceImageObject {
  /** Position in the video. */
  frame?: "first" | 0 | undefined;
}

/** The last frame. */
export type LastImage = ImageInput | LastFrameImage;

/** The last frame, as an object. */
export interface LastFrameImage extends ReferenceImageObject {
  /** Position in the video. */
  frame?: "last" | undefined;
}

/** An image of a subject that appears in the video. */
export type ReferenceImage = ImageInput | ReferenceImageObject;

/** An image, as an object. */
export interface ReferenceImageObject {
  /** The image. */
  image: ImageInput;
}

/**
 * A request for videos, with the same fields for all providers. `models()` says which listing supports which fields
 * and values. An unsupported field is an error or a warning; it is never dropped silently.
 *
 * Options that cost money or change the video, such as audio or a rewritten prompt, are off by default at both
 * providers if the listing allows it. `duration` has no default.
 */
export interface VideoRequest {
  /**
   * A model of the catalog (`wan-2.6`), or a provider's own id with `input` (`runpod:my-endpoint`,
   * `runware:vendor:1@1`). `validate` and `quote` without a model cover all models; `submit` requires one.
   */
  model?: ModelId | undefined;

  /** Description of the video. `composePrompt` combines its parts as RunPod recommends for Sora. */
  prompt?: string | undefined;
  /** What the video should not show. */
  negativePrompt?: string | undefined;
  /** The first frame. */
  image?: Image | [Image] | undefined;
  /** The last frame. Most listings require `image`, too. */
  lastFrameImage?: LastImage | [LastImage] | undefined;
  /** Images of subjects that appear in the video: a character, an object, a place. */
  referenceImages?: ReferenceImage[] | undefined;
  /** A video to edit, extend or reframe: a URL, or the UUID of a file at Runware. */
  video?: string | URL | undefined;
  /** Reference videos, for example for motion. */
  referenceVideos?: (string | URL)[] | undefined;
  /** Speech or music that the video follows: a URL, or the UUID of a file at Runware. */
  audio?: string | URL | undefined;
  /** Runware: id of an earlier video (`remixId` of a result) to remix. */
  remixId?: string | undefined;

  /** Length in whole seconds. */
  duration?: number | undefined;
  /** Resolution tier, such as `720p`. An alternative to `size`. */
  resolution?: string | undefined;
  /** Width and height in pixels, such as `1280x720`. A `resolution` or `aspectRatio` beside it must agree. */
  size?: string | undefined;
  /** Aspect ratio, such as `16:9`. Used with `resolution`. */
  aspectRatio?: string | undefined;
  /** Frames per second. */
  fps?: number | undefined;
  /** Seed for reproducible output, as far as the provider supports it. -1 is random, as is no seed. */
  seed?: number | undefined;
  /**
   * Number of videos. Each is billed.
   *
   * @default 1
   */
  n?: number | undefined;

  /**
   * Whether the video has audio, which often costs more.
   *
   * @default false
   */
  generateAudio?: boolean | undefined;
  /**
   * Whether music is added.
   *
   * @default false
   */
  music?: boolean | undefined;
  /** Whether the audio of the source video is kept. */
  keepAudio?: boolean | undefined;
  /**
   * Whether the provider rewrites the prompt.
   *
   * @default false
   */
  enhancePrompt?: boolean | undefined;
  /**
   * Whether a fast, cheap preview is generated.
   *
   * @default false
   */
  draft?: boolean | undefined;
  /** How closely the video follows the prompt. */
  guidanceScale?: number | undefined;
  /** Number of inference steps. */
  inferenceSteps?: number | undefined;
  /** Style preset, such as `anime`. */
  style?: string | undefined;
  /** Amount of motion, such as `small`. */
  motionAmount?: string | undefined;
  /** One continuous shot, or several shots with cuts. */
  shotType?: "single" | "multi" | undefined;
  /** Whether the camera stays fixed. */
  cameraFixed?: boolean | undefined;
  /** With motion control: whether the character is oriented as in `image` or as in the video. */
  characterOrientation?: "image" | "video" | undefined;
  /** How an image with another aspect ratio is fitted. */
  resizeMode?: "crop" | "pad" | undefined;
  /** Whether the video loops seamlessly. */
  loop?: boolean | undefined;
  /** High dynamic range. */
  hdr?: boolean | undefined;
  /** Whether EXR files are included. Requires `hdr`. */
  exr?: boolean | undefined;

  /** Output format. Runware only. */
  output?: Output | undefined;
  /**
   * Content check of the generated video: off, key frames, or all frames.
   *
   * @default "none"
   */
  contentCheck?: "none" | "fast" | "full" | undefined;
  /** Runware: retention of the video in seconds, at least 60. */
  ttlSeconds?: number | undefined;
  /** Runware: URL to which the finished file is uploaded by HTTP PUT. */
  uploadUrl?: string | URL | undefined;
  /** URL to which the provider reports the end of the job by HTTP POST. */
  webhookUrl?: string | URL | undefined;
  /**
   * Runware: whether the response includes the actual cost.
   *
   * @default true
   */
  includeCost?: boolean | undefined;
  /**
   * `async` submits and polls. `sync` uses RunPod's `/runsync`, which returns no id before it responds, and keeps
   * the result for one minute only.
   *
   * @default "async"
   */
  deliveryMethod?: "async" | "sync" | undefined;
  /**
   * Runware: the task id, a UUID v4, which is also the idempotency key.
   *
   * @default a random UUID
   */
  taskUUID?: string | undefined;

  /**
   * Sends images as data URIs to RunPod listings that document only URLs, as RunPod's SDK does.
   *
   * @default false
   */
  allowInlineImages?: boolean | undefined;
  /** Raw fields per provider, merged over the body that filmgate builds. Their price is unknown. */
  providerOptions?: ProviderOptions | undefined;
  /** The complete raw input, for a model that is not in the catalog. */
  input?: Record<string, Json> | undefined;
}

/**
 * The request for one model: the fields that it requires, and the values that it allows. For custom models,
 * `provider:id`, and an id that is known only at run time: `VideoRequest`.
 */
export type RequestOf<Id extends ModelId, All = Id> = Id extends infer Known extends keyof ModelConstraints
  ? [All] extends [Known]
    ? VideoRequest &
        { [Name in ModelConstraints[Known]["required"]]: NonNullable<VideoRequest[Name]> } &
        { [Name in keyof ModelConstraints[Known]["values"]]?: ModelConstraints[Known]["values"][Name] | undefined }
    : VideoRequest
  : VideoRequest;

/** Output format of a video. */
export interface Output {
  /**
   * How the file is returned.
   *
   * @default "url" (the only documented type)
   */
  type?: "url" | undefined;
  /**
   * Container format.
   *
   * @default "mp4"
   */
  format?: "mp4" | "webm" | "mov" | undefined;
  /**
   * Compression quality, 20 to 99.
   *
   * @default 95
   */
  quality?: number | undefined;
}

/** Raw fields per provider. Only those of the provider that gets the request are used. */
export interface ProviderOptions {
  /** Merged over `input` of RunPod's body. */
  runpod?: Record<string, Json> | undefined;
  /** Merged over Runware's task. */
  runware?: Record<string, Json> | undefined;
}

/** Path of a parameter in a request. */
export type Field =
  | Exclude<keyof VideoRequest, "model" | "output" | "allowInlineImages" | "providerOptions" | "input">
  | "output.type"
  | "output.format"
  | "output.quality";

/** The parts of a prompt that RunPod recommends for Sora. */
export interface PromptParts {
  /** What happens. */
  action: string;
  /** Background sound. */
  ambientSound?: string | undefined;
  /** Dialogue, with its speakers. */
  characterDialogue?: string | undefined;
}

/** A stable code of a problem. Codes do not change; messages may. */
export type IssueCode =
  /** The field does not exist. */
  | "unrecognized_field"
  /** A required field is missing. */
  | "required"
  /** The value has the wrong type, such as a string for a number. */
  | "invalid_type"
  /** The number is NaN or infinite. */
  | "not_finite"
  /** The number is not an integer. */
  | "not_integer"
  /** The value is not one of `allowed`. */
  | "invalid_value"
  /** The number is below `min`. */
  | "too_small"
  /** The number is above `max`. */
  | "too_large"
  /** The text or list has fewer than `min` characters or items. */
  | "too_short"
  /** The text or list has more than `max` characters or items. */
  | "too_long"
  /** The value is malformed: a URL, a UUID, an image. */
  | "invalid_format"
  /** The text has a lone surrogate, which JSON cannot represent. */
  | "invalid_unicode"
  /** The provider cannot or must not reach this URL. See `allowPrivateHosts`. */
  | "private_host"
  /** The listing accepts only a URL here, and bytes are given. The client option `upload` uploads them. */
  | "url_required"
  /** Two fields exclude each other, or a custom model contradicts itself. */
  | "conflict"
  /** The listing does not support this field. */
  | "unsupported"
  /** A raw field that filmgate itself sets. */
  | "reserved"
  /** The catalog has no such model. */
  | "unknown_model"
  /** Warning: the field has no effect here and is not sent. */
  | "ignored"
  /** Warning: the documentation is incomplete or contradictory. */
  | "undocumented"
  /** Warning: a frame has another aspect ratio than the video. */
  | "shape_mismatch"
  /** Warning: the model is no longer offered. */
  | "deprecated_model"
  /** Warning: the URL is not encrypted. */
  | "insecure_url";

/** A problem of a request. An `error` prevents the submit, a `warning` does not. */
export interface Issue {
  /** Whether it prevents the submit. */
  severity: "error" | "warning";
  /** Path in the request, such as `output.quality`. Empty: the whole request. Custom models: `models.0.…`. */
  path: string;
  /** Stable code of the problem. */
  code: IssueCode;
  /** What is wrong and how to correct it. Holds neither the prompt nor a key. */
  message: string;
  /** The provider of the listing with the problem. Undefined if all listings have it. */
  provider?: ProviderId;
  /** Allowed values. */
  allowed?: Json[];
  /** Minimum of a number, or of the number of characters or items. */
  min?: number;
  /** Maximum of a number, or of the number of characters or items. */
  max?: number;
  /** A change of the request that corrects the problem. */
  fix?: Fix;
}

/**
 * A change of the request: set `path` to `value`, or remove `path` if `value` is undefined. It renames, converts or
 * moves what the request has. A field is removed only if it is empty, or if another field says the same.
 */
export interface Fix {
  /** Path in the request. */
  path: string;
  /** The new value. A `Blob` of the request is the same one. */
  value?: Json | Blob | (Json | Blob)[];
  /** Another field to remove, which `path` replaces. */
  remove?: string;
}

/** Result of `validate`. */
export interface ValidationResult {
  /** Whether at least one listing accepts the request. */
  ok: boolean;
  /** Problems that all listings have. */
  issues: Issue[];
  /** The result for each listing. */
  listings: ListingValidation[];
}

/** Result of `validate` for one listing. */
export interface ListingValidation {
  /** The provider. */
  provider: ProviderId;
  /** `model` of a request. */
  model: ModelId;
  /** The provider's own id of the model. A provider may have several listings of one model. */
  providerModelId: string;
  /** Whether the listing accepts the request. */
  ok: boolean;
  /** Problems of the request at this listing. */
  issues: Issue[];
}
