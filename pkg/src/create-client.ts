import * as core from "./core/core.js";
import { DirectClient } from "./client/direct.js";
import { GatewayClient } from "./gateway/client.js";
import type { Filmgate, FilmgateOptions, PromptParts } from "./types/index.js";

/**
 * Creates a client. Nothing is loaded or sent before its first call.
 *
 * @throws TypeError if the options have both `gateway` and a provider.
 */
export function createFilmgate(options: FilmgateOptions = {}): Filmgate {
  if (!options.gateway) return new DirectClient(options);
  if (!options.runpod && !options.runware) return new GatewayClient(options, options.gateway);
  throw new TypeError("Pass either `gateway` or `runpod` and `runware`, not both. A gateway has its own provider keys.");
}

/**
 * Combines the parts of a prompt as RunPod recommends: Action, Ambient Sound, Character Dialogue.
 *
 * @throws {TypeError} if a part is not a string.
 */
export function composePrompt(parts: PromptParts): string {
  const { action, ambientSound = "", characterDialogue = "" } = parts;
  const given = { action, ambientSound, characterDialogue };
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== "string") throw new TypeError(`\`${name}\` must be a string.`);
  }
  return core.composePrompt(action, ambientSound, characterDialogue);
}
