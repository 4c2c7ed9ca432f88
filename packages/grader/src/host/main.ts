// What an answer's process runs. argv: the two folders with the code that the grader has stripped, and the answer's file URL;
// without that, it comes over the wire.
import { serve } from "./serve.ts";
import { useStrippedCode } from "./stripped-code.ts";

useStrippedCode(process.argv.slice(2, 4));
// What is printed before a reply is there before it: else lines of one test come in the next. Not in the types: libuv's uv_stream_set_blocking(3).
for (const { _handle } of [process.stdout, process.stderr] as {
  _handle?: { setBlocking?: (is: boolean) => void };
}[])
  _handle?.setBlocking?.(true);
await serve(process.argv[4]);
