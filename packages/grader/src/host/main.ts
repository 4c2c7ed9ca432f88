// What an answer's process runs. argv: the two folders with the code that the grader has stripped, and the answer's file URL;
// without that, it comes over the wire.
import { serve } from "./serve.ts";
import { useStrippedCode } from "./stripped-code.ts";

useStrippedCode(process.argv.slice(2, 4));
await serve(process.argv[4]);
