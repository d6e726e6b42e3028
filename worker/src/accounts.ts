// The accounts of the gateway, for what looks at all of them.
import type { Env } from "./env.js";
import { registryOf } from "./stubs.js";
import type { AccountInfo, KeyInfo, Listed, RegistryPage } from "./types.js";

const PAGE = 100;

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
