import type { SerializedConfig } from "vitest";

/** The options by their names, as many as the runtime needs here: one that Vitest renames or drops does not compile. */
type Told = {
  [K in keyof SerializedConfig]?: SerializedConfig[K] extends object
    ? Partial<SerializedConfig[K]>
    : SerializedConfig[K];
};

/** What Vitest's runtime is told. The suites are files of tests and nothing else, so most of it is off. */
export function vitestConfig(root: string, { isNative }: { isNative: boolean }): SerializedConfig {
  const told: Told = {
    root,
    name: "",
    pool: "in-process",
    isolate: false,
    maxWorkers: 1,
    globals: false,
    injectCjsGlobals: false,
    // An `only` would leave tests out: Vitest refuses it, and the verdict is `error`.
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 1,
    slowTestThreshold: 1000,
    taskTitleValueFormatTruncate: 40,
    watch: false,
    disableConsoleIntercept: true,
    disableColors: true,
    clearMocks: false,
    mockReset: false,
    restoreMocks: false,
    unstubEnvs: false,
    unstubGlobals: false,
    detectAsyncLeaks: false,
    setupFiles: [],
    snapshotSerializers: [],
    tags: [],
    strictTags: false,
    defines: {},
    serializedDefines: "",
    env: {},
    expect: {},
    fakeTimers: {},
    attachmentsDir: root,
    fsModuleCache: false,
    api: { allowExec: false, allowWrite: false },
    deps: { web: {}, optimizer: {}, interopDefault: true, moduleDirectories: ["/node_modules/"] },
    // The runtime brings the environment itself where there is none yet.
    snapshotOptions: { updateSnapshot: "none", expand: false, snapshotFormat: {} },
    sequence: { seed: 0, hooks: "stack", setupFiles: "list" },
    inspector: { enabled: false },
    coverage: {
      reportsDirectory: root,
      provider: undefined,
      enabled: false,
      coverageFilesDirectory: root,
      autoAttachSubprocess: false,
      htmlDir: undefined,
      customProviderModule: undefined,
    },
    benchmark: {
      enabled: false,
      provider: undefined,
      retainSamples: false,
      suppressExportGetterWarnings: false,
      projectName: "",
    },
    experimental: {
      viteModuleRunner: !isNative,
      nodeLoader: false,
      recordDependencies: false,
      traceTimeline: false,
      importDurations: { print: false, limit: 0, failOnDanger: false, thresholds: { warn: 0, danger: 0 } },
    },
  };
  return told as SerializedConfig;
}
