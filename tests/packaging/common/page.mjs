// A page's part: its URL has what to do, and `#report` gets the result.
import { generateEverywhere } from "./generate.mjs";
import { submitToEach } from "./submit-once.mjs";

export async function generateInPage(createFilmgate) {
  const { breaking, ...providers } = Object.fromEntries(new URLSearchParams(location.search));
  const work = breaking
    ? submitToEach(createFilmgate, JSON.parse(breaking))
    : generateEverywhere(createFilmgate, providers).then((videos) => ({ videos }));
  const report = await work.catch((error) => ({ error: `${error.name}: ${error.message}` }));
  document.querySelector("#report").textContent = JSON.stringify(report);
}
