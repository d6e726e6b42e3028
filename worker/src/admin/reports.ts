// The ledgers of all accounts, read together.
import { accountsOf, askAccounts } from "../accounts.js";
import type { Env } from "../env.js";
import type { AccountInfo, AccountReport } from "../types.js";

export interface Reported {
  info: AccountInfo;
  report: AccountReport;
}

/** Every account with what it spent and reserved, newest first, and those that cannot be read. */
export async function allReports(env: Env): Promise<{ accounts: Reported[]; unreadable: string[] }> {
  const infos = await accountsOf(env);
  const { found, unreadable } = await askAccounts(env, "account", "report")(infos, () => []);
  return {
    accounts: found.flatMap(({ info, value: report }) => (report ? [{ info, report }] : [])),
    unreadable: [...unreadable, ...infos.filter(({ id, isUnreadable }) => isUnreadable && !unreadable.includes(id)).map(({ id }) => id)],
  };
}
