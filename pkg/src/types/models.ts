import type { Json, ProviderId } from "./common.js";
import type { Field } from "./request.js";

/** The models of this version's catalogue. */
export type KnownModelId =
  | "wan-2.6"
  | "wan-2.6-flash"
  | "wan-2.5"
  | "wan-2.2"
  | "wan-2.2-lora"
  | "wan-2.1"
  | "vidu-q3"
  | "seedance-1.5-pro"
  | "kling-o1"
  | "kling-3.0-pro"
  | "kling-2.6-pro"
  | "kling-2.6-standard"
  | "kling-2.1-pro"
  | "p-video"
  | "veo-3.1"
  | "veo-3.1-fast"
  | "hailuo-2.3"
  | "gen-4.5"
  | "ray-3.2"
  | "infinitetalk"
  | "sora-2-pro"
  | "sora-2";

/** A model: one of the catalogue's, one of the caller's rows, or `provider:id`. */
export type ModelId = KnownModelId | (string & Record<never, never>);

/** A model, whoever sells it. */
export interface Model {
  id: ModelId;
  name: string;
  /** Who made it; empty where no document says so. */
  creator: string;
  listings: Listing[];
}

/** What a video is made from. */
export type Mode =
  | "text-to-video"
  | "image-to-video"
  | "first-last-frame"
  | "reference-to-video"
  | "motion-control"
  | "audio-to-video"
  | "talking-portrait"
  | "video-to-video"
  | "extend"
  | "reframe"
  | "remix";

/**
 * One provider's offer of a model: what a form needs to know. A provider may have several of one
 * model.
 */
export interface Listing {
  provider: ProviderId;
  /** The provider's own id: RunPod's endpoint, Runware's AIR id. */
  wireId: string;
  modes: Mode[];
  /** All that it takes, the delivery options of its provider's among them. */
  params: Param[];
  rules: Rule[];
  /**
   * What it costs: the price whose conditions hold. Where several may, a quote is a range; where
   * none does, it is unknown.
   */
  prices: Price[];
  /** Why there is no price, or none for all that it makes. */
  unpriced?: string;
  /** What its documents leave open. */
  caveats: Caveat[];
  status: ListingStatus;
  /** Milliseconds that a video usually takes. No document fixes it; it guides when to ask. */
  usualMs: number;
  /**
   * Milliseconds in which no video was ever finished, and a submit may be repeated under its id; 0
   * where nothing is known.
   */
  shortestMs: number;
}

/** Whether a listing is still sold. What is retired draws a warning; the provider decides. */
export interface ListingStatus {
  state: "live" | "retired" | "unverified";
  /** Day of the evidence, such as `2026-08-20`. */
  evidence: string;
  /** Its last day, where it is retired. */
  sunset?: string;
  /** Models that take its place. */
  instead: ModelId[];
}

/** What a parameter may be. `choice` is one of several words; `id` one of the provider's. */
export type ParamType =
  | "text"
  | "integer"
  | "number"
  | "choice"
  | "boolean"
  | "image"
  | "images"
  | "video"
  | "videos"
  | "audio"
  | "size"
  | "url"
  | "uuid"
  | "id";

/** A parameter: its name in a request, its place on the wire, and what it may be. */
export interface Param {
  field: Field;
  /**
   * Place in the provider's body, dots between levels, or two places for width and height. Empty:
   * it is not sent, and only means something to prices and rules.
   */
  wire: string;
  required: boolean;
  type: ParamType;
  /** Smallest number, or fewest characters. */
  min?: number;
  /** Largest number, most characters, or most pictures or files. */
  max?: number;
  /** The only values; of pictures and files, the forms: `url`, `uuid`, `data-uri`, `base64`. */
  allowed?: Json[];
  /** What stands on the wire for each of `allowed`, where that differs. */
  wires?: Json[];
  /** The sizes, each with the tier that it is priced by. */
  sizes?: Size[];
  /** Forms that work without a document saying so; `inlineImage` lets them pass. */
  undocumented?: Json[];
  /** Whether the wire wants a list. */
  list?: boolean;
  /** What the video has where it is absent. */
  default?: Json;
  /**
   * Whether the default is written out to the provider, since it costs money or changes the video.
   */
  sent: boolean;
}

/** A picture size. */
export interface Size {
  width: number;
  height: number;
  /** The price tier, such as `720p`. */
  resolution: string;
  /** Such as `16:9`; empty for a size that no ratio names. */
  ratio: string;
  /** Whether the provider's own list has it. */
  documented: boolean;
}

/**
 * Something that holds for a request, or does not: a field's value, said or by default, or whether
 * it is given.
 */
export type When =
  { field: Field; is: string | number | boolean } | { field: Field; given: boolean };

/** A rule between parameters. `size` stands for every way to say a size. */
export type Rule =
  /** At least one of these. */
  | { rule: "oneOf"; fields: Field[]; text: string }
  /**
   * Where `field` is given, none of `fields` may be (`excludes`), or they are left out with a
   * warning (`overrides`).
   */
  | { rule: "excludes" | "overrides"; field: Field; fields: Field[]; text: string }
  /**
   * Where all of `when` holds, `field` is needed, with one of these values; none: any. Not `strict`: a
   * warning, since the documents contradict themselves.
   */
  | {
      rule: "needs";
      when: When[];
      field: Field;
      allowed: (string | number | boolean)[];
      strict: boolean;
    }
  /** Where all of `when` holds, a list has at most so many items. */
  | { rule: "atMost"; when: When[]; field: Field; max: number };

/** A price in US dollars, and what must hold for it. */
export interface Price {
  usd: number;
  /** For each second, each started block of `blockSeconds`, or each video. */
  per: "second" | "block" | "video";
  blockSeconds?: number;
  when: When[];
  /** The documents fix it, give it with "about" or "from", or the caller's row does. */
  basis: "exact" | "approximate" | "caller";
}

/** What a listing's documents leave open, told with the price where all of `when` holds. */
export interface Caveat {
  when: When[];
  field: Field;
  text: string;
}

type Row<T, Needed extends keyof T> = Pick<T, Needed> & Partial<T>;

/** A listing as a caller gives it: what is left out is none, or unknown. */
export type ListingRow = Row<
  Omit<Listing, "params" | "rules" | "prices" | "caveats" | "status">,
  "provider" | "wireId" | "modes"
> & {
  params?: (Row<Omit<Param, "sizes">, "field" | "wire" | "type"> & {
    sizes?: Row<Size, "width" | "height" | "resolution">[];
  })[];
  rules?: RuleRow[];
  /** Whatever their `basis` says, it is the caller's. */
  prices?: Row<Price, "usd" | "per">[];
  caveats?: Row<Caveat, "field" | "text">[];
  status: Row<ListingStatus, "state">;
};

/** Writes out what `Omit` would lose of a union; the words of a rule are made from it. */
type RuleRow = Rule extends infer R
  ? R extends { text: string }
    ? Row<R, Exclude<keyof R, "text">>
    : R extends { strict: boolean; allowed: unknown }
      ? Row<R, Exclude<keyof R, "strict" | "allowed">>
      : R
  : never;

/** A model as a caller adds or corrects it, in the form of `models()`. */
export type ModelRow = Row<Omit<Model, "listings">, "id" | "name"> & { listings: ListingRow[] };
