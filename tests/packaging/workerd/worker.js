import { createFilmgate } from "filmgate";
import { filmInWorker } from "./shared/worker.mjs";

export default filmInWorker(createFilmgate);
