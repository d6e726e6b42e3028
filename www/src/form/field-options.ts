// What the catalog says about the fields of the relevant listings: which providers support a field,
// which values it may have, and its limits as a hint.

import type { Json, Listing, Param, ParamType, ProviderId } from "filmgate";
import { providerName } from "../text/format.js";

// A field with more values is a text input, not a select.
const MAX_CHOICES = 40;

type Choice = string | number | boolean;
type SomeListing = Pick<Listing, "provider" | "params">;
/** A parameter as the form sees it. */
type FieldParam = Pick<Param, "type" | "required"> & Partial<Param>;

interface Supporter {
  provider: ProviderId;
  param: FieldParam;
  /** Its values, or `undefined` if they cannot be listed. */
  choices: readonly Choice[] | undefined;
}

/** A field in the relevant listings. */
export interface FieldOptions {
  type: ParamType;
  /** The values to choose from, each with `only`, the single provider that supports it. Empty: any text. */
  values: { value: Choice; only?: ProviderId }[];
  /** Values to suggest. */
  suggested: string[];
  defaultValue?: Json;
  /** Whether all listings require it. */
  required: boolean;
  isRequiredBySome: boolean;
  /** A sentence, or empty. */
  limits: string;
}

/** A field in these listings, or `undefined` if none supports it. `isAny`: no model is chosen. */
export function fieldOptionsOf(
  listings: readonly SomeListing[],
  path: string,
  { isAny = false } = {},
): FieldOptions | undefined {
  const supporters = listings.flatMap((listing): Supporter[] => {
    const param = paramOf(listing, path);
    return param ? [{ provider: listing.provider, param, choices: choicesOf(param) }] : [];
  });
  const [first] = supporters;
  if (!first) return undefined;
  const { type } = first.param;
  const values = valuesOf(supporters, isAny);
  // A field with one possible value is not shown, unless it makes a size together with another.
  const isPart = path === "resolution" || path === "aspectRatio";
  if (values.length === 1 && type !== "boolean" && !supporters.some(isRequired) && !isPart) return undefined;
  const supportedBy = new Set(supporters.map(({ provider }) => provider));
  const required = !isAny && supporters.length === listings.length && supporters.every(isRequired);
  const isChosen = values.length > 0;
  return {
    type,
    values: values.map((value) => ({ value, only: onlySupporter(supporters, value, supportedBy) })),
    suggested: type === "size" ? [...new Set(supporters.flatMap(({ param }) => sizesOf(param)))] : [],
    defaultValue: defaultOf(supporters),
    required,
    isRequiredBySome: !isAny && supporters.some(isRequired),
    limits: isAny ? "" : limitsOf(listings, supporters, { supportedBy, required, isChosen }),
  };
}

const isRequired = ({ param }: Supporter): boolean => param.required;

const sizesOf = ({ allowed = [] }: FieldParam): string[] => allowed.map(String);

/** A listing that takes a size accepts a resolution and an aspect ratio instead. */
function paramOf({ params }: SomeListing, path: string): FieldParam | undefined {
  const own = params.find(({ field }) => field === path);
  if (path !== "resolution" && path !== "aspectRatio") return own;
  const sizes = (params.find(({ field }) => field === "size")?.sizes ?? []).filter(({ documented }) => documented);
  if (sizes.length === 0) return own;
  const values = sizes.map(({ resolution, ratio }) => (path === "resolution" ? resolution : ratio));
  return {
    type: "choice",
    required: own?.required ?? false,
    allowed: [...new Set([...(own?.allowed ?? []), ...values])],
  };
}

/** Every value that some listing allows; empty if they cannot all be listed. */
function valuesOf(supporters: Supporter[], isAny: boolean): Choice[] {
  const lists = supporters.map(({ choices }) => choices);
  if (!isAny && lists.some((list) => list === undefined)) return [];
  const values = [...new Set(lists.flatMap((list) => list ?? []))];
  if (values.length > MAX_CHOICES) return [];
  return values.every((value) => Number.isFinite(rankOf(value)))
    ? values.sort((a, b) => rankOf(a) - rankOf(b))
    : values;
}

