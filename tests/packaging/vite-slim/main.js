import { createFilmgate, provideModule } from "filmgate/slim";
import address from "filmgate/filmgate.wasm?url";
import { filmInPage } from "./common/page.mjs";

provideModule(await WebAssembly.compileStreaming(fetch(address)));
filmInPage(createFilmgate);
