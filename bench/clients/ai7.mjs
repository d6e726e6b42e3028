import { experimental_generateVideo } from "ai7";
import { ai } from "./ai.mjs";

export const client = ai(experimental_generateVideo);
