// JavaScript on purpose: what it imports is in the compile cache, stripped, so that Node's type stripper is loaded for the
// answer alone, and only where the grader has not been there before. argv: the folder with what it has stripped, and the
// answer's file URL; without that, it comes over the wire.
import { serve } from "./serve.ts";
import { useStrippedCode } from "./stripped-code.ts";

useStrippedCode(process.argv[2]);
await serve(process.argv[3]);
