// What the catalog says of the fields: for the listings that are in question, who takes a field,
// which values it may have, and what is worth a hint.

import { providerName } from "./format.js";

// More values than these are typed, not chosen.
const MOST_CHOICES = 40;

export const isRetired = ({ status }) => status.state === "retired";

/** The listings that the form is for: a model's, or every one that is still sold. */
export function listingsOf(models, id) {
  const model = models.find((candidate) => candidate.id === id);
  if (model) return model.listings;
  return models.flatMap(({ listings }) => listings).filter((listing) => !isRetired(listing));
}

/**
 * A field in these listings, or nothing where none takes it: its `type`, the `values` to choose from
 * with the one provider that has it, the `usual` value, whether it is `needed` by all, and `notes`, a
 * sentence on its limits.
 */
export function factsOf(listings, path, { isAny = false } = {}) {
  const takers = listings.flatMap((listing) => {
    const param = paramOf(listing, path);
    return param ? [{ provider: listing.provider, param }] : [];
  });
  if (takers.length === 0) return undefined;
  const { type } = takers[0].param;
  const values = valuesOf(takers, { isAny });
  // What can only be as it is needs no choice.
  if (values.length === 1 && type !== "boolean" && !takers.some(isNeeded)) return undefined;
  const takenBy = new Set(takers.map(({ provider }) => provider));
  const needed = !isAny && takers.length === listings.length && takers.every(isNeeded);
  return {
    type,
    values: values.map((value) => ({ value, only: onlyTaker(takers, value, takenBy) })),
    suggested: type === "size" ? [...new Set(takers.flatMap(({ param }) => param.allowed))] : [],
    usual: usualOf(takers),
    needed,
    isNeededBySome: !isAny && takers.some(isNeeded),
    notes: isAny ? "" : notesOf(listings, takers, { takenBy, needed, isChosen: values.length > 0 }),
  };
}

const isNeeded = ({ param }) => param.required;

/** A listing that takes a size is told a resolution and an aspect ratio in its place. */
function paramOf({ params }, path) {
  const own = params.find(({ field }) => field === path);
  if (path !== "resolution" && path !== "aspectRatio") return own;
  const sizes = (params.find(({ field }) => field === "size")?.sizes ?? []).filter(
    ({ documented }) => documented,
  );
  if (sizes.length === 0) return own;
  const words = sizes.map(({ resolution, ratio }) => (path === "resolution" ? resolution : ratio));
  return {
    type: "choice",
    required: own?.required ?? false,
    allowed: [...new Set([...(own?.allowed ?? []), ...words])],
  };
}

/** Every value that some taker allows; none where they cannot all be told. */
function valuesOf(takers, { isAny }) {
  const lists = takers.map(({ param }) => choicesOf(param));
  if (!isAny && lists.some((list) => list === undefined)) return [];
  const values = [...new Set(lists.flatMap((list) => list ?? []))];
  if (values.length > MOST_CHOICES) return [];
  return values.every((value) => Number.isFinite(rank(value)))
    ? values.sort((a, b) => rank(a) - rank(b))
    : values;
}

/** The values of one parameter, where they can be counted. */
function choicesOf({ type, allowed, min, max }) {
  if (type === "boolean") return allowed?.length > 0 ? allowed : [true, false];
  if (type !== "choice" && type !== "integer") return undefined;
  if (allowed?.length > 0) return allowed;
  if (type !== "integer" || min === undefined || !(max - min < MOST_CHOICES)) return undefined;
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

/** Numbers, and resolutions such as `720p` and `4k`, by size. */
function rank(value) {
  if (typeof value === "number") return value;
  const [, digits, letter] = /^(\d+)([pk])$/.exec(value) ?? [];
  return Number(digits) * (letter === "k" ? 540 : 1);
}

/** The one provider that takes a value, where another takes the field too. */
function onlyTaker(takers, value, takenBy) {
  const able = new Set(
    takers
      .filter(({ param }) => choicesOf(param)?.includes(value))
      .map(({ provider }) => provider),
  );
  const [only] = able;
  return able.size === 1 && takenBy.size > 1 ? only : undefined;
}

/** The default, where all have the same. */
function usualOf(takers) {
  const [usual, ...others] = new Set(takers.map(({ param }) => param.default));
  return others.length === 0 ? usual : undefined;
}

/** Limits in words: once where all have the same, else by provider. */
function notesOf(listings, takers, { takenBy, needed, isChosen }) {
  const providers = new Set(listings.map(({ provider }) => provider));
  const [first] = takenBy;
  const only = takenBy.size === 1 && providers.size > 1 ? [`${providerName(first)} only`] : [];
  const words = [...takenBy].map((provider) => {
    const isOwn = (item) => item.provider === provider;
    const own = takers.filter(isOwn);
    const isNeededHere = own.length === listings.filter(isOwn).length && own.every(isNeeded);
    const limits = isChosen ? [] : own.map(({ param }) => limitWords(param));
    const parts = [!needed && isNeededHere && "needed", ...limits];
    return [provider, [...new Set(parts)].filter(Boolean).join(", ")];
  });
  const texts = new Set(words.map(([, text]) => text));
  const isSame = takenBy.size === providers.size && texts.size === 1;
  const limits = words
    .filter(([, text]) => text !== "")
    .map(([provider, text]) =>
      isSame || only.length > 0 ? text : `${providerName(provider)}: ${text}`,
    );
  const sentence = [...only, ...(isSame ? limits.slice(0, 1) : limits)].join(" · ");
  return sentence && `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}

function limitWords({ type, min, max, allowed, default: usual }) {
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
  return usual === undefined ? range : `${range}, ${usual} by default`;
}
