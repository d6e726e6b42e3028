// The clients of a command: of the real providers, and of simulated ones. Both have their jobs in the same folder.
import { readFile } from "node:fs/promises";
import { CliError } from "./errors.js";
import { KEY_VARIABLES, environmentKey } from "./keys.js";
import { PROVIDERS } from "./provider-ids.js";
import { simulatedOptions } from "./simulated.js";
import { simulatedFolder, storeFolder } from "./store-folder.js";
import { SecretMask } from "../util/mask-secrets.js";
import type { Context, StoreOptions } from "./command.js";
import type { Filmgate, FilmgateOptions, ProviderId, ProviderSettings, StoredJob } from "../types/index.js";

/** Base URLs of the providers for all commands, such as those that `filmgate serve --simulate` prints. */
const URL_VARIABLES: Record<ProviderId, string> = { runpod: "RUNPOD_BASE_URL", runware: "RUNWARE_BASE_URL" };

/** Read once. The first call of a client compiles them. */
let moduleBytes: Promise<Uint8Array> | undefined;

/** A stored job, and whether its providers are simulated. */
export interface FoundJob {
  job: StoredJob;
  simulated: boolean;
}

export class Session {
  readonly folder: string;
  readonly #context: Context;
  /** Keys that a person has typed. They are in no file. */
  readonly #typed = new Map<ProviderId, string>();
  readonly #clients = new Map<boolean, Promise<Filmgate>>();

  constructor(context: Context, { store }: StoreOptions) {
    this.#context = context;
    this.folder = storeFolder(store);
    context.terminal.mask = this.#mask();
  }

  /** The providers that have a key, or a proxy that may add one. */
  get ready(): ProviderId[] {
    return PROVIDERS.filter((provider) => this.#key(provider) ?? process.env[URL_VARIABLES[provider]]);
  }

  /** A client. It loads the module at its first call. */
  client({ simulated = false, ...more }: { simulated?: boolean } & Pick<FilmgateOptions, "upload"> = {}): Promise<Filmgate> {
    const known = this.#clients.get(simulated);
    if (known) return known;
    const opened = this.#open(simulated, more);
    this.#clients.set(simulated, opened);
    return opened;
  }

  /** Uses a key that a person has typed. */
  useKey(provider: ProviderId, key: string): void {
    this.#typed.set(provider, key);
    this.#clients.delete(false);
    this.#context.terminal.mask = this.#mask();
  }

  /** All jobs of the folder, newest first. */
  async jobs(filter: { pending?: boolean; simulated?: boolean } = {}): Promise<FoundJob[]> {
    const { pending = false, simulated: only = false } = filter;
    const found: FoundJob[] = [];
    for (const simulated of only ? [true] : [false, true]) {
      const client = await this.client({ simulated });
      for (const job of await client.jobs({ pending })) found.push({ job, simulated });
    }
    return found.sort((a, b) => b.job.handle.createdAt - a.job.handle.createdAt);
  }

  /** The job whose id starts with the text. */
  async find(id: string): Promise<FoundJob> {
    const wanted = id.toLowerCase();
    if (!/^[0-9a-f][0-9a-f-]{3,35}$/.test(wanted)) {
      throw new CliError(`\`${id}\` is not an id of a job. Pass at least its first four characters: \`filmgate jobs\` lists them.`);
    }
    const found = (await this.jobs()).filter(({ job }) => job.handle.id.startsWith(wanted));
    if (found.length > 1) throw new CliError(`${found.length} jobs start with \`${id}\`. Pass more characters of the id.`);
    if (found[0]) return found[0];
    throw new CliError(`There is no job \`${id}\` in ${this.folder}. \`filmgate jobs\` lists the jobs.`);
  }

  async #open(simulated: boolean, more: Pick<FilmgateOptions, "upload">): Promise<Filmgate> {
    const [{ createFilmgate, initWasm }, { folderStore }] = await Promise.all([
      import("../slim.js"),
      import("../node/index.js"),
    ]);
    initWasm(await (moduleBytes ??= readFile(new URL("../filmgate.wasm", import.meta.url))));
    if (!simulated) {
      const [runpod, runware] = PROVIDERS.map((provider) => this.#settings(provider)) as [ProviderSettings, ProviderSettings];
      return createFilmgate({ ...more, store: folderStore(this.folder), runpod, runware });
    }
    const folder = simulatedFolder(this.folder);
    return createFilmgate({ ...more, ...simulatedOptions(folder), store: folderStore(folder) });
  }

  #settings(provider: ProviderId): ProviderSettings {
    const apiKey = this.#key(provider);
    const baseURL = process.env[URL_VARIABLES[provider]];
    return { ...(apiKey && { apiKey }), ...(baseURL && { baseURL }) };
  }

  #key(provider: ProviderId): string | undefined {
    return this.#typed.get(provider) ?? environmentKey(provider);
  }

  /** The client masks keys, too. This is for errors that do not come from it. */
  #mask(): SecretMask {
    const mask = new SecretMask();
    for (const name of Object.values(KEY_VARIABLES)) mask.add(process.env[name]);
    for (const key of this.#typed.values()) mask.add(key);
    return mask;
  }
}
