import { defineConfig } from "vitest/config";

// For `npx vitest run exercises/04` and the editor's Vitest extension. The grader brings its own settings.
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
  },
});
