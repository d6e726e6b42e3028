import { createFilmgate, initWasm } from "../../../pkg/dist/slim.js";

export const generate = (module, apiKey, request) => {
  initWasm(module);
  return createFilmgate({ runware: { apiKey } }).generate(request);
};
