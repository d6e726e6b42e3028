import type { Json, ProviderId } from "./common.js";
import type { Field } from "./request.js";

/** Ids of the built-in models. */
// The ids are those of catalog/: `cargo xtask models` writes them.
export type KnownModelId =
  | "seedance-2.0"
  | "seedance-2.5"
  | "seedance-2.0-fast"
  | "seedance-2.0-mini"
  | "kling-3.0-pro"
  | "kling-3.0-standard"
  | "kling-3.0-omni"
  | "kling-3.0-turbo"
  | "veo-3.1-fast"
  | "veo-3.1-lite"
  | "veo-3.1"
  | "wan-3.0"
  | "wan-3.0-prime"
  | "wan-2.7"
  | "minimax-h3"
  | "minimax-h3-max"
  | "minimax-h3-max-turbo"
  | "gemini-omni-flash-1.1"
  | "p-video"
  | "p-video-2"
  | "ltx-2.5-fast"
  | "ltx-2.5-pro"
  | "grok-imagine-1.5"
  | "grok-imagine-1.5-lite"
  | "happyhorse-1.1"
  | "vidu-q3"
  | "wan-2.6"
  | "wan-2.6-flash"
  | "seedance-1.5-pro"
  | "gen-4.5"
  | "ray-3.2"
  | "hailuo-2.3"
  | "hailuo-2.3-fast"
  | "kling-o1"
  | "kling-2.6-pro"
  | "kling-2.6-standard"
  | "wan-2.5"
  | "pixverse-v6"
  | "flux-3-video"
  | "p-video-animate"
  | "p-video-edit"
  | "seedance-1.0-pro"
  | "seedance-1.0-pro-fast"
  | "wan-2.2"
  | "wan-2.2-lora"
  | "wan-2.1"
  | "infinitetalk"
  | "kling-2.1-pro"
  | "sora-2-pro"
  | "sora-2";

/** A model: a built-in one, a custom one, or `provider:id`. */
export type ModelId = KnownModelId | (string & Record<never, never>);

/** A model and its listings. */
export interface Model {
  /** `model` of a request. */
  id: ModelId;
  /** Display name. */
  name: string;
  /** Developer of the model; empty if not documented. */
  creator: string;
  /** Offers of the providers. */
  listings: Listing[];
}

/** A model in short, for a list or an agent. */
export interface ModelSummary extends Pick<Model, "id" | "name" | "creator"> {
  /** Modes of the listings with this `status`. */
  modes: Mode[];
  /** The best status of its listings. */
  status: ListingStatus["state"];
  /**
   * The lowest price of the listings with this `status`, under any conditions: one that the provider has published
   * before others, one of a second before one of a video. Undefined if no price is known. A request costs what `quote` says.
   */
  cheapestPrice?: SummaryPrice;
}

/** The price in a summary. */
export interface SummaryPrice extends Pick<Price, "usd" | "basis"> {
  /** The provider. */
  provider: ProviderId;
  /** Unit. A block is converted to a second. */
  per: "second" | "video";
  /** Whether the provider published it. */
  firstParty: boolean;
}

/** What a video is generated from. */
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

/** A provider's offer of a model. A provider may have several listings of one model. */
export interface Listing {
  /** The provider. */
  provider: ProviderId;
  /** The provider's own id of the model: RunPod's endpoint, Runware's AIR id. */
  providerModelId: string;
  /** Supported modes. */
  modes: Mode[];
  /** Supported parameters, including the provider's delivery options. */
  params: Param[];
  /** Rules between parameters. */
  rules: Rule[];
  /**
   * Prices. The one whose conditions hold applies. If several may apply, a quote is a range; if none does, the price
   * is unknown.
   */
  prices: Price[];
  /** Why there is no price, or none for some requests. */
  noPriceReason?: string;
  /** What its documentation leaves open. */
  notes: Note[];
  /** The document that it comes from. A custom model may have none. */
  evidence?: Evidence;
  /** Whether it is still offered. */
  status: ListingStatus;
  /** Typical run time in milliseconds, which determines when to poll. 60,000 if no document states one. */
  typicalDurationMs: number;
  /**
   * Minimum run time in milliseconds, 0 if no document states one: no video is finished earlier, so that a lost submit may
   * be repeated with the same id until then. At Runware it may be repeated for 3,000 in any case.
   */
  minDurationMs: number;
}

