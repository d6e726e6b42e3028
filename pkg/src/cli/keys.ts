// API keys come from the environment or from a hidden question. An argument that looks like one is refused: arguments
// are visible to every user of the machine, and a shell keeps them in its history.
import { CliError } from "./errors.js";
import type { ProviderId } from "../types/index.js";

export const KEY_VARIABLES: Record<ProviderId, string> = {
  runpod: "RUNPOD_API_KEY",
  runware: "RUNWARE_API_KEY",
};

/** The key of the environment. */
export const environmentKey = (provider: ProviderId): string | undefined => process.env[KEY_VARIABLES[provider]] || undefined;

/** Prefixes of keys: of RunPod, of a gateway, and of common other services. */
const PREFIXED = /(?<![\w-])(rpa_|fgw_|sk-|hf_)[\w-]{12,}/;
/** Runware's keys, and RunPod's older ones: letters and digits only. */
const BARE = /^[A-Za-z0-9]{32,64}$/;
const SECRET_OPTION = /^--?[a-z-]*(key|token|secret|password)(?![a-z])/i;

/** Throws if an argument is a key, or an option for one. The message does not show it. */
export function refuseKeys(args: readonly string[]): void {
  if (args.some(isKeyLike)) {
    throw new CliError(
      "An argument looks like an API key. Other users of this machine can read arguments, and the shell's history keeps " +
        "them.\nSet RUNPOD_API_KEY or RUNWARE_API_KEY, or let filmgate ask for it. Replace a key that was passed as an argument.",
    );
  }
}

function isKeyLike(argument: string): boolean {
  if (SECRET_OPTION.test(argument)) return true;
  if (PREFIXED.test(argument)) return true;
  const keys = Object.values(KEY_VARIABLES).map((name) => process.env[name]?.trim());
  if (keys.some((key) => key && key.length >= 8 && argument.includes(key))) return true;
  // The path and the query of a URL often have hashes.
  const words = argument.includes("://") ? [] : argument.split(/[\s=:,"']+/);
  return words.some((word) => BARE.test(word) && /\d/.test(word) && /[A-Za-z]/.test(word));
}
