export { run } from "./workshop.ts";
