import { randomUUID } from "node:crypto";
import { InvalidArgumentError } from "commander";
import { startUntil } from "../../client/start-until.js";
import { dollars, toMicroUsd, toUsd } from "../../util/micro-usd.js";
import { askForLimit, chooseProviders } from "../ask.js";
import { onCall, withExamples, withOutput, withStore, type Configure, type Context, type OutputFlags, type StoreOptions } from "../command.js";
import { CliError } from "../errors.js";
import { EXIT } from "../exit-codes.js";
import { KEY_VARIABLES } from "../keys.js";
import { parseLimit } from "../money.js";
import { STDOUT, assertStdout, assertWritable, outputFile } from "../outputs.js";
import { noteProblems } from "../quotes.js";
import { readRequest, withRequest, type RequestOptions } from "../request.js";
import { PROVIDERS } from "../provider-ids.js";
import { Session } from "../session.js";
import { trackJobs, type Target } from "../track.js";
import type { Filmgate, ProviderId, Quote, VideoRequest } from "../../types/index.js";

interface Options extends RequestOptions, StoreOptions, OutputFlags {
  compare?: string[];
  provider?: ProviderId[];
  maxCost?: number;
  allowUnknownCost?: boolean;
  upload?: boolean;
}

const configure: Configure = (command, context) => {
  withOutput(withStore(withRequest(command)))
    .option("--max-cost <usd>", "spending limit of the whole call, in US dollars; required unless it is asked for or simulated", parseLimit)
    .option("--allow-unknown-cost", "also submit where the price is not documented: the limit does not cover it")
    .option("--provider <providers>", "runpod, runware, or both in order of preference (default: the cheapest)", providers)
    .option("--compare <models>", "generate with several models at once, such as wan-2.6,kling-2.6-pro", list)
    .option("--upload", "store image files at Runware where a provider accepts URLs only");
  withExamples(command, [
    ["Try it without a key, for free", 'filmgate generate "A lighthouse in the rain" -m wan-2.6 -d 5 -r 720p --simulate'],
    ["Spend at most 50 cents", 'filmgate generate "A fox" -m wan-2.6 -d 5 -r 720p --max-cost 0.50 -o fox.mp4'],
    ["Two models side by side, for at most two dollars", 'filmgate generate "A fox" --compare wan-2.6,kling-2.6-pro -d 5 --max-cost 2'],
    ["In a program: one JSON object a line", "filmgate generate --request fox.json --max-cost 1 --json"],
  ]);
  onCall(command, async (prompt: string | undefined, options: Options) => generate(context, prompt, options));
};

async function generate(context: Context, prompt: string | undefined, options: Options): Promise<number> {
  const request = await readRequest(prompt, options);
  const models = modelsOf(request, options);
  const session = new Session(context, options);
  const simulated = options.simulate || (await chooseProviders(context, session));
  const client = await session.client({ simulated, ...(options.upload && { upload: "runware" as const }) });
  const usable = simulated ? PROVIDERS : session.ready;
  if (models.length === 0) throw new CliError(withoutModel(client.quote(request, { details: true }), usable));
  // Nothing is spent at simulated providers: they need no limit.
  const isLimited = !simulated || options.maxCost !== undefined;
  const allowUnknownCost = !isLimited || options.allowUnknownCost === true;
  const plans = models.map((model) => plan(client, { ...request, model }, usable, { ...options, allowUnknownCost }));
  for (const { request } of plans) {
    assertValid(context, client, request);
    assertKey(client, request, usable, options);
  }
  const limits = isLimited ? shares(plans, options.maxCost ?? (await askForLimit(context, totalOf(plans))), allowUnknownCost) : [];
  const targets = plans.map(({ request }, at): Target => {
    const id = randomUUID();
    const model = request.model ?? "";
    const output = { output: options.output, id, format: request.output?.format, suffix: plans.length > 1 ? model : undefined };
    const begin = (signal: AbortSignal) =>
      startUntil(client, request, {
        idempotencyKey: id,
        signal,
        provider: options.provider ?? "cheapest",
        ...(limits[at] !== undefined && { maxCostUsd: limits[at] }),
        allowUnknownCost,
        ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
      });
    return { client, begin, output, request, label: simulated ? `${model} (simulated)` : model };
  });
  checkOutputs(targets, options, request.n ?? 1);
  const { json, download, force, store, timeout } = options;
  return trackJobs(context, targets, { json, download, force, store, timeoutMs: timeout });
}

/** The models of the call: of `--compare`, or of the request. */
function modelsOf(request: VideoRequest, { compare }: Options): string[] {
  if (!compare) return request.model === undefined ? [] : [request.model];
  if (request.model !== undefined) throw new CliError("Pass either --model or --compare, not both.");
  if (new Set(compare).size !== compare.length) throw new CliError("A model occurs twice in --compare. Name each one once.");
  return compare;
}

