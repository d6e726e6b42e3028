import { experimental_generateVideo } from "ai6";
import { ai } from "./ai.mjs";

export const client = ai(experimental_generateVideo);
