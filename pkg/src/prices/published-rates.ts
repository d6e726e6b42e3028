// Assigns the rates that Runware publishes to the prices of a listing. No document shows the words of a label, so
// only those are understood that can mean one thing, and a listing is assigned whole or not at all.
import type { Price } from "../types/index.js";

type Conditions = Record<string, string | number | boolean>;

interface Rate {
  usd: number;
  per: string;
  when: Conditions;
}

/** Most of the rates that a model can have. */
const MAX_RATES = 100;
const MAX_SHOWN = 60;
const AMOUNT = /^\d{1,4}(\.\d{1,6})?$/;
const UNITS: Record<string, string> = { second: "second", seconds: "second", video: "video", videos: "video" };

/** What a part of a label means. */
const WORDS: [RegExp, (word: string) => Conditions][] = [
  [/^(?:at )?(\d{3,4}p|[248]k)$/, (resolution) => ({ resolution })],
  [/^(\d{1,3}) ?s(?:ec(?:ond)?s?)?$/, (seconds) => ({ duration: Number(seconds) })],
  [/^(?:with )?(audio|sound)(?: on)?$/, () => ({ generateAudio: true })],
  [/^(?:(?:without|no) (audio|sound)|(?:audio|sound) off|silent)$/, () => ({ generateAudio: false })],
  [/^(draft)(?: mode)?$/, () => ({ draft: true })],
  [/^(?:without|no) (draft)$/, () => ({ draft: false })],
];
const TIERS = /\b(?:\d{3,4}p|[248]k)(?: ?\/ ?(?:\d{3,4}p|[248]k))+\b/i;
/** If one rate says that it is on, it is off for those that do not say. */
const OFF_IF_UNSAID = ["generateAudio", "draft"];

/** The prices with the published amounts, in their order; or why they cannot be assigned. */
export function matchRates(published: unknown, prices: Price[]): Price[] | string {
  if (prices.length === 0) return "The catalog has no prices of this listing that could be refreshed.";
  if (!Array.isArray(published) || published.length === 0) return "Runware publishes no rates of this model.";
  if (published.length > MAX_RATES) return "Runware publishes too many rates of this model.";
  const rates: Rate[] = [];
  for (const one of published) {
    const read = readRate(one);
    if (typeof read === "string") return read;
    rates.push(...read);
  }
  // The only resolution that a listing has is no condition of its prices.
  const tiers = new Set(rates.map(({ when }) => when["resolution"]));
  const isTiered = prices.some(({ when }) => when.some(({ field }) => field === "resolution"));
  if (tiers.size === 1 && !isTiered) rates.forEach(({ when }) => delete when["resolution"]);
  for (const field of OFF_IF_UNSAID) {
    if (rates.some(({ when }) => when[field])) rates.forEach(({ when }) => (when[field] ??= false));
  }
  const byConditions = new Map(rates.map((rate) => [keyOf(rate.per, Object.entries(rate.when)), rate]));
  if (byConditions.size < rates.length) return "Two published rates have the same conditions.";
  const named = new Set(rates.flatMap(({ when }) => Object.keys(when)));
  const matched = prices.map((price) => byConditions.get(keyOfPrice(price, named)));
  const missing = prices.find((_, at) => !matched[at]);
  if (missing) return `No published rate has the conditions of the price $${missing.usd}.`;
  const used = new Set(matched as Rate[]);
  if (used.size < prices.length) return "One published rate has the conditions of several prices.";
  const others = rates.filter((rate) => !used.has(rate));
  if (others.some((rate) => [...used].some((other) => !areDisjoint(rate, other)))) {
    return "Runware publishes a rate that the listing has no condition for.";
  }
  return prices.map((price, at) => ({ ...price, usd: matched[at]!.usd }));
}

/** Whether no request fulfills the conditions of both. */
function areDisjoint(a: Rate, b: Rate): boolean {
  return Object.entries(a.when).some(([field, value]) => field in b.when && b.when[field] !== value);
}

/** The rate, once for each resolution that it names; or why it is not understood. */
function readRate(published: unknown): Rate[] | string {
  const { amount, unit, label, after } = Object(published) as Record<string, unknown>;
  const text = String(amount);
  const usd = AMOUNT.test(text) ? Number(text) : 0;
  if (usd <= 0) return "A published amount is not a number of dollars with at most six decimals.";
  if (after != null) return "A published rate applies only after a quantity.";
  const per = UNITS[String(unit).toLowerCase().replace(/^per /, "")];
  if (!per) return `The unit \`${shown(unit)}\` of a published rate is not understood.`;
  const conditions = readTiers(label).map(readLabel);
  const isRead = conditions.every((when) => when !== undefined);
  return isRead ? conditions.map((when) => ({ usd, per, when })) : `The label \`${shown(label)}\` of a published rate is not understood.`;
}

/** The labels that one with several resolutions, such as `720p / 1080p, audio`, stands for. */
function readTiers(label: unknown): unknown[] {
  const [tiers] = (typeof label === "string" && TIERS.exec(label)) || [];
  return tiers ? tiers.split("/").map((tier) => (label as string).replace(tiers, tier.trim())) : [label];
}

/** The conditions that a label names; undefined unless all of it is understood. */
function readLabel(label: unknown): Conditions | undefined {
  if (label != null && typeof label !== "string") return undefined;
  const when: Conditions = {};
  // `720p with audio` has two parts, as `720p, with audio` has.
  const parts = (label ?? "").toLowerCase().replace(/ (?=with |without |no |draft|silent)/g, ",").split(/[,;/·|()+]+/);
  for (const part of parts.map((one) => one.trim()).filter(Boolean)) {
    const found = WORDS.find(([pattern]) => pattern.test(part));
    if (!found) return undefined;
    const [pattern, read] = found;
    for (const [field, value] of Object.entries(read(pattern.exec(part)?.[1] ?? ""))) {
      if (field in when) return undefined;
      when[field] = value;
    }
  }
  return when;
}

/** A rate that does not depend on a field also holds where the price is narrower: without that field. */
function keyOfPrice({ per, when }: Price, named: Set<string>): string {
  const values = when.map((one) => ("is" in one ? ([one.field, one.is] as const) : ([one.field, one.given] as const)));
  return keyOf(per, values.filter(([field, value]) => value !== false || named.has(field)));
}

function keyOf(per: string, when: (readonly [string, string | number | boolean])[]): string {
  const words = when.map(([field, value]) => `${field}=${String(value).toLowerCase()}`);
  return [per, ...words.sort()].join(" ");
}

const shown = (value: unknown) => String(value).slice(0, MAX_SHOWN);
