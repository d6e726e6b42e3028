// The quotes of the form's request at every change, the chosen offer and the spending limit.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import type { PricedQuote, ProviderId, Quote, SubmitOptions, UnavailableQuote, UnknownQuote, ValidationResult, VideoRequest } from "filmgate";
import { NOT_AN_AMOUNT, money, usdOf } from "../text/format.js";
import type { ShownError } from "../text/messages.js";
import { DEFAULTS, defaults, follow, followingPaths, images, limit, model, picked, request, shownFields, values } from "./draft.js";
import { environment } from "./environment.js";
import type { Environment } from "./environment.js";
import { PROVIDERS } from "./settings.js";
import { breathe } from "./ui.js";

export type OpenQuote = (PricedQuote & { basis: string; reason?: string }) | UnknownQuote;

/** The quotes of a model at a provider; filmgate uses the first available listing. */
export interface QuoteGroup {
  key: string;
  model: string;
  provider: ProviderId;
  available: OpenQuote[];
  unavailable: UnavailableQuote[];
  retired: boolean;
}

/** What is submitted. */
export interface Target {
  model?: string;
  provider: ProviderId | "cheapest";
}

const CHEAPEST = "cheapest";
const PAUSE_MS = 80;
/** A gateway is asked less often. */
const REMOTE_PAUSE_MS = 400;
/** Stands in for a prompt that is not written yet: prices do not depend on its words. */
const ANY_PROMPT = "A video";

export const quotes = signal<readonly Quote[] | undefined>(undefined);
export const validation = signal<ValidationResult | undefined>(undefined);
/** Why the gateway has not priced the request. */
export const quoteFailure = signal<ShownError | undefined>(undefined);

export const isAny = computed(() => model.value === "");

/** Whether nothing is missing but the prompt. */
export const lacksPrompt = computed(() => shownFields.value.has("prompt") && (values.value["prompt"] ?? "").trim() === "");

let timer: ReturnType<typeof setTimeout> | undefined;
let quoted: Environment | undefined;
let quotedModel = "";

effect(() => {
  const current = environment.value;
  const next = request.value;
  clearTimeout(timer);
  if (!current) return;
  // Another environment or model is priced at once, typing after a pause.
  const isTyping = quoted === current && quotedModel === model.value;
  if (isTyping) timer = setTimeout(() => void price(current, next), current.isRemote ? REMOTE_PAUSE_MS : PAUSE_MS);
  else untracked(() => void price(current, next));
});

let turns = 0;

/** Prices a request; returns whether nothing has changed since. */
async function price(current: Environment, next: VideoRequest): Promise<boolean> {
  turns += 1;
  const turn = turns;
  if (quoted?.id !== current.id) quotes.value = undefined;
  const isFirst = quoted !== current;
  quoted = current;
  quotedModel = model.value;
  let failure: ShownError | undefined;
  const answers = await assess(current, next, isFirst).catch((error: ShownError) => void (failure = error));
  // What was computed is drawn in a task of its own.
  await breathe();
  if (turn !== turns) return false;
  batch(() => {
    [quotes.value, validation.value] = answers ?? [[], undefined];
    quoteFailure.value = failure;
  });
  return true;
}

/** The first time each in a task of its own: a browser compiles what a call needs of the module when it is first called. */
async function assess(current: Environment, next: VideoRequest, isFirst: boolean): Promise<[readonly Quote[], ValidationResult]> {
  if (isFirst) await breathe();
  const validating = current.validate(next);
  validating.catch(() => {}); // It is awaited below.
  if (isFirst) await breathe();
  return Promise.all([current.quote(withPrompt(next)), validating]);
}

/** Prices what the form holds, whatever is still waiting. */
export async function priceNow(): Promise<void> {
  let isNewest = false;
  while (!isNewest) {
    await settling;
    clearTimeout(timer);
    const current = environment.value;
    if (!current) return;
    isNewest = await price(current, request.value);
  }
}

