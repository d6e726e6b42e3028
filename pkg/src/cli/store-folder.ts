import envPaths from "env-paths";
import { resolve } from "node:path";

/** The folder of the jobs: `--store`, `FILMGATE_STORE`, or the user's folder for data by the custom of the platform. */
export function storeFolder(given: string | undefined): string {
  const chosen = given ?? process.env["FILMGATE_STORE"];
  return chosen ? resolve(chosen) : `${envPaths("filmgate", { suffix: "" }).data}/jobs`;
}

/** Simulated providers and their jobs have a folder of their own in the folder of the jobs. */
export const simulatedFolder = (folder: string): string => `${folder}/simulated`;
