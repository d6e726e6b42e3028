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
  fetch(input: Request | string, init?: RequestInit): Promise<Response>;
}

export function connect(provider: ProviderId, options: FilmgateOptions): Connection {
  const settings = options[provider] ?? {};
  const key = () => settings.apiKey ?? environment(ENVIRONMENT[provider]);
  return {
    baseURL: settings.baseURL ?? call((core) => core.baseURL(provider)) ?? "",
    get ready() {
      return Boolean(key() || settings.baseURL);
    },
    async headers() {
      const given = key();
      const token = typeof given === "function" ? await given() : given;
      const headers = new Headers(settings.headers);
      headers.set("content-type", "application/json");
      if (token) headers.set("authorization", `Bearer ${token}`);
      return headers;
    },
    fetch: async (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
  };
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
