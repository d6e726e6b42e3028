import { createFilmgate } from "filmgate";
import { filmInPage } from "./common/page.mjs";

filmInPage(createFilmgate);
