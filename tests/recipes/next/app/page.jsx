import { connection } from "next/server";
import { startVideo } from "./actions.js";

/** The form brings the job's id: sent twice, it is one job. */
export default async function Page() {
  await connection(); // an id for each visit, not one for each build
  return (
    <form action={startVideo}>
      <input type="hidden" name="id" value={crypto.randomUUID()} />
      <label>
        Prompt <input name="prompt" required />
      </label>
      <button>Generate</button>
    </form>
  );
}
