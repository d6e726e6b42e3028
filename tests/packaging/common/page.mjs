// A page's part: its URL has the providers' URLs, and `#report` gets the videos.
import { generateEverywhere } from "./generate.mjs";

export async function generateInPage(createFilmgate) {
  const providers = Object.fromEntries(new URLSearchParams(location.search));
  const report = await generateEverywhere(createFilmgate, providers).then(
    (videos) => ({ videos }),
    (error) => ({ error: `${error.name}: ${error.message}` }),
  );
  document.querySelector("#report").textContent = JSON.stringify(report);
}
