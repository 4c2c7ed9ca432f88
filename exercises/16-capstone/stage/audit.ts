import { accounts, isPatient, isStrange, type Storm, type Told } from "./storm.ts";

/** What the ledger has to say of what the callers were told. Each list is empty, or something is wrong. */
export function audit({ ledger, told }: Storm) {
  const receipts = ledger.receipts();
  const byKey = Map.groupBy(receipts, ({ key }) => key);
  const toldByKey = new Map(told.map((each) => [each.key, each]));
  const isPaid = ({ key, account, amount, receipt }: Told): boolean =>
    byKey.get(key)?.some((row) => row.id === receipt && row.account === account && row.amount === amount) ??
    false;
  const of = (code: string): Told[] => told.filter((each) => each.code === code);
  return {
    receipts: receipts.length,
    twice: keys([...byKey].filter(([, rows]) => rows.length > 1).map(([key]) => key)),
    unasked: keys(receipts.map(({ key }) => key).filter((key) => !toldByKey.has(key))),
    missing: keys(told.filter((each) => each.receipt !== undefined && !isPaid(each)).map(({ key }) => key)),
    denied: keys(
      [...of("NOT_CHARGED"), ...of("DECLINED")].map(({ key }) => key).filter((key) => byKey.has(key)),
    ),
    /** Told what is neither a receipt nor one of the three codes that a payment may end with. */
    strange: [...new Set(told.filter(isStrange).map(({ code }) => code))].join(", ") || "none",
    /** Told "unknown" or "not charged", with twenty seconds to do better. */
    impatient: keys(
      told
        .filter(({ key, code }) => isPatient(key) && (code === "UNKNOWN" || code === "NOT_CHARGED"))
        .map(({ key }) => key),
    ),
    /** Those told "unknown", and what the ledger knows. */
    unknown: of("UNKNOWN").length,
    unknownAndCharged: of("UNKNOWN").filter(({ key }) => byKey.has(key)).length,
    declined: of("DECLINED").length,
    notCharged: of("NOT_CHARGED").length,
    paid: told.filter(({ receipt }) => receipt !== undefined).length,
    /** By how many cents the balances differ from what the receipts say. */
    astray: Object.entries(accounts)
      .map(([account, start]) => {
        const charged = receipts
          .filter((row) => row.account === account)
          .reduce((sum, { amount }) => sum + amount, 0);
        return `${account} ${start - charged - ledger.balance(account)}`;
      })
      .filter((line) => !line.endsWith(" 0")),
  };
}

export type Audit = ReturnType<typeof audit>;

/** What must not be in the books, rule by rule: "none", or how much of it there is. */
export function findings(sums: Audit): [rule: string, found: string][] {
  const { strange, twice, missing, denied, unasked, astray, impatient } = sums;
  return [
    ["Here a caller is told a receipt, DECLINED, NOT_CHARGED or UNKNOWN, and nothing else", strange],
    ["Nobody pays twice: one receipt for a key", twice],
    ["Who was told a receipt has it in the ledger, with his account and amount", missing],
    ["Who was told DECLINED or NOT_CHARGED has not paid", denied],
    ["Nothing is charged that nobody asked for", unasked],
    ["Each balance is what it was at first, less the receipts", astray.join(", ") || "none"],
    [
      "With 20 seconds and 12 attempts, and pauses between them, nobody is told UNKNOWN or NOT_CHARGED",
      impatient,
    ],
  ];
}

/** Which ones differs from run to run; whether there are any does not. */
function keys(found: string[]): string {
  return found.length === 0 ? "none" : `≈${found.length} of them`;
}
