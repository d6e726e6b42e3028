import { createFilmgate, initWasm } from "filmgate/slim";
import address from "filmgate/filmgate.wasm?url";
import { generateInPage } from "./common/page.mjs";

initWasm(await WebAssembly.compileStreaming(fetch(address)));
generateInPage(createFilmgate);
