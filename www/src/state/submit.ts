// Submits what the form holds: one job, or several offers side by side.

import { computed, signal } from "@preact/signals";
import type { Quote, VideoRequest } from "filmgate";
import { randomUUID } from "../../../pkg/dist/util/uuid.js";
import { describeError } from "../text/messages.js";
import type { ShownError } from "../text/messages.js";
import { submitText } from "../text/quote-text.js";
import { money } from "../text/format.js";
import { MICRO_USD } from "./budget.js";
import { compared, comparedUsd, isComparing, offerUsd } from "./compare.js";
import { setValue, request, shownFields } from "./draft.js";
import { environment } from "./environment.js";
import type { Environment } from "./environment.js";
import { attempted, issues } from "./issues.js";
import type { JobView } from "./job.js";
import { jobs, selectedId, submitJob } from "./jobs.js";
import type { Submission } from "./jobs.js";
import { capOf, chosenQuote, highestOf, highestUsd, isCovered, lacksPrompt, limitUsd, priceNow, quoteFailure, quotes, target, triedQuotes } from "./quotes.js";
import type { OpenQuote } from "./quotes.js";
import { applySettings } from "./settings.js";
import type { EnvironmentId } from "./settings.js";
import { focusById, isOffline } from "./ui.js";

export const OFFLINE = "You are offline. Nothing was sent.";

/** Why the last press came to nothing, if there is no job that shows it. */
export const submitMessage = signal<string | undefined>(undefined);

/** The environments in which a press is being answered, with what the button says meanwhile. */
const busy = signal<ReadonlyMap<EnvironmentId, string>>(new Map());

function setBusy(id: EnvironmentId, text: string | undefined): void {
  const next = new Map(busy.value);
  if (text === undefined) next.delete(id);
  else next.set(id, text);
  busy.value = next;
}

/** The simulator in the page needs no network. */
export const cannotSend = computed(() => isOffline.value && environment.value?.id !== "page");

const busyText = computed(() => environment.value && busy.value.get(environment.value.id));
export const isBusy = computed(() => busyText.value !== undefined);

/** What the button says. */
export const submitLabel = computed(() => {
  if (cannotSend.value) return "Offline";
  if (busyText.value !== undefined) return busyText.value;
  if (quoteFailure.value) return "Connect the gateway first";
  if (lacksPrompt.value) return "Write a prompt first";
  if (isComparing.value) return comparedText();
  return quotes.value === undefined ? "Generate" : submitText(chosenQuote.value, highestUsd.value);
});

function comparedText(): string {
  const list = compared.value;
  if (list.length < 2) return "Choose two to four offers";
  const sum = comparedUsd.value;
  if (Number.isNaN(sum)) return `Generate ${list.length}, price unknown`;
  const isFixed = list.every((offer) => offer.available.every((quote) => "minUsd" in quote && quote.minUsd === offerUsd(offer)));
  return `Generate ${list.length} for ${isFixed ? "" : "up to "}${money(sum)}`;
}

/** What the button says that a press may cost: `undefined` if it says nothing, NaN if the price is unknown. */
function shownUsd(): number | undefined {
  if (quotes.value === undefined) return undefined;
  if (isComparing.value) return comparedUsd.value;
  return chosenQuote.value && highestUsd.value;
}

const SECOND_PRESS_MS = 500;
let pressedAt = -Infinity;

/** Whether a key is pressed so soon after the last press that it is not meant, as the second click of a double click. */
export function isSecondPress(): boolean {
  const passedMs = Date.now() - pressedAt;
  pressedAt = Date.now();
  return passedMs >= 0 && passedMs < SECOND_PRESS_MS;
}

/** Generates what the form holds. */
export async function generate(): Promise<void> {
  applySettings();
  const current = environment.value;
  if (!current) return void (submitMessage.value = "filmgate is still loading. Try again in a moment.");
  if (isBusy.value) return;
  if (cannotSend.value) return void (submitMessage.value = OFFLINE);
  attempted.value = true;
  submitMessage.value = undefined;
  const before = shownUsd();
  if (!(await priced(current))) return;
  if (lacksPrompt.value) return missPrompt();
  if (Number.isNaN(limitUsd.value)) return focusById("limit");
  const submissions = wanted();
  if (submissions.length === 0) return missOffer(current);
  if (!current.isSimulated && costsMore(before, shownUsd())) return tellPrice(shownUsd());
  if (isComparing.value && limitUsd.value !== undefined && !(comparedUsd.value <= limitUsd.value)) return passLimit();
  await submit(current, submissions);
  // A task id belongs to one job: a reused one may be billed again.
  if (shownFields.value.has("taskUUID")) setValue("taskUUID", undefined);
}

/** Prices the form as it is now; returns whether this environment is still the chosen one. */
async function priced(current: Environment): Promise<boolean> {
  setBusy(current.id, "Getting the price…");
  await priceNow();
  setBusy(current.id, undefined);
  return environment.value === current;
}

/** No more is paid than what the button said when it was pressed. */
function costsMore(before: number | undefined, now: number | undefined): boolean {
  if (now === undefined || (Number.isNaN(now) && Number.isNaN(before))) return false;
  return before === undefined || !(now <= before);
}

function tellPrice(usd: number | undefined): void {
  const price = usd === undefined || Number.isNaN(usd) ? "unknown" : money(usd);
  submitMessage.value = `The price of this is ${price}. Nothing was sent: press again to generate it.`;
}

