import type { Json, ProviderId } from "./common.js";
import type { Field } from "./request.js";

/** The models of this version's catalog. */
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

/** A model: one of the catalog's, one of the caller's rows, or `provider:id`. */
export type ModelId = KnownModelId | (string & Record<never, never>);

/** A model, whoever sells it. */
export interface Model {
  /** What `model` of a request says. */
  id: ModelId;
  /** Its name for people. */
  name: string;
  /** Who made it; empty where no document says so. */
  creator: string;
  /** The providers' offers of it. */
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
  /** Who sells it. */
  provider: ProviderId;
  /** The provider's own id: RunPod's endpoint, Runware's AIR id. */
  providerModelId: string;
  /** What it makes videos from. */
  modes: Mode[];
  /** All that it takes, the delivery options of its provider's among them. */
  params: Param[];
  /** What must hold between its parameters. */
  rules: Rule[];
  /**
   * What it costs: the price whose conditions hold. Where several may, a quote is a range; where
   * none does, it is unknown.
   */
  prices: Price[];
  /** Why there is no price, or none for all that it makes. */
  noPriceReason?: string;
  /** What its documents leave open. */
  notes: Note[];
  /** Whether it is still sold. */
  status: ListingStatus;
  /** Milliseconds that a video usually takes. No document fixes it; it guides when to ask. */
  typicalDurationMs: number;
  /**
   * Milliseconds in which no video was ever finished, and a submit may be repeated under its id; 0
   * where nothing is known.
   */
  minDurationMs: number;
}

/** Whether a listing is still sold. What is retired draws a warning; the provider decides. */
export interface ListingStatus {
  /** `unverified`: no document of its own could be read. */
  state: "live" | "retired" | "unverified";
  /** Day of the evidence, such as `2026-08-20`. */
  verifiedAt: string;
  /** Its last day, where it is retired. */
  sunset?: string;
  /** Models that take its place. */
  replacements: ModelId[];
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
  /** Its path in a request. */
  field: Field;
  /**
   * Place in the provider's body, dots between levels, or two places for width and height. Empty:
   * it is not sent, and only means something to prices and rules.
   */
  providerField: string;
  /** Whether a request must have it. */
  required: boolean;
  /** What it may be. */
  type: ParamType;
  /** Smallest number, or fewest characters. */
  min?: number;
  /** Largest number, most characters, or most pictures or files. */
  max?: number;
  /** The only values; of pictures and files, the forms: `url`, `uuid`, `data-uri`, `base64`. */
  allowed?: Json[];
  /** What stands on the wire for each of `allowed`, where that differs. */
  providerValues?: Json[];
  /** The sizes, each with the tier that it is priced by. */
  sizes?: Size[];
  /** Forms that work without a document saying so; `allowInlineImages` lets them pass. */
  undocumented?: Json[];
  /** Whether the wire wants a list. */
  list?: boolean;
  /** What the video has where it is absent. */
  default?: Json;
  /**
   * Whether the default is written out to the provider, since it costs money or changes the video.
   */
  alwaysSent: boolean;
}

