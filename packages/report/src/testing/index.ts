export { sampleClass } from "./sample-class.ts";
export { troubledClass } from "./troubled-class.ts";
export { strangeClass } from "./strange-class.ts";
