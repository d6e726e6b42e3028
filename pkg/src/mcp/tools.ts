// The tools: thin over the client.
import { FilmgateError } from "../error.js";
import { Downloads } from "./downloads.js";
import { refusal } from "./errors.js";
import { JOB, JOB_ID, OUTPUTS, RESERVED_FIELDS, modelSchema, object, requestSchema } from "./schemas.js";
import { budgetView, jobView } from "./views.js";
import type { Jobs } from "./jobs.js";
import type { Ledger } from "./ledger.js";
import type { Arguments, Call, Tool } from "./tool.js";
import type { VideoFolder } from "./video-folder.js";
import type { Filmgate, JobUpdate, ModelSummary, Quote, VideoRequest } from "../types/index.js";

/** What the tools work with. */
export interface ToolDeps {
  client: Filmgate;
  jobs: Jobs;
  ledger: Ledger;
  folder: VideoFolder;
  /** The longest time of a call, in milliseconds. */
  maxWaitMs: number;
  /** Aborts when the server ends. */
  signal: AbortSignal;
}

const MAX_QUOTES = 20;
const MAX_JOBS = 50;
const HEARTBEAT_MS = 5_000;

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;
const OFFLINE = { ...READS, openWorldHint: false } as const;

export function createTools(deps: ToolDeps): Tool[] {
  const { client, jobs, ledger, maxWaitMs } = deps;
  const downloads = new Downloads(client, deps.folder, deps.signal);
  const request = requestSchema(client);
  const limitSeconds = Math.floor(maxWaitMs / 1000);
  const budget = async () => budgetView(await ledger.balance());
  const view = (known: Parameters<typeof jobView>[1]) => jobView(client, known);
  return [
    {
      definition: {
        name: "list_models",
        title: "List video models",
        description: "Lists the models with their modes and prices. With `model`, also the JSON Schema of its request.",
        inputSchema: object({
          "filter?": { type: "string", description: "Words in the id, the name or the creator; all must occur." },
          "mode?": { type: "string", description: "Such as `image-to-video`." },
          "model?": { type: "string", description: "Id of one model." },
        }),
        outputSchema: OUTPUTS.models,
        annotations: { title: "List video models", ...OFFLINE },
      },
      run: async ({ filter = "", mode, model }) => {
        const words = String(filter).toLowerCase().split(/\s+/);
        const matches = ({ id, name, creator, modes, status }: ModelSummary) =>
          (model === undefined ? status !== "retired" : id === model) &&
          (mode === undefined || (modes as string[]).includes(String(mode))) &&
          words.every((word) => `${id} ${name} ${creator}`.toLowerCase().includes(word));
        const models = client.models({ brief: true }).filter(matches);
        return { data: { models, ...(model !== undefined && { request: modelSchema(client, String(model)) }) } };
      },
    },
    {
      definition: {
        name: "validate",
        title: "Validate a video request",
        description: "Returns every problem of a request, with its fix. Free and offline.",
        inputSchema: object({ request }),
        outputSchema: OUTPUTS.validation,
        annotations: { title: "Validate a video request", ...OFFLINE },
      },
      run: async (given) => {
        const { ok, issues, listings } = client.validate(requestOf(given));
        // Without a model, all listings are covered: those that accept the request count.
        const shown = requestOf(given).model === undefined ? listings.filter((one) => one.ok).slice(0, MAX_QUOTES) : listings;
        return { data: { ok, issues, listings: shown } };
      },
    },
    {
      definition: {
        name: "quote",
        title: "Price a video request",
        description:
          "Returns what a request costs, cheapest first, and what is left of the budget. Without a model: of all models. Free and offline.",
        inputSchema: object({ request }),
        outputSchema: OUTPUTS.quotes,
        annotations: { title: "Price a video request", ...OFFLINE },
      },
      run: async (given) => {
        const wanted = requestOf(given);
        const all = client.quote(wanted, { details: true }).filter(({ available }) => available || wanted.model !== undefined);
        const quotes = all.slice(0, MAX_QUOTES).map(quoteView);
        return { data: { quotes, more: all.length - quotes.length, budget: await budget() } };
      },
    },
    {
      definition: {
        name: "submit",
        title: "Generate a video (paid)",
        description:
          "Submits a request to the cheapest provider. It spends money, at most `maxCostUsd` and at most what is left of the " +
          "session's budget. Returns at once: continue with `wait`. Pass an `idempotencyKey`, and the same one when you repeat a " +
          "call that failed or timed out, so that it is paid once.",
        inputSchema: object({
          request: { ...request, required: ["model"] },
          maxCostUsd: { type: "number", minimum: 0, description: "The most that the video may cost, in US dollars. See `quote`." },
          "idempotencyKey?": { type: "string", minLength: 1, maxLength: 200, description: "Any text. The same text joins the same job." },
        }),
        outputSchema: OUTPUTS.submitted,
        // It adds a job, but money that is spent cannot be taken back.
        annotations: { title: "Generate a video (paid)", readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      },
      run: async (given) => {
        const { maxCostUsd, idempotencyKey } = given as { maxCostUsd: number; idempotencyKey?: string };
        const { isJoined, ...known } = await jobs.submit({ request: requestOf(given), maxCostUsd, idempotencyKey }, maxWaitMs);
        const handle = known.job?.handle;
        return { data: { ...view(known), isJoined, ...(handle && { handle: { ...handle } }), budget: await budget() } };
      },
    },
    {
      definition: {
        name: "wait",
        title: "Wait for a video",
        description:
          `Waits until the job has ended, for at most ${limitSeconds} seconds. If \`hasEnded\` is false, call it again: ` +
          "the job continues in any case.",
        inputSchema: object({ id: JOB_ID, "seconds?": { type: "number", minimum: 0, description: `How long to wait, at most ${limitSeconds}.` } }),
        outputSchema: JOB,
        annotations: { title: "Wait for a video", ...READS, openWorldHint: true },
      },
      run: async ({ id, seconds }, call) => {
        const maxMs = typeof seconds === "number" ? Math.min(seconds * 1000, maxWaitMs) : maxWaitMs;
        const { onUpdate, stop } = progressOf(call);
        return { data: view(await jobs.wait(idOf(id), maxMs, onUpdate, call.signal).finally(stop)) };
      },
    },
    {
      definition: {
        name: "job",
        title: "Check a video job",
        description: "Checks the status of a job once.",
        inputSchema: object({ id: JOB_ID }),
        outputSchema: JOB,
        annotations: { title: "Check a video job", ...READS, openWorldHint: true },
      },
      run: async ({ id }) => ({ data: view(await jobs.status(idOf(id), Math.min(maxWaitMs, 10_000))) }),
    },
    {
      definition: {
        name: "jobs",
        title: "List video jobs",
        description: "Lists the stored jobs, newest first, and the budget. Jobs of earlier sessions are there, too.",
        inputSchema: object({ "pending?": { type: "boolean", description: "Only jobs that have not ended." } }),
        outputSchema: OUTPUTS.jobs,
        annotations: { title: "List video jobs", ...OFFLINE },
      },
      run: async ({ pending }) => {
        // A budget that cannot be read concerns submits only.
        const balance = await jobs.settle().then(budget).catch(() => undefined);
        const all = await jobs.list(pending === true);
        const shown = all.slice(0, MAX_JOBS).map((job) => view({ id: job.handle.id, job, update: undefined }));
        return { data: { jobs: shown, more: all.length - shown.length, ...(balance && { budget: balance }) } };
      },
    },
    {
      definition: {
        name: "cancel",
        title: "Cancel a video job",
        description: "Cancels a job at its provider. Not all providers can: the job then continues, and is billed.",
        inputSchema: object({ id: JOB_ID }),
        outputSchema: OUTPUTS.cancelled,
        annotations: { title: "Cancel a video job", readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
      },
      run: async ({ id }) => {
        const { result, charge } = await jobs.cancel(idOf(id), maxWaitMs);
        return { data: { result, charge } };
      },
    },
    {
      definition: {
        name: "download",
        title: "Download a video",
        description:
          "Downloads the videos of a completed job into the folder of this server, and returns their files. A file that is there is returned as it is. " +
          "If `isComplete` is false, call it again: the download continues.",
        inputSchema: object({ id: JOB_ID, "name?": { type: "string", description: "Start of the file's name, such as `fox`. The job's id is added." } }),
        outputSchema: OUTPUTS.downloaded,
        annotations: { title: "Download a video", readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
      },
      run: async ({ id: given, name }, call) => {
        const id = idOf(given);
        const { job } = await jobs.find(id);
        if (!job?.outcome) throw withoutVideo(job?.error?.message);
        const { videos } = job.outcome;
        const onProgress = (fraction: number) => call.report(fraction, "downloading");
        const files = await downloads.download({ id, videos, name: name as string | undefined, maxMs: maxWaitMs, onProgress });
        const links = files.map(({ path, uri, bytes, mimeType }) => ({
          type: "resource_link" as const, uri, name: path.split(/[\\/]/).at(-1) ?? id, mimeType, size: bytes,
        }));
        return { data: { id, isComplete: files.length === videos.length, files }, links };
      },
    },
  ];
}

/** The request of a call. Fields that the server does not accept are named. */
function requestOf({ request }: Arguments): VideoRequest {
  const given = request as Record<string, unknown>;
  const reserved = RESERVED_FIELDS.find((name) => given[name] !== undefined);
  if (reserved === undefined) return given as VideoRequest;
  throw refusal("invalid_request", `The server does not accept \`${reserved}\`. Leave it out.`);
}

const idOf = (id: unknown): string => String(id).toLowerCase();

function quoteView(quote: Quote): Record<string, unknown> {
  const { model, provider, available } = quote;
  const issues = quote.available ? quote.warnings : quote.issues;
  return {
    model, provider, available,
    ...(quote.available && { basis: quote.basis }),
    ...("maxUsd" in quote && { minUsd: quote.minUsd, maxUsd: quote.maxUsd }),
    ...("reason" in quote && { reason: quote.reason }),
    ...(issues.length > 0 && { issues }),
  };
}

function withoutVideo(why: string | undefined): FilmgateError {
  const message = why === undefined ? "The job has not ended. Call `wait` first." : `The job has no video. ${why}`;
  return new FilmgateError({ code: "job_not_found", message });
}

/** Reports the progress of a job, and that it is still waited for. Progress never decreases, as the protocol demands. */
function progressOf({ report }: Call): { onUpdate: (update: JobUpdate) => void; stop: () => void } {
  const since = performance.now();
  let latest: JobUpdate | undefined;
  let highest = 0;
  const show = () => {
    const elapsed = performance.now() - since;
    const { status = "waiting", progress, etaMs } = latest ?? {};
    const fraction = progress ?? (etaMs === undefined ? 0 : elapsed / (elapsed + etaMs));
    // Each report is a little higher than the one before.
    highest = Math.max(highest + (1 - highest) * 0.001, Math.min(fraction, 0.99));
    const left = etaMs === undefined ? "" : `, about ${Math.ceil(etaMs / 1000)} s left`;
    report(highest, `${status}${left}`);
  };
  const timer = setInterval(show, HEARTBEAT_MS);
  const onUpdate = (update: JobUpdate) => {
    latest = update;
    show();
  };
  return { onUpdate, stop: () => clearInterval(timer) };
}
