import { PaymentHandler } from "../payment-handler.ts";
import type { Reply } from "../reply.ts";
import type { Gate, Store } from "../store.ts";

type Opened = Store & AsyncDisposable;

/** A store that is empty, and others on the same rows with gates of their own. */
export interface Shelf extends AsyncDisposable {
  open(gate?: Gate): Promise<Opened>;
}

export const LEASE = 10_000;
export const DAY = 86_400_000;

/** Alice's account and a clock that stands still, until a test moves it. */
export async function openBank(newShelf: () => Promise<Shelf>, balance: number, gate?: Gate) {
  const shelf = await newShelf();
  const store = await shelf.open();
  await store.transact([{ put: "accounts", row: { id: "alice", balance } }]);
  const opened: Opened[] = [store];
  const clerk = async (gate?: Gate) => {
    const store = await shelf.open(gate);
    opened.push(store);
    const payments = new PaymentHandler({ store, now: () => bank.now, lease: LEASE, retention: DAY });
    const pay = (key: string | undefined, amount: number, account = "alice"): Promise<Reply> =>
      payments.handle({ key, account, amount });
    return { payments, pay };
  };
  const bank = {
    now: 1_800_000_000_000,
    shelf,
    store,
    ...(await clerk(gate)),
    /** Another process, as far as the store can tell. */
    another: clerk,
    balance: async () => (await store.get("accounts", "alice"))?.balance,
    async [Symbol.asyncDispose]() {
      for (const store of opened) {
        await store.close();
      }
      await shelf[Symbol.asyncDispose]();
    },
  };
  return bank;
}
