// A page's part: the providers' addresses stand in its own, and its videos come to stand in `#report`.
import { generateEverywhere } from "./generate.mjs";

export async function generateInPage(createFilmgate) {
  const providers = Object.fromEntries(new URLSearchParams(location.search));
  const report = await generateEverywhere(createFilmgate, providers).then(
    (videos) => ({ videos }),
    (error) => ({ error: `${error.name}: ${error.message}` }),
  );
  document.querySelector("#report").textContent = JSON.stringify(report);
}
