import { registerHooks } from "node:module";

/** The mark of a suite that is loaded again, and of the files beside it that it imports: they may keep state, too. */
const mark = /\?again=\d+$/;
const loaded = new Map<string, number>();
let isRegistered = false;

/**
 * Lets the runtime import a suite more than once: it asks for `suite.ts%3Fvitest=<time>`. The first time the file gets its
 * plain URL, under which Node has its stripped code in the compile cache; later ones get a query of their own.
 */
export function loadSuitesFresh(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const [, plain] = /^(.*)%3Fvitest=\d+$/.exec(specifier) ?? [];
      if (plain === undefined) {
        const again = specifier.startsWith("./") && mark.exec(context.parentURL ?? "");
        const next = nextResolve(specifier, context);
        return again ? { ...next, url: next.url + again[0] } : next;
      }
      const resolved = nextResolve(plain, context);
      const times = loaded.get(resolved.url) ?? 0;
      loaded.set(resolved.url, times + 1);
      return times === 0 ? resolved : { ...resolved, url: `${resolved.url}?again=${times}` };
    },
  });
}
