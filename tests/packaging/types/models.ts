// Compiled, never run: a literal request is checked against its model; a request that is known only at run time is not.
import { createFilmgate } from "filmgate";
import type { ModelId, RequestOf, VideoRequest } from "filmgate";

const client = createFilmgate();
const prompt = "A lighthouse";
const image = "https://example.com/lighthouse.png";

// What the model allows
void client.submit({ model: "wan-2.6", prompt, duration: 5, resolution: "720p", seed: 3 });
void client.start({ model: "wan-2.6", prompt, duration: 15, size: "1920x1080" }, { maxCostUsd: 3 });
void client.generate({ model: "wan-2.2", prompt, image, duration: 5 });
void client.submit({ model: "gen-4.5", prompt, duration: 8, resolution: "720p" });

// @ts-expect-error a duration that the model does not have
void client.submit({ model: "wan-2.6", prompt, duration: 7 });
// @ts-expect-error no duration
void client.submit({ model: "wan-2.6", prompt });
// @ts-expect-error a resolution that the model does not have
void client.submit({ model: "wan-2.6", prompt, duration: 5, resolution: "480p" });
// @ts-expect-error no image, which all listings require
void client.start({ model: "wan-2.2", prompt, duration: 5 });
// @ts-expect-error an unknown field beside right ones
void client.generate({ model: "wan-2.6", prompt, duration: 5, promt: prompt });
// @ts-expect-error a duration of another model
export const wrong: RequestOf<"wan-2.6"> = { prompt, duration: 8 };

// What no type can know
void client.submit({ model: "dream-9", prompt, duration: 7, resolution: "333p" });
void client.submit({ model: "runware:vendor:1@1", input: { duration: 7 } });
void client.submit({ model: "runpod:my-endpoint", input: {} });
declare const id: string;
declare const known: ModelId;
declare const one: "wan-2.6" | "wan-2.2";
void client.submit({ model: id, prompt, duration: 7 });
void client.submit({ model: known, prompt, duration: 7 });
void client.submit({ model: one, prompt, duration: 7 });
const request: VideoRequest = { model: "wan-2.6", prompt, duration: 7 };
void client.submit(request);
void client.start({ ...request, seed: 3 });
const widened = { model: "wan-2.6", prompt, duration: 7 };
void client.generate(widened);
// A form validates and prices what may still be wrong.
client.validate({ model: "wan-2.6", duration: 7 });
client.quote({ model: "wan-2.6", duration: 7 });