/** A picture size. */
export interface Size {
  /** In pixels. */
  width: number;
  /** In pixels. */
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
export type Condition = EqualsCondition | PresenceCondition;

/** Holds where a field has this value. */
export interface EqualsCondition {
  /** Its path in a request. */
  field: Field;
  /** The value. */
  is: string | number | boolean;
}

/** Holds where a field is given, or where it is not. */
export interface PresenceCondition {
  /** Its path in a request. */
  field: Field;
  /** Whether it is given. */
  given: boolean;
}

/** A rule between parameters. `size` stands for every way to say a size. */
export type Rule = OneOfRule | ExclusionRule | RequiresRule | AtMostRule;

/** At least one of several fields is needed. */
export interface OneOfRule {
  /** The rule's name. */
  rule: "oneOf";
  /** Paths in a request. */
  fields: Field[];
  /** The rule in words. */
  text: string;
}

/** A field that others cannot stand beside. */
export interface ExclusionRule {
  /** `excludes`: an error. `overrides`: a warning, and the others are left out. */
  rule: "excludes" | "overrides";
  /** The field that is given. */
  field: Field;
  /** The fields that may not stand beside it. */
  fields: Field[];
  /** The rule in words. */
  text: string;
}

/** A field that is needed where others have certain values. */
export interface RequiresRule {
  /** The rule's name. */
  rule: "needs";
  /** All of these must hold for the rule to matter. */
  when: Condition[];
  /** The field that is needed then. */
  field: Field;
  /** The values that it may have; none: any. */
  allowed: (string | number | boolean)[];
  /** `false`: a warning, since the documents contradict themselves. */
  strict: boolean;
}

/** A list that is shorter where other fields have certain values. */
export interface AtMostRule {
  /** The rule's name. */
  rule: "atMost";
  /** All of these must hold for the rule to matter. */
  when: Condition[];
  /** The list. */
  field: Field;
  /** How many items it may have then. */
  max: number;
}

/** A price in US dollars, and what must hold for it. */
export interface Price {
  /** US dollars, exact to the micro-dollar. */
  usd: number;
  /** For each second, each started block of `blockSeconds`, or each video. */
  per: "second" | "block" | "video";
  /** The length of a block, where it is `per` block. */
  blockSeconds?: number;
  /** All of these must hold; none: it always does. */
  when: Condition[];
  /** The documents fix it, give it with "about" or "from", or the caller's row does. */
  basis: "exact" | "estimate" | "custom";
}

/** What a listing's documents leave open, told with the price where all of `when` holds. */
export interface Note {
  /** All of these must hold for it to be told. */
  when: Condition[];
  /** The field that it is about. */
  field: Field;
  /** What is not known. */
  text: string;
}

/** A size as a caller gives it. */
export type SizeDefinition = Partially<Size, "ratio" | "documented">;

/** A parameter as a caller gives it. */
export interface ParamDefinition extends Partially<Omit<Param, "sizes">, "required" | "alwaysSent"> {
  /** The sizes, each with the tier that it is priced by. */
  sizes?: SizeDefinition[];
}

/** A rule as a caller gives it: its words are made from it where they are left out. */
export type RuleDefinition =
  | Partially<OneOfRule, "text">
  | Partially<ExclusionRule, "text">
  | Partially<RequiresRule, "allowed" | "strict">
  | AtMostRule;

/** A price as a caller gives it. Whatever its `basis` says, it is the caller's. */
export type PriceDefinition = Partially<Price, "when" | "basis">;

/** A note as a caller gives it. */
export type NoteDefinition = Partially<Note, "when">;

/** A listing's status as a caller gives it. */
export type StatusDefinition = Partially<ListingStatus, "verifiedAt" | "replacements">;

/** A listing as a caller gives it: what is left out is none, or unknown. */
export interface ListingDefinition
  extends Pick<Listing, "provider" | "providerModelId" | "modes">,
    Partial<Pick<Listing, "noPriceReason" | "typicalDurationMs" | "minDurationMs">> {
  /** All that it takes. */
  params?: ParamDefinition[];
  /** What must hold between its parameters. */
  rules?: RuleDefinition[];
  /** What it costs. */
  prices?: PriceDefinition[];
  /** What its documents leave open. */
  notes?: NoteDefinition[];
  /** Whether it is still sold. */
  status: StatusDefinition;
}

/** A model as a caller adds or corrects it, in the form of `models()`. */
export interface ModelDefinition extends Partially<Omit<Model, "listings">, "creator"> {
  /** The providers' offers of it. */
  listings: ListingDefinition[];
}

/** `T`, where the fields `Left` may be left out. */
type Partially<T, Left extends keyof T> = Omit<T, Left> & Partial<Pick<T, Left>>;
