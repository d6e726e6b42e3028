import * as core from "./core/core.js";
import { reporterOf } from "./client/events.js";
import { clientOptions } from "./client/create-options.js";
import { DirectClient } from "./client/direct.js";
import { quoteByDryRun } from "./client/dry-run.js";
import { probe } from "./client/probe.js";
import { GatewayClient } from "./gateway/client.js";
import { GatewayConnection } from "./gateway/connection.js";
import { TEXT, invalidOption, readOptions, required } from "./util/options.js";
import { isUnconnected } from "./util/unconnected.js";
import type { Filmgate, FilmgateOptions, PromptParts } from "./types/index.js";

/**
 * Creates a client. Nothing is loaded or sent before its first call.
 *
 * @throws FilmgateError `invalid_request` if an option is unknown or invalid, or both `gateway` and a provider are given.
 */
export function createFilmgate(given: FilmgateOptions = {}): Filmgate {
  const options = clientOptions(given);
  if (!options.gateway) return new DirectClient(options, { quoteByDryRun, probe });
  if (!options.runpod && !options.runware) {
    const connection = new GatewayConnection(options.gateway, options, isUnconnected);
    return new GatewayClient(options, connection, reporterOf(options));
  }
  const message = "Pass either `gateway` or `runpod` and `runware`, not both. A gateway has its own provider keys.";
  throw invalidOption("gateway", "conflict", message);
}

/**
 * Combines the parts of a prompt as RunPod recommends: Action, Ambient Sound, Character Dialogue.
 *
 * @throws FilmgateError `invalid_request` if a part is not a string.
 */
export function composePrompt(parts: PromptParts): string {
  const spec = { action: required(TEXT), ambientSound: TEXT, characterDialogue: TEXT };
  const { action, ambientSound = "", characterDialogue = "" } = readOptions<PromptParts>(parts, spec);
  return core.composePrompt(action, ambientSound, characterDialogue);
}
