/** Milliseconds, for what takes one and for what takes a hundred: megabytes. What anyone waits for a CPU does not count. */
export const [patience, longPatience] = [500, 1500];
