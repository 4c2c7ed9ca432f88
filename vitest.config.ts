import { defineConfig } from "vitest/config";

// For the packages' own tests, for `npx vitest run exercises/04`, and for the editor's Vitest extension. The grader
// brings settings of its own.
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    // Not a measure of speed: only so that a test that hangs ends, also on a busy machine.
    testTimeout: 60_000,
  },
});
