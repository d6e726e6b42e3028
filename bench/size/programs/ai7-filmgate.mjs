import { experimental_generateVideo as generateVideo } from "ai7";
import { createFilmgateProvider } from "../../../pkg/dist/ai-sdk/index.js";

export const generate = (apiKey, request) => {
  const filmgate = createFilmgateProvider({ runware: { apiKey } });
  return generateVideo({ model: filmgate.video("wan-2.6"), ...request });
};
