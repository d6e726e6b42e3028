// A video model of the AI SDK on top of a client. The object is plain, and its functions do not use `this`, because
// `ai` 7 wraps it in a Proxy.
import { FilmgateError } from "../error.js";
import type { Filmgate, Handle, Job, JobStatus } from "../types/index.js";
import { statusError, submitError } from "./call-error.js";
import { readOperation, writeOperation } from "./operation.js";
import type { FilmgateProviderOptions } from "./options.js";
import { failedVideo, failureWarning, generateResult, metadata, pendingStatus, response } from "./result.js";
import type {
  CallOptions,
  FilmgateVideoModel,
  GenerateResult,
  OperationStatus,
  StartResult,
  StatusOptions,
  WebhookOption,
} from "./spec.js";
import { planSubmissions } from "./submission.js";

/** `ai` passes all videos of a call at once. The listings determine how they are split. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

export function videoModel(
  modelId: string,
  client: Filmgate,
  options: FilmgateProviderOptions,
): FilmgateVideoModel {
  /** Webhook URLs that a caller waits for. */
  const awaitedUrls = new Set<string>();

  async function doGenerate(call: CallOptions): Promise<GenerateResult> {
    const plan = await planSubmissions(modelId, client, options, call);
    const settled = await Promise.allSettled(
      plan.parts.map(async ({ request, options }) => {
        const job = await client.submit(request, options);
        await plan.onSubmitted(job.handle, []);
        return job.result();
      }),
    );
    call.abortSignal?.throwIfAborted();
    const results = valuesOf(settled);
    const reasons = reasonsOf(settled);
    if (results.length === 0) throw submitError(reasons, plan.handles(reasons));
    const generated = generateResult(modelId, results, reasons.map(failedVideo));
    return { ...generated, warnings: [...plan.warnings(), ...generated.warnings] };
  }

  async function doStart(call: CallOptions & { webhookUrl?: string }): Promise<StartResult> {
    const { webhookUrl } = call;
    const plan = await planSubmissions(modelId, client, options, call);
    const settled = await Promise.allSettled(
      plan.parts.map(async ({ request, options }) => {
        const handle = await client.start(request, options);
        await plan.onSubmitted(handle, handle.warnings);
        return handle;
      }),
    );
    const handles = valuesOf(settled);
    const reasons = reasonsOf(settled);
    if (!handles[0]) throw submitError(reasons, plan.handles(reasons));
    const errors = reasons.map(failedVideo);
    const wait = webhookUrl !== undefined && awaitedUrls.delete(webhookUrl);
    return {
      operation: writeOperation({ handles, wait }),
      warnings: [...plan.warnings(), ...errors.map(failureWarning)],
      providerMetadata: metadata({
        status: "queued",
        handle: handles[0],
        handles,
        ...(errors.length > 0 && { errors }),
      }),
      response: response(modelId),
    };
  }

  async function doStatus({ operation: json, abortSignal }: StatusOptions): Promise<OperationStatus> {
    const operation = readOperation(json);
    const signal = abortSignal ? { signal: abortSignal } : {};
    const { timeoutMs } = options;
    const limits = { ...signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const check = async (handle: Handle): Promise<JobStatus> => {
      if (operation.wait) await waitForEnd(client.resume(handle, limits));
      return client.status(handle, signal);
    };
    const settled = await Promise.allSettled(operation.handles.map(check));
    abortSignal?.throwIfAborted();
    const reasons = reasonsOf(settled);
    if (reasons.length > 0) throw statusError(reasons, operation);
    const jobs = valuesOf(settled);
    if (jobs.some(({ outcome, error }) => !outcome && !error)) return pendingStatus(modelId, jobs);
    const results = jobs.flatMap(({ outcome }) => outcome ?? []);
    const errors = jobs.flatMap(({ error }) => (error ? new FilmgateError(error) : []));
    if (results.length === 0) throw statusError(errors, operation);
    return { status: "completed", ...generateResult(modelId, results, errors.map(failedVideo)) };
  }

  async function handleWebhookOption<Received>({ webhook }: WebhookOption<Received>) {
    const { url, received } = await webhook();
    awaitedUrls.add(url);
    return { webhookUrl: url, received };
  }

  return {
    specificationVersion: "v3",
    provider: "filmgate.video",
    modelId,
    maxVideosPerCall: UNLIMITED,
    doGenerate,
    doStart,
    doStatus,
    handleWebhookOption,
  };
}

/** Waits for the end of a job, successful or not. Rejects if waiting ends before the job. */
async function waitForEnd(job: Job): Promise<void> {
  try {
    await job.result();
  } catch (error) {
    const hasEnded = error instanceof FilmgateError && error.handle?.endedAt !== undefined;
    if (!hasEnded) throw error;
  }
}

function valuesOf<T>(settled: PromiseSettledResult<T>[]): T[] {
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function reasonsOf(settled: PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
}
