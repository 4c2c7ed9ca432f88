import type { CancellationReason } from "@aws-sdk/client-dynamodb";

/**
 * What an error of DynamoDB's says: `refused`, a condition did not hold; `not done`, for a reason that passes; `unknown`,
 * done or not, nobody can tell; `failed`, not done, and will not be in the next second; `invalid`, never.
 */
export type Outcome =
  | { readonly is: "refused"; readonly index: number }
  | { readonly is: "not done" | "unknown" | "failed" | "invalid" };

/** Source: AWS, DynamoDB API Reference, TransactWriteItems and Common Errors; Developer Guide, Error handling. */
export function outcomeOf(error: unknown): Outcome {
  const { name, CancellationReasons: reasons, $metadata: metadata } = error as DynamoDbError;
  if (name === "TransactionCanceledException") {
    return outcomeOfReasons(reasons ?? []);
  }
  if (name === "ConditionalCheckFailedException") {
    return { is: "refused", index: 0 };
  }
  if (NOT_DONE.has(name) || INVALID.has(name)) {
    return { is: NOT_DONE.has(name) ? "not done" : "invalid" };
  }
  // TransactionInProgressException too: an earlier try with the same token is at work, the next one hears how it ended
  const status = name === "TransactionInProgressException" ? undefined : metadata?.httpStatusCode;
  return { is: status !== undefined && status >= 400 && status < 500 ? "failed" : "unknown" };
}

interface DynamoDbError {
  readonly name: string;
  readonly CancellationReasons?: readonly CancellationReason[];
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** By position: one reason for each entry of the request, `None` for those that were not in the way. */
function outcomeOfReasons(reasons: readonly CancellationReason[]): Outcome {
  // first these: an entry in conflict was not looked at, and its condition may be the first that does not hold
  if (reasons.some(({ Code = "" }) => PASSING.has(Code))) {
    return { is: "not done" };
  }
  const index = reasons.findIndex(({ Code }) => Code === "ConditionalCheckFailed");
  return index < 0 ? { is: "invalid" } : { is: "refused", index };
}

const PASSING = new Set(["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"]);

const NOT_DONE = new Set([
  "TransactionConflictException",
  "ProvisionedThroughputExceededException",
  "ReplicatedWriteConflictException", // of a global table: another Region writes the item just now
  "RequestLimitExceeded",
  "ThrottlingException",
]);

const INVALID = new Set(["ValidationException", "IdempotentParameterMismatchException"]);