/** A document, and the day on which it was read. */
export interface Evidence {
  /** Its URL, or the name and version of a package. */
  source: string;
  /** The day, such as `2026-08-20`, or the minute in UTC, such as `2026-08-20T14:05Z`. */
  date: string;
  /** Whether the provider published it. If not, a price from it never passes `maxCostUsd` by itself. */
  firstParty: boolean;
}

/** Whether a listing is still offered. A request for a retired listing has a warning; the provider decides. */
export interface ListingStatus {
  /** `unverified`: its documentation could not be read. */
  state: "live" | "retired" | "unverified";
  /** Date of the documentation, such as `2026-08-20`. */
  verifiedAt: string;
  /** Last day of a retired listing. */
  sunset?: string;
  /** Models that replace it. */
  replacements: ModelId[];
}

/** Type of a parameter. `choice`: one of several words. `id`: an id of the provider. */
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

/** A parameter: its field in a request, its field in the provider's body, and its values. */
export interface Param {
  /** Path in a request. */
  field: Field;
  /**
   * Path in the provider's body, separated by dots, or two paths for width and height. Empty: it is not sent, and only
   * matters to prices and rules.
   */
  providerField: string;
  /** Whether it is required. */
  required: boolean;
  /** Type of its value. */
  type: ParamType;
  /** Minimum of a number, or of the number of characters. */
  min?: number;
  /** Maximum of a number, or of the number of characters, images or files. */
  max?: number;
  /** Allowed values; of images and files, the allowed forms: `url`, `uuid`, `data-uri`, `base64`. */
  allowed?: Json[];
  /** The provider's values for those of `allowed`, if they differ. */
  providerValues?: Json[];
  /** Sizes, each with its price tier. */
  sizes?: Size[];
  /** Forms that work but are not documented. `allowInlineImages` allows them. */
  undocumented?: Json[];
  /** File formats of an image; undefined if they are not documented. */
  imageTypes?: ("jpeg" | "png" | "webp" | "gif")[];
  /** Whether the provider expects a list. */
  list?: boolean;
  /** Value if the field is not given. */
  default?: Json;
  /** Whether the default is sent explicitly, since it affects the price or the video. */
  alwaysSent: boolean;
}

/** A video size. */
export interface Size {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Price tier, such as `720p`. */
  resolution: string;
  /** Aspect ratio, such as `16:9`; empty if the size has no named ratio. */
  ratio: string;
  /** Whether the provider documents this size. */
  documented: boolean;
}

/** A condition on a request: the value of a field (given or by default), or whether it is given. */
export type Condition = EqualsCondition | PresenceCondition;

/** Holds if a field has this value. */
export interface EqualsCondition {
  /** Path in a request. */
  field: Field;
  /** The value. */
  is: string | number | boolean;
}

/** Holds if a field is given, or if it is not given. */
export interface PresenceCondition {
  /** Path in a request. */
  field: Field;
  /** Whether the field must be given or must not. */
  given: boolean;
}

/** A rule between parameters. `size` means every way to give a size. */
export type Rule = OneOfRule | ExclusionRule | RequiresRule | AtMostRule;

/** At least one of several fields is required. */
export interface OneOfRule {
  /** Name of the rule. */
  rule: "oneOf";
  /** Paths in a request. */
  fields: Field[];
  /** Description of the rule. */
  text: string;
}

/** A field that excludes others. */
export interface ExclusionRule {
  /** `excludes`: an error. `overrides`: a warning, and the other fields are not sent. */
  rule: "excludes" | "overrides";
  /** The given field. */
  field: Field;
  /** The fields that it excludes. */
  fields: Field[];
  /** Description of the rule. */
  text: string;
}

