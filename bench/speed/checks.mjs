// Validating a request: from the caller's object to the list of issues.
import { createFilmgate } from "../../pkg/dist/index.js";
import * as ajv from "../validators/ajv.mjs";
import * as valibot from "../validators/valibot.mjs";
import * as zodMini from "../validators/zod-mini.mjs";
import * as zod from "../validators/zod.mjs";
import { both, ours, varied, wire } from "./requests.mjs";

const client = createFilmgate();
const filmgate = {
  runpod: (request) => errorsOf(varied(request), "runpod"),
  runware: (request) => errorsOf(varied(request), "runware"),
};

/** It validates for all providers at once; the issues of this provider are picked. */
function errorsOf(request, provider) {
  const { issues, listings } = client.validate(request);
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

/** Calls that no other client has. Each is of another request: the same one is answered from memory. */
export const quotes = {
  "`validate`": () => client.validate(varied(both)),
  "`quote`": () => client.quote(varied(both)),
  "`validate` and `quote` of one request": () => {
    const request = varied(both);
    return [client.validate(request), client.quote(request)];
  },
  "`validate` and `quote` of two requests": () => [client.validate(varied(both)), client.quote(varied(both))],
  "`validate` and `quote`, remembered": () => [client.validate(both), client.quote(both)],
  "`quote` of all models": () => client.quote(varied({ ...both, model: undefined })),
  "`quote` of all models, `details`": () => client.quote(varied({ ...both, model: undefined }), { details: true }),
};
