import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";
import { digest, filmWith } from "./common/film.mjs";

const simulator = createSimulator({ jobDurationMs: 300 });
const films = await filmWith(createFilmgate(simulator.options));
for (const film of films) {
  const video = await simulator.fetch(film.url);
  film.served = await digest(await video.arrayBuffer());
}
console.log(JSON.stringify({ films, ledger: simulator.ledger() }));
simulator.close();
