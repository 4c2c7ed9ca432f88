import { shownName } from "./names.ts";
import type { Id } from "./ids.ts";

/** What systems put beside the files of people. */
export const systemFiles = /^(?:thumbs\.db|desktop\.ini)$/i;

/** So many names at the most in a sentence. */
const mostNamed = 10;

/** Files in a folder of many that belong to no learner: perhaps somebody handed one in. */
export function looseNotice(paths: string[]): string {
  const named = paths.slice(0, mostNamed).map((path) => shownName(path));
  const more = paths.length - named.length;
  const [are, put] =
    paths.length === 1
      ? [
          "1 file beside the learners' folders is nobody's, and was not graded",
          "Put it into a folder with the",
        ]
      : [
          `${paths.length} files beside the learners' folders are nobody's, and were not graded`,
          "Put each into a folder with its",
        ];
  return `${are}: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ${put} learner's name`;
}

/** Of one who handed in twice there should be one mark. */
export function twinNotices(found: { source: string }[], ids: Id[]): string[] {
  const sources = new Map(ids.map(({ id }, index) => [id, shownName(found[index]?.source ?? "")]));
  return ids.flatMap(({ id, twin }) =>
    twin === undefined
      ? []
      : [
          `${id} (${sources.get(id)}) has the name of ${twin} (${sources.get(twin)}), or one that looks alike: if this is one learner, keep one of the two`,
        ],
  );
}

/** One answer that lies in the class's folder makes one submission of it. */
export function classAroundNotice(path: string, file: string, folders: number, archives: number): string {
  const beside = [
    folders > 0 ? [`${folders} ${folders === 1 ? "folder" : "folders"} with an answer`] : [],
    archives > 0 ? [`${archives} ${archives === 1 ? "archive" : "archives"}`] : [],
  ].flat();
  const [where, name] = [shownName(path), shownName(file)];
  return `${where} was taken for one learner's, for ${name} lies in it. There are ${beside.join(" and ")} beside it: if these are learners', take ${name} out`;
}
