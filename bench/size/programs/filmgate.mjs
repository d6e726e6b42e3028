import { createFilmgate } from "../../../pkg/dist/index.js";

export const generate = (apiKey, request) => createFilmgate({ runware: { apiKey } }).generate(request);
