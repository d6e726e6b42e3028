import { createFilmgateProvider } from "../../../pkg/dist/ai-sdk/index.js";

export const model = (apiKey) => createFilmgateProvider({ runware: { apiKey } }).video("wan-2.6");
