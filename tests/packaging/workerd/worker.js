import { createFilmgate } from "filmgate";
import { filmInWorker } from "./common/worker.mjs";

export default filmInWorker(createFilmgate);
