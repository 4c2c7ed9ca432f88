import type { Seed } from "@tcpip-workshop/grader/suite";
import type { Audit } from "./audit.ts";
import type { Judgement } from "./judgement.ts";
import { accounts, payments, type Storm } from "./storm.ts";
import { faults } from "./weather.ts";

/** What each fault asks of the two programs. */
const answers: Record<keyof typeof faults, string> = {
  "RST on a request, which the gateway never sees": "asking again, with the same key",
  "reply lost behind the charge, then FIN": "FIN is no reply; asking again; the key in the store",
  "reply lost behind the charge, then RST": "asking again; the key in the store",
  "reply lost behind the charge, then silence": "`replyTimeout`, and asking again over another connection",
  "cut in the middle of a frame, by FIN or RST": "half a frame is no message; asking again",
  "requests swallowed, without a word":
    "`replyTimeout` here; `idleTimeout` at the gateway, which never hears a FIN",
  "reply later than anybody waits": "closing its connection, so that it comes to nobody",
};

/** The page that the learner keeps: what the proxy, the kernel and the ledger saw, and nothing that an answer says of itself. */
export function report(storm: Storm, sums: Audit, judgements: Judgement[], seed: Seed): string {
  const { exchanges, told } = storm;
  const [asked, again] = [exchanges.requests.length, exchanges.again.size];
  const receipts = exchanges.replies(201).length;
  const repeated = receipts - sums.receipts;
  const balances = Object.entries(accounts).map(([account, start]) => {
    const charged = storm.ledger.receipts().filter((row) => row.account === account);
    const sum = charged.reduce((all, { amount }) => all + amount, 0);
    return `| ${account} | ${start} | ${charged.length} | ${sum} | ${start - sum} | ${storm.ledger.balance(account)} |`;
  });
  return [
    ...outcome(storm, judgements),
    "",
    `Again: \`npx pnpm@12 test exercises/16 --seed ${seed.digits}\`. The n-th connection meets the same fault then. How many connections there are, and what is under way on them, depends on your code and on the machine.`,
    "",
    "## What was judged",
    "",
    "| | rule | here | limit |",
    "| --- | --- | --- | --- |",
    ...judgements.map(
      ({ rule, expected, found, number, limit }) =>
        `| ${found === expected ? "✓" : "✗"} | ${rule} | ${number} | ${limit} |`,
    ),
    "",
    "## What happened",
    "",
    "| fault | times | the payments under way | what answers it |",
    "| --- | --- | --- | --- |",
    ...Object.entries(faults).map(([name, pattern]) => happened(storm, name as keyof typeof faults, pattern)),
    `| a deploy: drain, then a fresh process | ${storm.deploys} | | a reply to what is under way, FIN to the others |`,
    `| a death: kill -9, then a fresh process | ${storm.deaths} | | key and charge in one transaction, on disk |`,
    `| nobody listened behind the proxy: RST | ${storm.refused} | | pauses that grow, with chance in them |`,
    "",
    "## What it took",
    "",
    `- **Retries**: ${asked} requests came to the proxy for ${told.length} payments; ${again} payments were asked more than once.`,
    `- **The key**: the gateway sent ${receipts} receipts for ${sums.receipts} charges.${repeated > 0 ? ` Each of the other ${repeated} answers a request that would have been a second charge.` : ""}`,
    `- **The budget**: the gateway refused ${exchanges.replies(504).length} requests as too late.`,
    "",
    "## What the callers were told",
    "",
    "| told | payments | what the ledger says |",
    "| --- | --- | --- |",
    `| a receipt | ${sums.paid} | not in it: ${sums.missing} |`,
    `| DECLINED | ${sums.declined} | |`,
    `| NOT_CHARGED | ${sums.notCharged} | of these and the declined, charged all the same: ${sums.denied} |`,
    `| UNKNOWN | ${sums.unknown} | ${sums.unknownAndCharged} of these were charged |`,
    `| anything else | ${told.length - sums.paid - sums.declined - sums.notCharged - sums.unknown} | |`,
    `| together | ${told.length} | of ${payments} |`,
    "",
    "## The ledger",
    "",
    "| account | at first | receipts | their sum | should be left | is left |",
    "| --- | --- | --- | --- | --- | --- |",
    ...balances,
    "",
    "## One payment of it, over two connections",
    "",
    "```text",
    ...excerpt(storm),
    "```",
  ].join("\n");
}

/** Whether it has passed; and if not, what it was. */
function outcome({ failure, took, told }: Storm, judgements: Judgement[]): string[] {
  const wrong = judgements.filter(({ expected, found }) => found !== expected);
  const lines = wrong.map(({ rule, number, limit }) => `- ${rule}: ${number}. Limit: ${limit}.`);
  if (failure !== undefined) lines.unshift(`- It ended early: ${failure.message.split("\n")[0]}`);
  const size = `${told.length} of ${payments} payments were told an outcome, in ${(took / 1000).toFixed(1)} s.`;
  return lines.length === 0 ? [`**Passed.** ${size}`] : [`**Failed.** ${size}`, "", ...lines];
}

/** A fault's line: how often, and what became of the payments that met it. */
function happened({ proxy, exchanges, told }: Storm, name: keyof typeof faults, pattern: RegExp): string {
  const hit = new Set(
    proxy.records.filter(({ what }) => pattern.test(what)).map(({ connection }) => connection ?? 0),
  );
  const keys = new Set([...hit].map((connection) => exchanges.lastOf(connection)));
  const payers = told.filter(({ key }) => keys.has(key));
  const ends = Map.groupBy(payers, ({ receipt, code }) => (receipt === undefined ? `${code}` : "a receipt"));
  const again = payers.filter(({ key }) => exchanges.again.has(key)).length;
  const became = [...ends].map(([end, { length }]) => `${length} told ${end}`);
  return `| ${name} | ${hit.size} | ${[`${again} asked again`, ...became].join(", ")} | ${answers[name]} |`;
}

/** A payment whose reply was lost, and came over another connection. */
function excerpt({ proxy, exchanges }: Storm): string[] {
  const lost = proxy.records.filter(({ what }) => what.includes("the server has executed"));
  for (const { connection = 0 } of lost) {
    const key = exchanges.lastOf(connection);
    const messages = exchanges.messages.filter((message) => message.key === key);
    const numbers = new Set(messages.map((message) => message.connection));
    if (numbers.size < 2) continue;
    const story = messages.map(
      ({ connection: over, status }) =>
        `${status === undefined ? "asked" : `answered ${status}`} over #${over}`,
    );
    const lines = proxy.timeline({ limit: 10_000 });
    const theirs = lines.filter((line) => [...numbers].some((number) => line.includes(` #${number} `)));
    return [`${key}: ${story.join(", ")}`, "", ...theirs];
  }
  return ["none in this run"];
}
