import type { Audit } from "./audit.ts";
import { accounts, payments, type Storm } from "./storm.ts";
import { faults } from "./weather.ts";

/** What each fault asks of the two programs. */
const answers: Record<keyof typeof faults, string> = {
  "RST on a request, which the gateway never sees": "asked again, with the same key; charged then",
  "reply lost behind the charge, then FIN": "FIN is no reply: asked again; the receipt came from the store",
  "reply lost behind the charge, then RST": "asked again; the receipt came from the store",
  "reply lost behind the charge, then silence": "`replyTimeout`, connection closed, asked again on another",
  "cut in the middle of a frame, by FIN or RST": "half a frame is no message; asked again",
  "requests swallowed, without a word":
    "`replyTimeout` here, `idleTimeout` at the gateway, which never hears a FIN",
  "reply later than anybody waits": "its connection was closed, so it came to nobody",
};

/** The page that the learner keeps: what the proxy, the kernel and the ledger saw, and nothing that an answer says of itself. */
export function report(
  storm: Storm,
  sums: Audit,
  seed: number,
  sockets: { client: number; gateway: number },
): string {
  const { exchanges, proxy, told } = storm;
  const happened = (pattern: RegExp): number => proxy.records.filter(({ what }) => pattern.test(what)).length;
  const again = exchanges.requests.values().filter((count) => count > 1);
  const kinds = Object.entries(faults).map(
    ([name, pattern]) => `| ${name} | ${happened(pattern)} | ${answers[name as keyof typeof faults]} |`,
  );
  const balances = Object.entries(accounts).map(([account, start]) => {
    const charged = storm.ledger.receipts().filter((row) => row.account === account);
    const sum = charged.reduce((all, { amount }) => all + amount, 0);
    return `| ${account} | ${start} | ${charged.length} | ${sum} | ${start - sum} | ${storm.ledger.balance(account)} |`;
  });
  return [
    `Seed ${seed}. ${told.length} of ${payments} payments were told an outcome, in ${(storm.took / 1000).toFixed(1)} s.`,
    "",
    "## What happened, and what answers it",
    "",
    "| fault | times | defence |",
    "| --- | --- | --- |",
    ...kinds,
    `| a deploy: drain, then a fresh process | 1 | what was under way got its reply; the others a FIN |`,
    `| a death: kill -9, then a fresh process | 1 | key and charge were in one transaction, on disk |`,
    `| connection refused meanwhile | ${storm.refused} | back-off with chance in it |`,
    "",
    "## What your defences did",
    "",
    `- **Retries**: ${exchanges.sum} requests for ${told.length} payments; ${[...again].length} payments asked more than once.`,
    `- **The key**: ${exchanges.receipts} receipts were sent for ${sums.receipts} charges. Without it each of the other ${exchanges.receipts - sums.receipts} would have been a second charge.`,
    `- **The pool**: ${storm.connections} connections reached the gateway.`,
    `- **The budget**: ${exchanges.tooLate} requests were sent with no time left; the gateway refused ${exchanges.refusals} as too late.`,
    `- **Telling apart**: ${sums.unknown} callers were told UNKNOWN; ${sums.unknownAndCharged} of those were charged, once.`,
    "",
    "## The ledger",
    "",
    "| account | at first | receipts | their sum | should be left | is left |",
    "| --- | --- | --- | --- | --- | --- |",
    ...balances,
    "",
    `Told a receipt: ${sums.paid}, and not in the ledger: ${sums.missing}. Declined: ${sums.declined}, not charged: ${sums.notCharged}, and charged all the same: ${sums.denied}. Keys charged twice: ${sums.twice}.`,
    "",
    `Sockets left: ${sockets.client} in the client, ${sockets.gateway} in the gateway.`,
    "",
    "## One connection of it",
    "",
    "```text",
    ...excerpt(storm),
    "```",
  ].join("\n");
}

/** The connection that lost the first reply. */
function excerpt({ proxy }: Storm): string[] {
  const lost = proxy.records.find(({ what }) => what.includes("the server has executed"))?.connection;
  return proxy.timeline({ limit: 10_000 }).filter((line) => line.includes(` #${lost} `));
}
