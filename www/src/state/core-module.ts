// The chunk that holds filmgate: the client, and its module as a file of its own.

import { initWasm } from "filmgate/slim";
import address from "../../../pkg/dist/filmgate.wasm";
import { compileModule } from "./compile-module.js";

export { composePrompt, createFilmgate, indexedDbStore } from "filmgate/slim";
export { canStream } from "../../../pkg/dist/driver/one-shot-body.js";

export async function compileCore(): Promise<void> {
  initWasm(await compileModule(address));
}
