// The ledgers of all accounts, read together.
import { accountPages } from "../accounts.js";
import type { Env } from "../env.js";
import { accountOf } from "../stubs.js";
import type { AccountInfo, AccountReport } from "../types.js";

export interface Reported {
  info: AccountInfo;
  report: AccountReport;
}

/** Every account with what it spent and reserved, newest first. */
export async function allReports(env: Env): Promise<Reported[]> {
  const reported: Reported[] = [];
  for await (const accounts of accountPages(env)) {
    const reports = await Promise.all(accounts.map(({ id }) => accountOf(env, id).report()));
    accounts.forEach((info, at) => {
      const report = reports[at];
      if (report) reported.push({ info, report });
    });
  }
  return reported;
}
