// An application's code, as the compiler reads it: never run.
import { experimental_generateVideo as generateVideo6 } from "ai6";
import {
  createProviderRegistry,
  experimental_generateVideo as generateVideo7,
  experimental_getVideoStatus as getVideoStatus,
  experimental_startVideo as startVideo,
} from "ai";
import type { Experimental_VideoModelV3 as V3 } from "provider3";
import type {
  Experimental_VideoModelV3 as V3InV4,
  Experimental_VideoModelV4 as V4,
  ProviderV3,
} from "provider4";
import type { ProviderV3 as ProviderOf6 } from "provider3";
import { createFilmgateProvider, FilmgateCallError, filmgate } from "filmgate/ai-sdk";
import type { FilmgateMetadata, FilmgateVideoOptions } from "filmgate/ai-sdk";

const model = filmgate.video("wan-2.6");
// Both majors accept it as a model of version 3.
model satisfies V3;
model satisfies V3InV4;
// What version 4 adds is there in version 4's own form.
type Functions = Required<Pick<V4, "doGenerate" | "doStart" | "doStatus" | "handleWebhookOption">>;
model satisfies Functions;
filmgate satisfies Pick<
  ProviderV3,
  "specificationVersion" | "languageModel" | "embeddingModel" | "imageModel"
>;
filmgate satisfies ProviderOf6;
createProviderRegistry({ filmgate }).videoModel("filmgate:wan-2.6");

const wishes = {
  resolution: "720p",
  generateAudio: true,
  maxCostUsd: 1,
  provider: ["runware", "runpod"],
  output: { format: "webm" },
} satisfies FilmgateVideoOptions;
const call = { model, prompt: "A lighthouse", duration: 5, providerOptions: { filmgate: wishes } };

export const six = generateVideo6(call);
export const seven = generateVideo7({ ...call, poll: { intervalMs: 1000 } });
export const started = startVideo({ ...call, webhookUrl: "https://example.com/hook" });
export const told = started.then(({ operation }) => getVideoStatus(model, { operation }));
export const cost = seven.then(({ providerMetadata }) => {
  const { costUsd, handle } = providerMetadata.filmgate as unknown as FilmgateMetadata;
  return [costUsd, handle.id] satisfies [number | undefined, string];
});
export const code = seven.catch(
  (error: unknown) => error instanceof FilmgateCallError && error.code,
);
export const mine = createFilmgateProvider({
  runware: { apiKey: "…" },
  maxCostUsd: 2,
  onSubmitted: async ({ id: key }) => console.log(key),
});

// @ts-expect-error A typo in an option is found.
({ resolutoin: "720p" }) satisfies FilmgateVideoOptions;
// @ts-expect-error Bytes do not go through `providerOptions`, which are JSON.
({ lastFrameImage: new Uint8Array(1) }) satisfies FilmgateVideoOptions;
// @ts-expect-error The AI SDK gives the prompt.
({ prompt: "A lighthouse" }) satisfies FilmgateVideoOptions;
// @ts-expect-error There is no such provider.
createFilmgateProvider({ provider: "fal" });
// @ts-expect-error An invalid format is found at any depth.
({ output: { format: "avi" } }) satisfies FilmgateVideoOptions;
