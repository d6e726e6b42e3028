export { Videos } from "openai/resources/videos";
