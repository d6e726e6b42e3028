import { createFilmgate } from "../../../pkg/dist/index.js";

export const film = (apiKey, request) => createFilmgate({ runware: { apiKey } }).generate(request);
