export { sampleClass } from "./sample-class.ts";
export { strangeClass } from "./strange-class.ts";
