import { createFilmgate } from "../../../pkg/dist/index.js";
import { createSimulator } from "../../../pkg/dist/testing/index.js";

export const generate = (request) => createFilmgate(createSimulator().options).generate(request);
