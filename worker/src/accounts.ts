// The accounts of the gateway, for what looks at all of them.
import type { Env } from "./env.js";
import { errorCode } from "./errors.js";
import { log } from "./log.js";
import type { AccountRpc, Answer, JobIndexRpc } from "./rpc.js";
import { registryOf } from "./stubs.js";
import type { AccountInfo, KeyInfo, Listed, RegistryPage } from "./types.js";

/** As many accounts, or keys, are listed by one call. */
export const PAGE = 100;
/** As many are asked by one call: their answers have to fit into 32 MiB. */
export const ASKED_AT_ONCE = 25;

/** All accounts, newest first. */
export async function accountsOf(env: Env): Promise<AccountInfo[]> {
  const accounts: AccountInfo[] = [];
  for await (const page of accountPages(env)) accounts.push(...page);
  return accounts;
}

export const accountPages = (env: Env) => pages<AccountInfo>((page) => registryOf(env).listAccounts(page));

/** Without those that were minted. */
export const keyPages = (env: Env) => pages<KeyInfo>((page) => registryOf(env).listKeys(page));

async function* pages<T extends { id: string }>(
  list: (page: RegistryPage) => Promise<Listed<T>>,
): AsyncGenerator<T[]> {
  for (let after: string | undefined; ; ) {
    const page = await list({ limit: PAGE, after });
    if (!page) return;
    yield page.data;
    if (!page.hasMore) return;
    after = page.data.at(-1)?.id;
  }
}

interface Objects {
  account: AccountRpc;
  jobIndex: JobIndexRpc;
}
type Args<T> = T extends (...args: infer A) => unknown ? A : never;
type Value<T> = T extends (...args: never[]) => Promise<infer V> ? V : never;

/** What accounts answered, in their order, and the ids of those that cannot be read. */
export interface Answers<T> {
  found: { info: AccountInfo; value: T }[];
  unreadable: string[];
}

/** Accounts of which the log says already that they cannot be read. */
const logged = new Set<string>();

/** Asks the object that each account has. One that cannot be read hides no other. */
export const askAccounts =
  <O extends keyof Objects, M extends keyof Objects[O] & string>(env: Env, object: O, method: M) =>
  async (accounts: AccountInfo[], argsOf: (account: AccountInfo) => Args<Objects[O][M]>) => {
    const parts: Promise<Answer[]>[] = [];
    for (let at = 0; at < accounts.length; at += ASKED_AT_ONCE) {
      const questions = accounts.slice(at, at + ASKED_AT_ONCE).map((info) => ({ id: info.id, args: argsOf(info) }));
      // Answers that are too long together count as those of accounts that cannot be read.
      const failed = (error: unknown) => questions.map(() => ({ code: errorCode(error) }));
      parts.push(registryOf(env).ask(object, method, questions).catch(failed));
    }
    const answers = (await Promise.all(parts)).flat();
    const all: Answers<Value<Objects[O][M]>> = { found: [], unreadable: [] };
    for (const [at, info] of accounts.entries()) {
      const answer = answers[at];
      if (answer && "value" in answer) {
        logged.delete(info.id);
        all.found.push({ info, value: answer.value as Value<Objects[O][M]> });
        continue;
      }
      all.unreadable.push(info.id);
      if (!logged.has(info.id)) log("error", { step: "account", account: info.id, ...answer });
      logged.add(info.id);
    }
    return all;
  };

/** The field of a response that says whose data it lacks; none if it is complete. */
export const lacking = (unreadable: string[]) => (unreadable.length > 0 ? { unreadable } : {});
