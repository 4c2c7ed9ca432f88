export { fingerprint, type Json } from "./fingerprint.ts";
export { Idempotency, type IdempotencyOptions, type IdempotentRequest, type Plan } from "./idempotency.ts";
export { parseIdempotencyKey } from "./idempotency-key.ts";
export { PaymentHandler, type PaymentRequest } from "./payment-handler.ts";
export type { Reply, StoredReply } from "./reply.ts";
export type {
  AccountRow,
  Add,
  Condition,
  Gate,
  GatePoint,
  KeyRow,
  Put,
  ReceiptRow,
  Remove,
  Store,
  TableName,
  Tables,
  TransactResult,
  Write,
} from "./store.ts";