const withPrompt = (next: VideoRequest): VideoRequest =>
  next.prompt === undefined && shownFields.peek().has("prompt") ? { ...next, prompt: ANY_PROMPT } : next;

/** What the fields that follow the model may be set to, in order of preference. */
const FOLLOWED = [[], ["aspectRatio"], ["aspectRatio", "resolution"]];

/** The given fields that may exclude a default. */
const conflicts = computed(() =>
  ["image", "size", "lastFrameImage", "referenceImages", "remixId", "video"]
    .filter((path) => values.value[path] || images.value[path]?.length)
    .join(),
);

/** What decides whether the defaults fit. */
const situation = computed(() => `${model.value} ${conflicts.value}`);

let settling: Promise<void> = Promise.resolve();

/** A first frame or an exact size may exclude a default: then it is left to the model. */
effect(() => {
  const current = environment.value;
  situation.value;
  if (current) settling = untracked(() => settleDefaults(current));
});

async function settleDefaults(current: Environment): Promise<void> {
  const paths = followingPaths();
  if (paths.length === 0) return;
  const settled = situation.value;
  if (isAny.value && conflicts.value === "") return follow(Object.fromEntries(paths.map((path) => [path, defaults()[path]!])));
  const base = withPrompt(request.value);
  const textOf = (path: string) => values.value[path] || DEFAULTS[path]!;
  const attempts = FOLLOWED.map(async (omitted) => {
    const tried: Record<string, unknown> = { ...base };
    for (const path of paths) {
      if (omitted.includes(path)) delete tried[path];
      else tried[path] = path === "duration" ? Number(textOf(path)) : textOf(path);
    }
    return (await current.quote(tried)).filter(({ available }) => available).length;
  });
  // Without an answer the defaults stay, and the offers say why there is none.
  const counts = await Promise.all(attempts).catch(() => undefined);
  if (!counts || environment.value !== current || situation.value !== settled) return;
  const omitted = FOLLOWED[counts.indexOf(Math.max(...counts))]!;
  const still = followingPaths().filter((path) => paths.includes(path));
  follow(Object.fromEntries(still.map((path) => [path, omitted.includes(path) ? "" : textOf(path)])));
}

/** By model and provider, sorted by price; if models are compared, retired ones come last. Those of a model chosen before are none. */
export const groups = computed<readonly QuoteGroup[]>(() => {
  const all = new Map<string, QuoteGroup>();
  for (const quote of quotes.value ?? []) {
    const { model: id, provider } = quote;
    if (!isAny.value && id !== model.value) continue;
    const key = `${id}@${provider}`;
    const group = all.get(key) ?? { key, model: id, provider, available: [], unavailable: [], retired: true };
    if (quote.available) group.available.push(quote as OpenQuote);
    else group.unavailable.push(quote);
    group.retired &&= isRetiredQuote(quote);
    all.set(key, group);
  }
  const list = [...all.values()];
  return isAny.value ? list.sort((a, b) => Number(a.retired) - Number(b.retired)) : list;
});

const isRetiredQuote = (quote: Quote): boolean =>
  (quote.available ? quote.warnings : quote.issues).some(({ code }) => code === "deprecated_model");

/** Without any key every provider counts, so that there is something to compare. */
export function hasKey(provider: ProviderId): boolean {
  const current = environment.value;
  if (!current) return true;
  return PROVIDERS.every((id) => current.lacksKey(id)) || !current.lacksKey(provider);
}

/** The name of an offer among the radio buttons. */
export const valueOf = (group: QuoteGroup): string => (isAny.value ? group.key : group.provider);

// A retired model is used only if the user selects it.
const isEligible = ({ available, retired, provider }: QuoteGroup): boolean =>
  available.length > 0 && hasKey(provider) && !(isAny.value && retired);

export const eligible = computed(() => groups.value.filter(isEligible));

/** The offer that is used. */
export const selected = computed<QuoteGroup | undefined>(() =>
  picked.value === CHEAPEST ? eligible.value[0] : groups.value.find((group) => valueOf(group) === picked.value),
);

