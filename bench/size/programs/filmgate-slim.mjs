import { createFilmgate, initWasm } from "../../../pkg/dist/slim.js";

export const film = (module, apiKey, request) => {
  initWasm(module);
  return createFilmgate({ runware: { apiKey } }).generate(request);
};