/** A field that is required under conditions. */
export interface RequiresRule {
  /** Name of the rule. */
  rule: "needs";
  /** The rule applies if all of these hold. */
  when: Condition[];
  /** The required field. */
  field: Field;
  /** Its allowed values; empty: any. */
  allowed: (string | number | boolean)[];
  /** `false`: a warning only, since the documentation contradicts itself. */
  strict: boolean;
}

/** A list with a lower maximum length under conditions. */
export interface AtMostRule {
  /** Name of the rule. */
  rule: "atMost";
  /** The rule applies if all of these hold. */
  when: Condition[];
  /** The list. */
  field: Field;
  /** Maximum number of items. */
  max: number;
}

/** A price in US dollars, and its conditions. */
export interface Price {
  /** US dollars, exact to the micro-dollar. */
  usd: number;
  /** Unit: a second, a started block of `blockSeconds`, or a video. */
  per: "second" | "block" | "video";
  /** Length of a block in seconds, if the unit is `block`. */
  blockSeconds?: number;
  /** The price applies if all of these hold; empty: always. */
  when: Condition[];
  /** Documented; documented with "about" or "from", or not by the provider; or from a custom model. */
  basis: "exact" | "estimate" | "custom";
  /** The document that it comes from, if it is not the listing's. */
  evidence?: Evidence;
}

/** Something that the documentation leaves open. It is a warning of the quote if all of `when` hold. */
export interface Note {
  /** The note applies if all of these hold. */
  when: Condition[];
  /** The field concerned. */
  field: Field;
  /** What is unknown. */
  text: string;
}

/** A size of a custom model. */
export type SizeDefinition = Partially<Size, "ratio" | "documented">;

/** A parameter of a custom model. */
export interface ParamDefinition extends Partially<Omit<Param, "sizes">, "required" | "alwaysSent"> {
  /** Sizes, each with its price tier. */
  sizes?: SizeDefinition[] | undefined;
}

/** A rule of a custom model. Without a `text`, one is generated. */
export type RuleDefinition =
  | Partially<OneOfRule, "text">
  | Partially<ExclusionRule, "text">
  | Partially<RequiresRule, "allowed" | "strict">
  | AtMostRule;

/** A price of a custom model. Its basis is `custom` in a list of models, and its own in a catalog document. */
export type PriceDefinition = Partially<Price, "when" | "basis">;

/** A note of a custom model. */
export type NoteDefinition = Partially<Note, "when">;

/** The status of a listing of a custom model. */
export type StatusDefinition = Partially<ListingStatus, "verifiedAt" | "replacements">;

/** A listing of a custom model. Omitted fields are empty or unknown. */
export interface ListingDefinition
  extends Pick<Listing, "provider" | "providerModelId" | "modes">,
    Partially<
      Pick<Listing, "noPriceReason" | "evidence" | "typicalDurationMs" | "minDurationMs">,
      "typicalDurationMs" | "minDurationMs"
    > {
  /** Supported parameters. */
  params?: ParamDefinition[] | undefined;
  /** Rules between parameters. */
  rules?: RuleDefinition[] | undefined;
  /** Prices. */
  prices?: PriceDefinition[] | undefined;
  /** What its documentation leaves open. */
  notes?: NoteDefinition[] | undefined;
  /** Whether it is still offered. */
  status: StatusDefinition;
}

/** A custom model: adds to the catalog, or overrides a built-in model. In the form that `models()` returns. */
export interface ModelDefinition extends Partially<Omit<Model, "listings">, "creator"> {
  /** Offers of the providers. */
  listings: ListingDefinition[];
}

/** All models of a day, as `filmgate/catalog.json` has them. */
export interface CatalogDocument {
  /** Version of the form. A client of another version refuses it. */
  version: 1;
  /** The day, such as `2026-11-29`. */
  date: string;
  /** The models, those in front first. Each listing names its evidence. */
  models: readonly ModelDefinition[];
}

/** `T` with the fields `Name` optional. */
type Partially<T, Name extends keyof T = never> = OrUndefined<Omit<T, Name> & Partial<Pick<T, Name>>>;

/** `T` with optional fields that may be undefined, too. */
type OrUndefined<T> = { [Name in keyof T]: Record<never, never> extends Pick<T, Name> ? T[Name] | undefined : T[Name] };
