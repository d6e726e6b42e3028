import { createFilmgate } from "filmgate";
import { generateInWorker } from "./common/worker.mjs";

export default generateInWorker(createFilmgate);
