// The chunk that holds filmgate: the client, and its module as a file of its own.

import { composePrompt, createFilmgate, initWasm } from "filmgate/slim";
import address from "../../../pkg/dist/filmgate.wasm";
import { compileModule } from "./compile-module.js";

export { composePrompt, createFilmgate, indexedDbStore } from "filmgate/slim";
export { canStream } from "../../../pkg/dist/driver/one-shot-body.js";

export async function compileCore(): Promise<void> {
  initWasm(await compileModule(address));
}

/** A browser compiles what a call needs of the module when it is first called: these spread that over several tasks. */
export const FIRST_CALLS = [
  () => composePrompt({ action: "A video" }),
  () => void createFilmgate().validate(FIRST_REQUEST),
  () => void createFilmgate().quote(FIRST_REQUEST),
];
const FIRST_REQUEST = { model: "p-video", prompt: "A video", duration: 5, resolution: "720p", aspectRatio: "16:9" } as const;
