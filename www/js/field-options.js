// What the catalog says about the fields of the relevant listings: which providers support a field,
// which values it may have, and its limits as a hint.

import { providerName } from "./format.js";

// A field with more values is a text input, not a select.
const MAX_CHOICES = 40;

export const isRetired = ({ status }) => status.state === "retired";

/** The listings that the form is for: a model's, or every one that is not retired. */
export function listingsOf(models, id) {
  const model = models.find((candidate) => candidate.id === id);
  if (model) return model.listings;
  return models.flatMap(({ listings }) => listings).filter((listing) => !isRetired(listing));
}

/**
 * A field in these listings, or `undefined` if none supports it: its `type`; the `values` to choose
 * from, each with `only`, the single provider that supports it; its `defaultValue`; whether it is
 * `required` by all; and `limits`, a sentence.
 */
export function fieldOptionsOf(listings, path, { isAny = false } = {}) {
  const supporters = listings.flatMap((listing) => {
    const param = paramOf(listing, path);
    return param ? [{ provider: listing.provider, param }] : [];
  });
  if (supporters.length === 0) return undefined;
  const { type } = supporters[0].param;
  const values = valuesOf(supporters, { isAny });
  // A field with one possible value is not shown.
  if (values.length === 1 && type !== "boolean" && !supporters.some(isRequired)) return undefined;
  const supportedBy = new Set(supporters.map(({ provider }) => provider));
  const required = !isAny && supporters.length === listings.length && supporters.every(isRequired);
  const isChosen = values.length > 0;
  return {
    type,
    values: values.map((value) => ({ value, only: onlySupporter(supporters, value, supportedBy) })),
    suggested: type === "size" ? [...new Set(supporters.flatMap(({ param }) => param.allowed))] : [],
    defaultValue: defaultOf(supporters),
    required,
    isRequiredBySome: !isAny && supporters.some(isRequired),
    limits: isAny ? "" : limitsOf(listings, supporters, { supportedBy, required, isChosen }),
  };
}

const isRequired = ({ param }) => param.required;

/** A listing that takes a size accepts a resolution and an aspect ratio instead. */
function paramOf({ params }, path) {
  const own = params.find(({ field }) => field === path);
  if (path !== "resolution" && path !== "aspectRatio") return own;
  const sizes = (params.find(({ field }) => field === "size")?.sizes ?? []).filter(
    ({ documented }) => documented,
  );
  if (sizes.length === 0) return own;
  const values = sizes.map(({ resolution, ratio }) => (path === "resolution" ? resolution : ratio));
  return {
    type: "choice",
    required: own?.required ?? false,
    allowed: [...new Set([...(own?.allowed ?? []), ...values])],
  };
}

/** Every value that some listing allows; empty if they cannot all be listed. */
function valuesOf(supporters, { isAny }) {
  const lists = supporters.map(({ param }) => choicesOf(param));
  if (!isAny && lists.some((list) => list === undefined)) return [];
  const values = [...new Set(lists.flatMap((list) => list ?? []))];
  if (values.length > MAX_CHOICES) return [];
  return values.every((value) => Number.isFinite(rank(value)))
    ? values.sort((a, b) => rank(a) - rank(b))
    : values;
}

/** The values of one parameter, or `undefined` if they cannot be listed. */
function choicesOf({ type, allowed, min, max }) {
  if (type === "boolean") return allowed?.length > 0 ? allowed : [true, false];
  if (type !== "choice" && type !== "integer") return undefined;
  if (allowed?.length > 0) return allowed;
  if (type !== "integer" || min === undefined || !(max - min < MAX_CHOICES)) return undefined;
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

/** Numbers, and resolutions such as `720p` and `4k`, by size. */
function rank(value) {
  if (typeof value === "number") return value;
  const [, digits, suffix] = /^(\d+)([pk])$/.exec(value) ?? [];
  return Number(digits) * (suffix === "k" ? 540 : 1);
}

/** The only provider that supports a value, if another supports the field. */
function onlySupporter(supporters, value, supportedBy) {
  const providers = new Set(
    supporters
      .filter(({ param }) => choicesOf(param)?.includes(value))
      .map(({ provider }) => provider),
  );
  const [only] = providers;
  return providers.size === 1 && supportedBy.size > 1 ? only : undefined;
}

/** The default, if all have the same. */
function defaultOf(supporters) {
  const [value, ...others] = new Set(supporters.map(({ param }) => param.default));
  return others.length === 0 ? value : undefined;
}

/** Limits as text: once if all have the same, otherwise by provider. */
function limitsOf(listings, supporters, { supportedBy, required, isChosen }) {
  const providers = new Set(listings.map(({ provider }) => provider));
  const [first] = supportedBy;
  const only = supportedBy.size === 1 && providers.size > 1 ? [`${providerName(first)} only`] : [];
  const byProvider = [...supportedBy].map((provider) => {
    const isOwn = (item) => item.provider === provider;
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
    .map(([provider, text]) =>
      isSame || only.length > 0 ? text : `${providerName(provider)}: ${text}`,
    );
  const sentence = [...only, ...(isSame ? limits.slice(0, 1) : limits)].join(" · ");
  return sentence && `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}

function limitText({ type, min, max, allowed, default: defaultValue }) {
  if (type === "images" || type === "videos") return `up to ${max}`;
  if (type === "text") {
    if (max === undefined) return undefined;
    return `${min > 1 ? `${min} to` : "up to"} ${max} characters`;
  }
  if (type !== "integer" && type !== "number") return undefined;
  if (allowed?.length > 0 || (min === undefined && max === undefined)) return undefined;
  const range =
    max === undefined
      ? `at least ${min}`
      : min === undefined
        ? `at most ${max}`
        : `${min} to ${max}`;
  return defaultValue === undefined ? range : `${range}, ${defaultValue} by default`;
}
