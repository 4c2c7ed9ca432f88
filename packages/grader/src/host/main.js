// JavaScript on purpose: what it imports is in the compile cache, stripped, so that Node's type stripper is loaded for the
// answer alone. argv: the answer's file URL.
import { serve } from "./serve.ts";

await serve(process.argv[2]);
