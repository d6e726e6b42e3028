export { experimental_generateVideo as generateVideo } from "ai7";