/** The cheapest offer before the last change, if the change has made it unavailable. */
export const displaced = signal<QuoteGroup | undefined>(undefined);

let cheapest: QuoteGroup | undefined;
effect(() => {
  const [first] = eligible.value;
  const before = groups.value.find(({ key }) => key === cheapest?.key);
  const isOwnChange = !isAny.value || picked.value !== CHEAPEST || !first;
  if (isOwnChange) displaced.value = undefined;
  else if (before && before.available.length === 0 && before.key !== first.key) displaced.value = before;
  else if (displaced.peek() && groups.value.some(({ key, available }) => key === displaced.peek()!.key && available.length > 0)) {
    displaced.value = undefined;
  }
  cheapest = first;
});

/** The quote of the offer that is used. */
export const chosenQuote = computed(() => selected.value?.available[0]);

/** With a model, the request may go to another provider if the first rejects it. */
export const fallsBack = computed(() => !isAny.value && picked.value === CHEAPEST && eligible.value.length > 1);

/** The highest of these prices, which is the most that one job costs; NaN if one of them is unknown. */
export const highestOf = (list: readonly OpenQuote[]): number =>
  Math.max(0, ...list.map((quote) => ("maxUsd" in quote ? quote.maxUsd : NaN)));

/** The listings that may get the request: a later one does if those before it reject it. */
export const triedQuotes = computed<readonly OpenQuote[]>(() => {
  const tried = fallsBack.value ? eligible.value : selected.value ? [selected.value] : [];
  return tried.flatMap(({ available }) => available).filter(passesLimit);
});

/** The first listing that is used says itself why it does not pass. */
const passesLimit = (quote: OpenQuote): boolean => {
  const usd = limitUsd.value;
  if (usd === undefined || Number.isNaN(usd) || quote === chosenQuote.value) return true;
  return isCovered(quote) && quote.maxUsd <= usd;
};

/** Whether a limit can cover the price: it is known, and the provider's own. */
export const isCovered = (quote: OpenQuote): quote is Extract<OpenQuote, PricedQuote> =>
  "maxUsd" in quote && quote.evidence?.firstParty !== false;

/** What the form's request costs at most; NaN if that is unknown. */
export const highestUsd = computed(() => highestOf(triedQuotes.value));

/** The limit of a submit whose price is shown already: no listing of a higher price gets it. */
export function capOf(list: readonly OpenQuote[]): Pick<SubmitOptions, "maxCostUsd" | "allowUnknownCost"> {
  const known = list.filter((quote) => "maxUsd" in quote);
  return known.length > 0 ? { maxCostUsd: highestOf(known), allowUnknownCost: !list.every(isCovered) } : {};
}

/**
 * What is submitted. Without a model: the selected model at its provider only, so that a rejection never falls back
 * to another model.
 */
export const target = computed<Target>(() => {
  const group = selected.value;
  if (isAny.value) return group ? { model: group.model, provider: group.provider } : { provider: CHEAPEST };
  return { model: model.value, provider: fallsBack.value || !group ? CHEAPEST : group.provider };
});

/** The limit in US dollars: `undefined` if there is none, NaN if it is not an amount. */
export const limitUsd = computed(() => usdOf(limit.value));

/** Why the limit keeps the request from being sent, or `undefined`. */
export const limitIssue = computed<string | undefined>(() => {
  const usd = limitUsd.value;
  const quote = chosenQuote.value;
  if (usd === undefined) return undefined;
  if (Number.isNaN(usd)) return NOT_AN_AMOUNT;
  if (!quote) return undefined;
  if (!("maxUsd" in quote)) return "The price is unknown, so no limit can cover it. Nothing would be sent.";
  if (quote.evidence?.firstParty === false) {
    return "The provider has not published the price, so no limit can cover it. Nothing would be sent.";
  }
  if (!(quote.maxUsd > usd)) return undefined;
  return `This may cost ${money(quote.maxUsd)}, more than the limit. Nothing would be sent.`;
});