/** The values of one parameter, or `undefined` if they cannot be listed. */
function choicesOf({ type, allowed, min, max }: FieldParam): Choice[] | undefined {
  const listed = allowed && allowed.length > 0 ? (allowed as Choice[]) : undefined;
  if (type === "boolean") return listed ?? [true, false];
  if (type !== "choice" && type !== "integer") return undefined;
  if (listed) return listed;
  if (type !== "integer" || min === undefined || max === undefined || max - min >= MAX_CHOICES) return undefined;
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

/** Numbers, and resolutions such as `720p` and `4k`, by size. */
export function rankOf(value: Choice): number {
  if (typeof value === "number") return value;
  const [, digits, suffix] = /^(\d+)([pk])$/.exec(String(value)) ?? [];
  return Number(digits) * (suffix === "k" ? 540 : 1);
}

/** The only provider that supports a value, if another supports the field. */
function onlySupporter(supporters: Supporter[], value: Choice, supportedBy: Set<ProviderId>): ProviderId | undefined {
  const takes = supporters.filter(({ choices }) => choices?.includes(value));
  const providers = new Set(takes.map(({ provider }) => provider));
  const [only] = providers;
  return providers.size === 1 && supportedBy.size > 1 ? only : undefined;
}

/** The default, if all have the same. */
function defaultOf(supporters: Supporter[]): Json | undefined {
  const [value, ...others] = new Set(supporters.map(({ param }) => param.default));
  return others.length === 0 ? value : undefined;
}

interface LimitsContext {
  supportedBy: Set<ProviderId>;
  required: boolean;
  isChosen: boolean;
}

/** Limits as text: once if all have the same, otherwise by provider. */
function limitsOf(
  listings: readonly SomeListing[],
  supporters: Supporter[],
  { supportedBy, required, isChosen }: LimitsContext,
): string {
  const providers = new Set(listings.map(({ provider }) => provider));
  const [first] = supportedBy;
  const only = supportedBy.size === 1 && providers.size > 1 && first ? [`${providerName(first)} only`] : [];
  const byProvider = [...supportedBy].map((provider): [string, string] => {
    const isOwn = (item: { provider: string }) => item.provider === provider;
    const own = supporters.filter(isOwn);
    const isRequiredHere = own.length === listings.filter(isOwn).length && own.every(isRequired);
    const limits = isChosen ? [] : own.map(({ param }) => limitText(param));
    const parts = [!required && isRequiredHere && "required", ...limits];
    return [provider, [...new Set(parts)].filter(Boolean).join(", ")];
  });
  const texts = new Set(byProvider.map(([, text]) => text));
  const isSame = supportedBy.size === providers.size && texts.size === 1;
  const limits = byProvider
    .filter(([, text]) => text !== "")
    .map(([provider, text]) => (isSame || only.length > 0 ? text : `${providerName(provider)}: ${text}`));
  const sentence = [...only, ...(isSame ? limits.slice(0, 1) : limits)].join(" · ");
  return sentence && `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`;
}

function limitText({ type, min, max, allowed, default: defaultValue }: FieldParam): string | undefined {
  if (type === "images" || type === "videos") return `up to ${max}`;
  if (type === "text") {
    if (max === undefined) return undefined;
    return `${min !== undefined && min > 1 ? `${min} to` : "up to"} ${max} characters`;
  }
  if (type !== "integer" && type !== "number") return undefined;
  if ((allowed?.length ?? 0) > 0 || (min === undefined && max === undefined)) return undefined;
  const range =
    max === undefined ? `at least ${min}`
    : min === undefined ? `at most ${max}`
    : `${min} to ${max}`;
  return defaultValue === undefined ? range : `${range}, ${String(defaultValue)} by default`;
}
