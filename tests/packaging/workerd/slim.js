import module from "filmgate/filmgate.wasm";
import { createFilmgate, provideModule } from "filmgate/slim";
import { filmInWorker } from "./common/worker.mjs";

provideModule(module);
export default filmInWorker(createFilmgate);
