import module from "filmgate/filmgate.wasm";
import { createFilmgate, initWasm } from "filmgate/slim";
import { filmInWorker } from "./common/worker.mjs";

initWasm(module);
export default filmInWorker(createFilmgate);
