import module from "filmgate/filmgate.wasm";
import { createFilmgate, initWasm } from "filmgate/slim";
import { generateInWorker } from "./common/worker.mjs";

initWasm(module);
export default generateInWorker(createFilmgate);
