import { experimental_generateVideo as generateVideo } from "ai";
import { createFilmgateProvider } from "filmgate/ai-sdk";
import { digest } from "./common/generate.mjs";

/** Generates at the URLs of the simulated providers. */
export async function generateWithAiSdk({ runpod, runware }) {
  if (!runpod || !runware)
    throw new Error("Name the simulated providers; no consumer generates for real.");
  const filmgate = createFilmgateProvider({
    runpod: { apiKey: "any", baseURL: runpod },
    runware: { apiKey: "any", baseURL: runware },
  });
  return Promise.all(["runpod", "runware"].map((provider) => generate(filmgate, provider)));
}

async function generate(filmgate, provider) {
  const { video, providerMetadata } = await generateVideo({
    model: filmgate.video("wan-2.6"),
    prompt: "A lighthouse in the rain",
    duration: 5,
    providerOptions: { filmgate: { provider, resolution: "720p" } },
    download,
  });
  const { costUsd, handle, videos } = providerMetadata.filmgate;
  const sha256 = await digest(video.uint8Array);
  return { provider, quotedUsd: handle.quote.max / 1e6, costUsd, url: videos[0].url, sha256 };
}

/** The AI SDK's own download rejects URLs of this machine. */
async function download({ url }) {
  const answer = await fetch(url);
  const data = new Uint8Array(await answer.arrayBuffer());
  return { data, mediaType: answer.headers.get("content-type") };
}
