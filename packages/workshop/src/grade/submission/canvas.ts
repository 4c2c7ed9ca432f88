import type { Layout } from "./layout.ts";

/** One learner's files among those of others. */
export interface CanvasGroup {
  name: string;
  /** As they lie there, by the path in a folder of the learner's own. */
  files: { path: string; name: string }[];
}

/** `doejane_LATE_1234_56789_framing-1.ts`: the learner, whether late, numbers of the learner and of the file, the file; `-1` is Canvas's, of a second try. */
const form = /^(?<learner>[^_]+)(?:_LATE)?_(?<user>\d+)_\d+_(?<file>.+)$/;

/**
 * What Canvas's "Download submissions" has side by side, learner by learner, where one of their files is an answer's. All others are
 * not in it.
 *
 * @param names of files in one folder
 */
export function canvasGroups(names: string[], layout: Layout): CanvasGroup[] {
  const found = names.flatMap((name) => {
    const { learner = "", user = "", file = "" } = form.exec(name)?.groups ?? {};
    return file === "" ? [] : [{ name, learner, user, path: ownName(file, layout) }];
  });
  return [...Map.groupBy(found, ({ user }) => user).values()]
    .filter((group) => group.some(({ path }) => layout.find(path) !== undefined))
    .map((group) => ({
      name: group[0]?.learner ?? "",
      files: group.map(({ path, name }) => ({ path, name })),
    }));
}

function ownName(file: string, layout: Layout): string {
  const first = file.replace(/-\d+(?=\.\w+$)/, "");
  return layout.find(file) === undefined && layout.find(first) !== undefined ? first : file;
}
