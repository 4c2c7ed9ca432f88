import { awaitEvidence, quietly, step } from "@tcpip-workshop/grader/suite";
import { type Gateways, GatewayUnderTest } from "./gateway-under-test.ts";
import { HeldStore } from "./held-store.ts";

/**
 * A gateway on a ledger with 1,000 in café's account, which is killed in the middle of a payment, once at each transaction
 * that it makes; and then a fresh one on the same ledger. How many transactions there are is the answer's to choose.
 */
export async function* deaths(gateways: Gateways): AsyncGenerator<GatewayUnderTest> {
  for (const at of ["before transact", "after transact"] as const) {
    for (let pass = 0; pass < 4; pass++) {
      const store = new HeldStore(at, pass);
      await using gateway = await quietly(() =>
        GatewayUnderTest.open(gateways, { café: 1000 }, { gate: store.gate }),
      );
      const caller = await gateway.connect();
      caller.ask();
      const isThere = (): boolean => store.held > 0 || caller.replies.length > 0;
      await awaitEvidence(isThere, "the payment come to its transaction");
      if (store.held === 0) break;
      step(`kill -9 ${at} number ${pass + 1} of a payment; then a fresh gateway on the same file`);
      await gateway.kill();
      yield await quietly(() => gateway.next());
    }
  }
}
