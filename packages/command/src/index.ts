export {
  printLine,
  runAsProcess,
  runCommand,
  signalsOf,
  verb,
  type Command,
  type ExitCode,
  type Verb,
  type World,
} from "./command.ts";
export { wholeNumber, type Setting, type Settings } from "./settings.ts";
