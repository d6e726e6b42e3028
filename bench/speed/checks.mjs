// Checking a request: a caller's object in, the list of what is wrong with it out.
import { createFilmgate } from "../../pkg/dist/index.js";
import * as ajv from "../validators/ajv.mjs";
import * as valibot from "../validators/valibot.mjs";
import * as zodMini from "../validators/zod-mini.mjs";
import * as zod from "../validators/zod.mjs";
import { both, ours, wire } from "./requests.mjs";

const film = createFilmgate();
const filmgate = {
  runpod: (request) => errorsOf(request, "runpod"),
  runware: (request) => errorsOf(request, "runware"),
};

/** It checks for all providers at once; what is wrong at this one is taken out. */
function errorsOf(request, provider) {
  const { issues, listings } = film.validate(request);
  const own = listings.find((listing) => listing.provider === provider).issues;
  return [...issues, ...own].filter(({ severity }) => severity === "error");
}

function checksOf(validators, { runpod, runware }) {
  return {
    "RunPod, valid": () => validators.runpod(runpod.valid),
    "RunPod, three errors": () => validators.runpod(runpod.wrong),
    "Runware, valid": () => validators.runware(runware.valid),
    "Runware, three errors": () => validators.runware(runware.wrong),
  };
}

/** By client, by request. */
export const checks = {
  filmgate: checksOf(filmgate, ours),
  "`valibot`": checksOf(valibot, wire),
  "`zod/mini`": checksOf(zodMini, wire),
  "`zod`": checksOf(zod, wire),
  "`ajv`, which needs `eval`": checksOf(ajv, wire),
};

/** What no other client has. */
export const quotes = {
  "`quote`, both providers": () => film.quote(both),
  "`check` and `quote`, both providers": () => [film.validate(both), film.quote(both)],
};