/** What it costs to repeat a job, by its id, if that was found to be more than its quote. */
const risen = signal<ReadonlyMap<string, number>>(new Map());

/** What the button that repeats a job says that it may cost; NaN if that is unknown. */
export function repeatUsd({ id, handle }: JobView): number {
  const { quote } = handle.value;
  return risen.value.get(id) ?? (quote ? quote.max / MICRO_USD : NaN);
}

/** Submits a request of an earlier job again, at no more than its button says, and within the limit of the form. */
export async function generateAgain(job: JobView, request: VideoRequest): Promise<void> {
  applySettings();
  const current = environment.value;
  if (!current || isBusy.value) return;
  if (cannotSend.value) return void (submitMessage.value = OFFLINE);
  if (Number.isNaN(limitUsd.value)) return focusById("limit");
  submitMessage.value = undefined;
  const provider = job.note?.provider ?? "cheapest";
  const shown = repeatUsd(job);
  const tried = await offersOf(current, request, provider);
  if (!tried || environment.value !== current) return;
  // Without an offer, the submit says why.
  const isWithin = tried.length === 0 || tried.some((quote) => isCovered(quote) && quote.maxUsd <= shown);
  const highest = highestOf(tried);
  if (!isWithin && costsMore(shown, highest)) {
    risen.value = new Map([...risen.value, [job.id, highest]]);
    return tellPrice(highest);
  }
  const cap = isWithin && !Number.isNaN(shown) ? { maxCostUsd: shown } : capOf(tried);
  const limit = limitUsd.value;
  await submit(current, [{ request, provider, ...(limit === undefined ? cap : { maxCostUsd: Math.min(limit, cap.maxCostUsd ?? limit) }) }]);
}

/** The listings that may get a request now, or `undefined` if the gateway does not say. */
async function offersOf(current: Environment, request: VideoRequest, provider: string): Promise<OpenQuote[] | undefined> {
  const isUsed = (quote: Quote) => (provider === "cheapest" ? !current.lacksKey(quote.provider) : quote.provider === provider);
  setBusy(current.id, "Getting the price…");
  try {
    return (await current.quote(request)).filter((quote) => quote.available && isUsed(quote)) as OpenQuote[];
  } catch (error) {
    say(error as ShownError, current);
    return undefined;
  } finally {
    setBusy(current.id, undefined);
  }
}

function missPrompt(): void {
  submitMessage.value = "Add a prompt. Nothing was billed.";
  focusById("prompt");
}

function missOffer(current: Environment): void {
  if (isComparing.value && !quoteFailure.value) {
    submitMessage.value = "Choose two to four offers to compare. Nothing was billed.";
    return;
  }
  const none = { code: "invalid_request", message: "No offer can generate this video as it is.", charge: "none" as const };
  say(quoteFailure.value ?? none, current);
}

/** The limit is that of the press: all compared offers have to fit together. */
function passLimit(): void {
  const sum = comparedUsd.value;
  const price = Number.isNaN(sum) ? "The price of one is unknown, so no limit can cover it." : `Together they may cost ${money(sum)}, more than the limit.`;
  submitMessage.value = `${price} Nothing was sent.`;
  focusById("limit");
}

/** What a press submits, at no more than what the button says: each compared offer at its provider only. */
function wanted(): Submission[] {
  const maxCostUsd = limitUsd.value;
  if (isComparing.value) {
    if (compared.value.length < 2) return [];
    const group = randomUUID();
    return compared.value.map((offer) => ({
      request: { ...request.value, model: offer.model, taskUUID: undefined } as VideoRequest,
      provider: offer.provider,
      // Its own part of the limit.
      ...(maxCostUsd === undefined ? capOf(offer.available) : { maxCostUsd: offerUsd(offer) }),
      group,
    }));
  }
  const { model, provider } = target.value;
  if (model === undefined) return [];
  return [{ request: { ...request.value, model }, provider, ...(maxCostUsd === undefined ? capOf(triedQuotes.value) : { maxCostUsd }) }];
}

/** Submits these jobs; the first is shown. Each shows its own end. */
async function submit(current: Environment, submissions: Submission[]): Promise<void> {
  setBusy(current.id, "Submitting…");
  try {
    for (const submission of submissions.toReversed()) {
      const { id, submitted } = await submitJob(current, JSON.parse(JSON.stringify(submission)) as Submission);
      if (jobs.value?.some((job) => job.id === id)) selectedId.value = id;
      submitted.catch((error: ShownError) => {
        // A job that has failed tells its own error.
        const job = jobs.value?.find((each) => each.id === error.handle?.id);
        if (job?.state.value !== "failed") say(error, current);
      });
    }
  } catch (error) {
    say(error as ShownError, current);
  } finally {
    setBusy(current.id, undefined);
  }
}

function say(error: ShownError, current: Environment): void {
  if (environment.value?.id !== current.id) return;
  const { message, charge, advice } = describeError(error, error.provider, current);
  submitMessage.value = [message, charge, advice.text].filter(Boolean).join(" ");
  if (error.code !== "invalid_request") return;
  const [invalid] = [...issues.value].find(([path, entries]) => path !== "" && entries.some(({ blocks }) => blocks)) ?? [];
  if (invalid) focusById(invalid.replace(".", "-"));
}
