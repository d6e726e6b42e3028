import { call } from "./core.js";
import type { FilmgateOptions, ProviderId } from "./types.js";

const ENVIRONMENT: Record<ProviderId, string> = {
  runpod: "RUNPOD_API_KEY",
  runware: "RUNWARE_API_KEY",
};

/** How one provider is reached. The only place that holds a key. */
export interface Connection {
  readonly baseURL: string;
  /** Whether requests can be sent: there is a key, or the base address is a gateway that adds one. */
  readonly ready: boolean;
  headers(): Promise<Headers>;
  fetch(request: Request): Promise<Response>;
}

export function connect(provider: ProviderId, options: FilmgateOptions): Connection {
  const settings = options[provider] ?? {};
  const key = () => settings.apiKey || environment(ENVIRONMENT[provider]);
  return {
    baseURL: settings.baseURL ?? call((core) => core.baseURL(provider)) ?? "",
    get ready() {
      return Boolean(key() || settings.baseURL);
    },
    async headers() {
      const given = key();
      const token = typeof given === "function" ? await given() : given;
      if (!token && !settings.baseURL) throw new Error(`There is no key for ${provider}.`);
      return headers(provider, token, settings.headers);
    },
    fetch: async (request) => (options.fetch ?? globalThis.fetch)(request),
  };
}

function headers(provider: ProviderId, token: unknown, more: Record<string, string> = {}): Headers {
  try {
    const headers = new Headers(more);
    headers.set("content-type", "application/json");
    if (token) headers.set("authorization", `Bearer ${token}`);
    return headers;
  } catch {
    // The platform's own error quotes the header, and with it the key.
    throw new TypeError(
      `The key for ${provider}, or a header, holds a character that HTTP cannot send.`,
    );
  }
}

/** Runtimes without an environment have none to read, and Deno may refuse it. */
function environment(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return process?.env?.[name] || undefined;
  } catch {
    return undefined;
  }
}
