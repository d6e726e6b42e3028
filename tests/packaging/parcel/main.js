import { createFilmgate } from "filmgate";
import { generateInPage } from "./common/page.mjs";

generateInPage(createFilmgate);
