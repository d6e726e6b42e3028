// A video model for the AI SDK: start, ask, wait, over a client of ours. The object is plain, and its
// functions know no `this`: `ai` 7 wraps it in a Proxy.
import { FilmgateError } from "../error.js";
import type { Filmgate, Handle, Job, JobStatus } from "../types/index.js";
import { questionError, submitError } from "./call-error.js";
import { readOperation, writeOperation } from "./operation.js";
import type { FilmgateProviderOptions } from "./options.js";
import { failedVideo, generated, metadata, missing, pending, response } from "./result.js";
import type {
  CallOptions,
  FilmgateVideoModel,
  Generated,
  OperationStatus,
  Started,
  StatusOptions,
  WebhookOption,
} from "./spec.js";
import { submission } from "./submission.js";

/** `ai` asks for all videos of a call at once: which of them go together is decided by the listings. */
const ALL = Number.MAX_SAFE_INTEGER;

export function videoModel(
  modelId: string,
  client: Filmgate,
  options: FilmgateProviderOptions,
): FilmgateVideoModel {
  /** Addresses of webhooks that a caller waits for. */
  const awaited = new Set<string>();

  async function doGenerate(call: CallOptions): Promise<Generated> {
    const order = await submission(modelId, client, options, call);
    const films = await Promise.allSettled(
      order.parts.map(async ({ request, wishes }) => {
        const job = await client.submit(request, wishes);
        await order.taken(job.handle);
        return job.result();
      }),
    );
    call.abortSignal?.throwIfAborted();
    const outcomes = valuesOf(films);
    const reasons = reasonsOf(films);
    if (outcomes.length === 0) throw submitError(reasons, order.handles(reasons));
    const result = generated(modelId, outcomes, reasons.map(failedVideo));
    return { ...result, warnings: [...order.warnings(), ...result.warnings] };
  }

  async function doStart(call: CallOptions & { webhookUrl?: string }): Promise<Started> {
    const { webhookUrl } = call;
    const order = await submission(modelId, client, options, call);
    const starts = await Promise.allSettled(
      order.parts.map(async ({ request, wishes }) => {
        const handle = await client.start(request, wishes);
        await order.taken(handle);
        return handle;
      }),
    );
    const handles = valuesOf(starts);
    const reasons = reasonsOf(starts);
    if (!handles[0]) throw submitError(reasons, order.handles(reasons));
    const failures = reasons.map(failedVideo);
    const wait = webhookUrl !== undefined && awaited.delete(webhookUrl);
    return {
      operation: writeOperation({ handles, wait }),
      warnings: [...order.warnings(), ...failures.map(missing)],
      providerMetadata: metadata({
        status: "queued",
        handle: handles[0],
        handles,
        ...(failures.length > 0 && { errors: failures }),
      }),
      response: response(modelId),
    };
  }

  async function doStatus({ operation, abortSignal }: StatusOptions): Promise<OperationStatus> {
    const asked = readOperation(operation);
    const signal = abortSignal ? { signal: abortSignal } : {};
    const { timeoutMs } = options;
    const limits = { ...signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const ask = async (handle: Handle): Promise<JobStatus> => {
      if (asked.wait) await ended(client.resume(handle, limits));
      return client.status(handle, signal);
    };
    const answers = await Promise.allSettled(asked.handles.map(ask));
    abortSignal?.throwIfAborted();
    const [unanswered] = reasonsOf(answers);
    if (unanswered !== undefined) throw questionError(unanswered, asked);
    const jobs = valuesOf(answers);
    if (jobs.some(({ outcome, error }) => !outcome && !error)) return pending(modelId, jobs);
    const outcomes = jobs.flatMap(({ outcome }) => outcome ?? []);
    const errors = jobs.flatMap(({ error }) => (error ? new FilmgateError(error) : []));
    if (outcomes.length === 0) throw questionError(errors[0], asked);
    return { status: "completed", ...generated(modelId, outcomes, errors.map(failedVideo)) };
  }

  async function handleWebhookOption<Received>({ webhook }: WebhookOption<Received>) {
    const { url, received } = await webhook();
    awaited.add(url);
    return { webhookUrl: url, received };
  }

  return {
    specificationVersion: "v3",
    provider: "filmgate.video",
    modelId,
    maxVideosPerCall: ALL,
    doGenerate,
    doStart,
    doStatus,
    handleWebhookOption,
  };
}

/** Waits for the end, whichever it is; rejects where there is none yet. */
async function ended(job: Job): Promise<void> {
  try {
    await job.result();
  } catch (error) {
    const isEnd = error instanceof FilmgateError && error.handle?.endedAt !== undefined;
    if (!isEnd) throw error;
  }
}

function valuesOf<T>(settled: PromiseSettledResult<T>[]): T[] {
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function reasonsOf(settled: PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
}
