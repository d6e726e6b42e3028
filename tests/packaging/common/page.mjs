// A page's part: the providers' addresses stand in its own, and its films come to stand in `#report`.
import { filmEverywhere } from "./film.mjs";

export async function filmInPage(createFilmgate) {
  const providers = Object.fromEntries(new URLSearchParams(location.search));
  const report = await filmEverywhere(createFilmgate, providers).then(
    (films) => ({ films }),
    (error) => ({ error: `${error.name}: ${error.message}` }),
  );
  document.querySelector("#report").textContent = JSON.stringify(report);
}
