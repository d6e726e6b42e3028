import type { GatewaySettings, SubmitOptions, VideoRequest } from "../types/index.js";
import type { ElementClient } from "./element.js";
import type { VideoLabels } from "./labels.js";

/** What JSX can set on `<filmgate-video>`: its attributes and, in React 19, its properties. */
export interface FilmgateVideoAttributes {
  /** URL of the gateway, if there is no `client`. */
  gateway?: string | undefined;
  /** Model of the request. */
  model?: string | undefined;
  /** Prompt of the request. */
  prompt?: string | undefined;
  /** Length in whole seconds. */
  duration?: number | string | undefined;
  /** Resolution tier, such as `720p`. */
  resolution?: string | undefined;
  /** Aspect ratio, such as `16:9`. */
  "aspect-ratio"?: string | undefined;
  /** Width and height in pixels, such as `1280x720`. */
  size?: string | undefined;
  /** URL of the first frame. */
  image?: string | undefined;
  /** Seed for reproducible output. */
  seed?: number | string | undefined;
  /** A provider, or `cheapest`. */
  provider?: string | undefined;
  /** What the submit may cost, in US dollars. */
  "max-cost-usd"?: number | string | undefined;
  /** Names the video: a reload and other tabs find the job again. */
  session?: string | undefined;
  /** URL of an image that is shown before the video. */
  poster?: string | undefined;
  /** Whether the video starts by itself. */
  autoplay?: boolean | undefined;
  /** Whether the video repeats. */
  loop?: boolean | undefined;
  /** Whether the video has no sound. */
  muted?: boolean | undefined;
  /** `none`: neither buttons nor the player's controls. */
  controls?: "none" | undefined;
  /** Any client. */
  client?: ElementClient | undefined;
  /** The API key of the gateway, or a function that returns one. */
  apiKey?: GatewaySettings["apiKey"] | undefined;
  /** Fields of the request, beside those of the attributes. */
  request?: VideoRequest | undefined;
  /** Options of the submit, beside those of the attributes. */
  options?: SubmitOptions | undefined;
  /** Texts in place of the English ones. */
  labels?: Partial<VideoLabels> | undefined;
}