function withoutModel(quotes: readonly Quote[], usable: readonly ProviderId[]): string {
  const priced = quotes.filter((quote) => usable.includes(quote.provider) && "maxUsd" in quote);
  const names = [...new Set(priced.map(({ model }) => model))].slice(0, 3);
  const hint = names.length > 0 ? ` The cheapest for this request: ${names.join(", ")}.` : "";
  return `The model is missing. Pass --model, or --compare with several.${hint}`;
}

/** A request, and the highest price that its submit may have. */
interface Plan {
  request: VideoRequest;
  maxUsd: number | undefined;
}

function plan(client: Filmgate, request: VideoRequest, usable: readonly ProviderId[], options: Options): Plan {
  const { provider: wanted = usable, allowUnknownCost } = options;
  const prices = client.quote(request, { details: true }).flatMap((quote) => {
    const isUsable = usable.includes(quote.provider) && wanted.includes(quote.provider);
    // A price that the provider has not published passes no limit.
    const isKnown = "maxUsd" in quote && (allowUnknownCost || quote.evidence?.firstParty !== false);
    return isUsable && isKnown ? [quote.maxUsd] : [];
  });
  return { request, maxUsd: prices.length > 0 ? Math.min(...prices) : undefined };
}

function assertValid({ terminal }: Context, client: Filmgate, request: VideoRequest): void {
  const result = client.validate(request);
  if (result.ok) return;
  noteProblems(terminal, result);
  throw new CliError(`No listing of ${request.model} supports the request. Nothing was sent.`, EXIT.invalidRequest);
}

/** Throws if all listings that can be used lack a key: a spending limit would not help. */
function assertKey(client: Filmgate, request: VideoRequest, usable: readonly ProviderId[], { provider }: Options): void {
  const wanted: readonly ProviderId[] = provider ?? PROVIDERS;
  const offers = client.quote(request, { details: true }).filter((quote) => quote.available && wanted.includes(quote.provider));
  if (offers.length === 0 || offers.some(({ provider }) => usable.includes(provider))) return;
  const names = [...new Set(offers.map(({ provider }) => KEY_VARIABLES[provider]))];
  throw new CliError(`There is no API key for ${request.model}. Set ${names.join(" or ")}. Nothing was sent.`, EXIT.noKey);
}

/** The sum of all prices, in US dollars; undefined if one is unknown. */
function totalOf(plans: readonly Plan[]): number | undefined {
  let total = 0;
  for (const { maxUsd } of plans) {
    if (maxUsd === undefined) return undefined;
    total += toMicroUsd(maxUsd);
  }
  return toUsd(total);
}

/**
 * The limit of each job. Several jobs share one: none is submitted unless all of them fit, and each may cost what it was
 * quoted at, or, if that is unknown, what the others leave.
 */
function shares(plans: readonly Plan[], limit: number, allowUnknownCost: boolean): number[] {
  if (plans.length === 1) return [limit];
  const unknown = plans.find(({ maxUsd }) => maxUsd === undefined);
  if (unknown && !allowUnknownCost) {
    const message = `The price of ${unknown.request.model} is unknown. Leave it out, or pass --allow-unknown-cost. Nothing was sent.`;
    throw new CliError(message, EXIT.overLimit);
  }
  const total = plans.reduce((sum, { maxUsd = 0 }) => sum + toMicroUsd(maxUsd), 0);
  const left = toMicroUsd(limit) - total;
  if (left < 0) {
    const message = `All of them cost up to ${dollars(toUsd(total))}, above the limit of ${dollars(limit)}. Nothing was sent.`;
    throw new CliError(message, EXIT.overLimit);
  }
  return plans.map(({ maxUsd = toUsd(left) }) => maxUsd);
}

/** Everything that can be wrong with the files is found before anything is paid. */
function checkOutputs(targets: readonly Target[], options: Options, count: number): void {
  if (options.download === false) return;
  if (options.output !== STDOUT) {
    const files = targets.flatMap(({ output }) => Array.from({ length: count }, (_, at) => outputFile(output, at, count)));
    return assertWritable(files, options.force);
  }
  assertStdout(targets.length * count, options.json);
}

const list = (text: string): string[] => text.split(",").map((part) => part.trim()).filter(Boolean);

function providers(text: string): ProviderId[] {
  const names = list(text);
  if (names.length === 0 || names.some((name) => !(PROVIDERS as readonly string[]).includes(name))) {
    throw new InvalidArgumentError("It must be runpod, runware, or both separated by a comma.");
  }
  return names as ProviderId[];
}

export default configure;
