/** 2³¹ − 1 ms, almost 25 days: a longer timer fires at once in Node (setTimeout). */
export const MAX_TIMER_MS = 2_147_483_647;
