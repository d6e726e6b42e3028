// The package without its gateway client, which a gateway does not need: `alias` in wrangler.jsonc replaces it by this.
import type { Filmgate, FilmgateOptions } from "../../pkg/dist/types/index.js";
import { DirectClient } from "../../pkg/dist/client/direct.js";
import { setModule } from "../../pkg/dist/core/core.js";
import module from "../../pkg/dist/filmgate.wasm";

export { FilmgateError } from "../../pkg/dist/error.js";
export { memoryStore } from "../../pkg/dist/store/memory.js";

setModule(() => module);

export const createFilmgate = (options: FilmgateOptions = {}): Filmgate => new DirectClient(options);
