export { type Backoff, backoffDelays, type Jitter } from "./backoff.ts";
export { Deadline, deadlineIn } from "./deadline.ts";
export { decodeTimeout, encodeTimeout } from "./grpc-timeout.ts";
export { type BudgetOptions, type Hop, planBudget, type PlannedHop } from "./plan-budget.ts";
export { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
export { type Timers } from "./timers.ts";
