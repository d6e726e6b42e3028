import { createFilmgate } from "filmgate";
import { filmInPage } from "../shared/page.mjs";

filmInPage(createFilmgate);
