// Compiled, never run: every public function, used as a stranger would, and misused.
import {
  FilmgateError,
  composePrompt,
  createFilmgate,
  indexedDbStore,
  memoryStore,
} from "filmgate";
import type {
  Handle,
  ResumableSink,
  ModelId,
  ModelDefinition,
  VideoResult,
  Param,
  Quote,
  Rule,
  Sink,
  Store,
  VideoRequest,
} from "filmgate";
import { fileSink, folderStore } from "filmgate/node";
import { initWasm } from "filmgate/slim";

const stores: Store[] = [memoryStore(), indexedDbStore("videos"), folderStore("jobs")];
const [store = folderStore(new URL("file:///var/jobs"))] = stores;
const own: ModelDefinition = {
  id: "dream-9",
  name: "Dream 9",
  listings: [
    {
      provider: "runware",
      providerModelId: "dreams:9@1",
      modes: ["text-to-video"],
      params: [
        { field: "prompt", providerField: "positivePrompt", type: "text" },
        { field: "image", providerField: "inputs.image", type: "image", allowed: ["url"] },
      ],
      rules: [{ rule: "oneOf", fields: ["prompt", "image"] }],
      prices: [{ usd: 0.03, per: "block", blockSeconds: 5 }],
      status: { state: "live" },
    },
  ],
};
const catalog: ModelDefinition[] = [own, ...createFilmgate().models()];
const client = createFilmgate({
  models: catalog,
  runpod: { apiKey: "key", baseURL: "https://gateway.example/runpod", longPoll: false },
  runware: { apiKey: async () => "key", headers: { "x-team": "videos" }, maxConcurrency: 2 },
  store,
  fetch: (input, init) => fetch(input, init),
  requestTimeoutMs: 10_000,
});

const request: VideoRequest = {
  model: "sora-2-pro",
  prompt: composePrompt({ action: "She opens her hands", ambientSound: "A fire" }),
  image: { image: new Uint8Array(8), frame: "first" },
  lastFrameImage: { image: "https://example.com/last.png", frame: "last" },
  referenceImages: [new Uint8Array(8), { image: "https://example.com/a.png" }],
  duration: 8,
  generateAudio: true,
  output: { format: "webm", quality: 80 },
  contentCheck: "fast",
  providerOptions: { runware: { seed: 3 } },
};

// What may be missing may be undefined: a variable of the environment, a file that nobody chose.
declare const environment: { RUNWARE_API_KEY?: string };
declare const chosen: { image?: File; seconds?: 5 | 10; limit?: number };
createFilmgate({ runware: { apiKey: environment.RUNWARE_API_KEY } });
client.submit(
  { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p", image: chosen.image, shotType: undefined },
  { maxCostUsd: chosen.limit },
);
// @ts-expect-error What the model requires may not be.
client.submit({ model: "wan-2.6", prompt: "A fox", duration: chosen.seconds, resolution: "720p" });

// The fields of a quote depend on its `available` and `basis`.
export function upper(quote: Quote): number | string {
  if (!quote.available) return quote.issues.map((issue) => issue.message).join(" ");
  if (quote.basis === "unknown") return quote.reason;
  return quote.basis === "exact" ? quote.totalUsd : quote.maxUsd;
}

// A form's words for a parameter, and for a rule by its name.
export const words = ({ field, type, allowed = [], sizes = [] }: Param): string =>
  `${field}: ${type} ${allowed.join()} ${sizes.map(({ width }) => width).join()}`;
export const beside = (rule: Rule): string =>
  rule.rule === "needs" || rule.rule === "atMost" ? rule.when.map(String).join() : rule.text;
// Known ids are suggested, and others are accepted.
export const ids: ModelId[] = ["wan-2.6", "runpod:my-endpoint", "dream-9"];

export async function main(signal: AbortSignal): Promise<VideoResult> {
  const prices = client.models().flatMap((model) => model.listings.map((listing) => listing.prices));
  const { ok, listings } = client.validate(request);
  if (!ok) throw new Error(listings.map(({ issues }) => issues[0]?.code).join());
  const job = await client.submit(request, {
    provider: ["runware", "runpod"],
    maxCostUsd: 4,
    timeoutMs: 600_000,
    webhook: { url: new URL("https://example.com/hook"), secret: "long and random" },
    signal,
  });
  const handle: Handle = JSON.parse(JSON.stringify(job.handle)) as Handle;
  for await (const { status, progress = 0, etaMs } of job) console.log(status, progress, etaMs);
  const cancellation = await job.cancel();
  if (cancellation.result === "already_finished") console.log(cancellation.charge, prices.length);
  try {
    const outcome = await client.resume(handle, { signal, jobId: "job-1" }).result();
    const [video] = outcome.videos;
    const file = await (await navigator.storage.getDirectory()).getFileHandle("video.mp4");
    const kept: ResumableSink = fileSink("video.mp4");
    const sinks: Sink[] = [new WritableStream<Uint8Array>(), file, kept];
    for (const sink of sinks) if (video) await client.download(video, sink, { signal });
    return outcome;
  } catch (error) {
    if (error instanceof FilmgateError && error.code === "result_expired") console.log(error.handle?.id);
    throw error;
  } finally {
    for (const { status, outcome } of await client.jobs({ pending: true })) console.log(status, outcome?.costUsd);
    for (const { handle: old } of await client.jobs()) await client.deleteJob(old);
    const called = { url: "/hook?filmgate=…", body: new Uint8Array(8), secret: "long and random" };
    const event = await client.verifyWebhook(called);
    await (await client.handleWebhook(event)).result();
  }
}

export const generated = client.generate(request, { onUpdate: ({ status }) => console.log(status) });
export const provide = (bytes: ArrayBuffer) => initWasm(bytes);

createFilmgate({ gateway: { url: new URL("https://gateway.example"), apiKey: async () => "fgw_" } });
// @ts-expect-error a gateway without an API key
createFilmgate({ gateway: { url: "https://gateway.example" } });
// @ts-expect-error an unknown provider
void client.submit(request, { provider: "elsewhere" });
// @ts-expect-error an unknown field
const misspelt: VideoRequest = { promt: "A cat" };
// @ts-expect-error an unknown format
const format: VideoRequest = { output: { format: "avi" } };
// @ts-expect-error an unknown parameter
export const param: Param = { field: "dream", providerField: "", type: "text", required: true, alwaysSent: false };
// @ts-expect-error a listing without a state
export const row: ModelDefinition = { ...own, listings: [{ ...own.listings[0], status: {} }] };
// @ts-expect-error only an available quote has a price
const price = (quote: Quote): number => quote.maxUsd;
export { format, misspelt, price };
