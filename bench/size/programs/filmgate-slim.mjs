import { createFilmgate, provideModule } from "../../../pkg/dist/slim.js";

export const film = (module, apiKey, request) => {
  provideModule(module);
  return createFilmgate({ runware: { apiKey } }).generate(request);
};
