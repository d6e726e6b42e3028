import { call } from "./core/instance.js";
import { DirectClient } from "./client/direct.js";
import { GatewayClient } from "./gateway/client.js";
import type { Filmgate, FilmgateOptions, PromptParts } from "./types/index.js";

/** Makes a client. Nothing is loaded or sent before its first call. */
export function createFilmgate(options: FilmgateOptions = {}): Filmgate {
  if (!options.gateway) return new DirectClient(options);
  if (!options.runpod && !options.runware) return new GatewayClient(options, options.gateway);
  throw new TypeError("Give either `gateway`, which has the keys itself, or `runpod` and `runware`.");
}

/** Puts the parts of a prompt together as RunPod advises: Action, Ambient Sound, Character Dialogue. */
export function composePrompt(parts: PromptParts): string {
  const { action, ambientSound = "", characterDialogue = "" } = parts;
  return call((core) => core.composePrompt(action, ambientSound, characterDialogue));
}
