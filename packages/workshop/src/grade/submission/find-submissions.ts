import { realpathSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Exercise } from "@tcpip-workshop/grader/early";
import type { Course } from "../../course/course.ts";
import { UserError } from "../../course/user-error.ts";
import { archiveKind, otherArchive, withoutExtension } from "./archive-kind.ts";
import { readArchive } from "./archive.ts";
import { canvasGroups, type CanvasGroup } from "./canvas.ts";
import { classAround, entriesIn, holdsAnswer, isArchive, isExercise } from "./folder-kind.ts";
import { linkReason, otherReason, readFiles, readFolder } from "./folder.ts";
import { findCommit, readCommit } from "./git.ts";
import { uniqueIds } from "./ids.ts";
import { Intake } from "./intake.ts";
import { Layout } from "./layout.ts";
import { defaultLimits, UnreadableError } from "./limits.ts";
import { shownName } from "./names.ts";
import { looseNotice, systemFiles, twinNotices } from "./notices.ts";
import type { FoundSubmissions, Submission, SubmissionSource } from "./submission.ts";

/** Found, and not yet named. */
interface Candidate {
  /** What its id is made of. */
  name: string;
  source: string;
  kind: SubmissionSource["kind"];
  /** What tells it from others that were named, too. */
  key: string;
  read: (intake: Intake) => Promise<void>;
}

/** What a search stands on. */
interface Search {
  course: Course;
  exercises: Exercise[];
  layout: Layout;
  /** What a person should look at. */
  notices: Set<string>;
}

/**
 * Finds what was handed in, without reading it.
 *
 * An argument that is there on disk is a path, any other a git ref. A folder is one submission where an answer's file or an
 * exercise's folder lies in its place in it (`exercises/04-framing/`, `04-framing/`, or `framing.ts` where one exercise is asked
 * for), or where it is an exercise's own folder (`solutions/04-framing`). Any other folder is one of many: each folder and each
 * archive in it is one learner's, and so are files that are named as Canvas names them. A folder of files with one archive among
 * them, and no answer, as Moodle makes them, is that archive.
 *
 * @param args as they were typed: folders, archives, folders of many of these, or git refs of the course's repository
 * @param exercises those that are asked for
 * @param from what paths are relative to
 * @throws {UserError} when an argument is none of these
 */
export async function findSubmissions(
  args: string[],
  course: Course,
  exercises: Exercise[],
  from = process.cwd(),
  limits = defaultLimits,
): Promise<FoundSubmissions> {
  if (args.length === 0) throw new UserError("Expected a folder, an archive or a git ref to grade, got none");
  const search = {
    course,
    exercises,
    layout: new Layout(exercises, course.labels),
    notices: new Set<string>(),
  };
  const found = new Map<string, Candidate>();
  for (const arg of args)
    for (const candidate of await candidatesAt(arg, resolve(from, arg), search))
      if (!found.has(candidate.key)) found.set(candidate.key, candidate);
  const sorted = [...found.values()].toSorted(
    (a, b) => compare(a.name, b.name) || compare(a.source, b.source),
  );
  const ids = uniqueIds(sorted.map(({ name }) => name));
  const twins = twinNotices(sorted, ids);
  const sources = sorted
    .map(({ name, source, kind, read }, index) => ({
      id: ids[index]?.id ?? "",
      name: shownName(name),
      source: shownName(source),
      kind,
      read: () => readOrExplain(new Intake(course, exercises, limits), read),
    }))
    .toSorted((a, b) => compare(a.id, b.id));
  return { sources, notices: [...search.notices, ...twins] };
}

async function readOrExplain(intake: Intake, read: Candidate["read"]): Promise<Submission> {
  try {
    await read(intake);
    return intake.submission();
  } catch (error) {
    if (error instanceof UnreadableError) return intake.submission(error.message);
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ELOOP" || code === "ENOTDIR") return intake.submission(linkReason);
    const text = error instanceof Error ? error.message : String(error);
    return intake.submission(`It cannot be read: ${code === "" ? shownName(text) : code}`);
  }
}

async function candidatesAt(arg: string, path: string, search: Search): Promise<Candidate[]> {
  const status = arg === "" ? undefined : statusOf(path);
  if (status === undefined) return [await commitAt(arg, search)];
  // Whoever types a link means what is behind it. Within it, none is followed.
  const real = realpathSync(path);
  const name = basename(real);
  if (status.isDirectory()) {
    const notice = classAround(real, arg, search.layout);
    if (notice !== undefined) search.notices.add(notice);
    if (holdsAnswer(real, search.layout)) return [folderAt(real, [], name, arg)];
    if (isExercise(real, name, search.layout, search.exercises))
      return [folderAt(real, [], name, arg, `${name}/`)];
    const many = manyAt(real, arg, search);
    if (many.length > 0) return many;
    throw new UserError(
      `Expected a submission, or a folder of many, got ${shownName(arg)}: it holds no file of ${wantedText(search)}, and no folder or archive. Of files that lie side by side make a folder for each learner`,
    );
  }
  const kind = status.isFile() ? archiveKind(name) : undefined;
  if (kind === undefined)
    throw new UserError(`Expected a folder or an archive (.zip, .tar, .tar.gz, .tgz), got ${shownName(arg)}`);
  return [archiveAt(dirname(real), [name], withoutExtension(name), arg)];
}

async function commitAt(arg: string, { course }: Search): Promise<Candidate> {
  const commit = await findCommit(course.root, arg).catch(() => {
    throw new UserError(
      `Expected a folder or an archive, got ${shownName(arg)}; for a git ref, git must be installed`,
    );
  });
  if (commit === undefined)
    throw new UserError(
      `Expected a folder, an archive or a git ref of the course's repository, got ${shownName(arg)}, which is none`,
    );
  return {
    name: arg,
    source: arg,
    kind: "git",
    key: `git ${arg}`,
    read: (intake) => readCommit(course.root, commit, intake),
  };
}

/** Each child that is a folder or an archive, whatever is in it. A link is one that cannot be read: its learner is not forgotten. */
function manyAt(root: string, arg: string, search: Search): Candidate[] {
  const entries = entriesIn(root);
  const most = defaultLimits.entries;
  if (entries.length > most)
    throw new UserError(
      `Expected a class of at most ${most}, got more files and folders in ${shownName(arg)}`,
    );
  const plain = entries.filter((entry) => entry.isFile() && !isArchive(entry.name)).map(({ name }) => name);
  const sideBySide = canvasGroups(plain, search.layout);
  const grouped = new Set(sideBySide.flatMap(({ files }) => files.map(({ name }) => name)));
  const loose: string[] = [];
  const children = entries.flatMap((entry) => {
    if (grouped.has(entry.name)) return [];
    const source = join(arg, entry.name);
    if (entry.isDirectory()) return [childFolder(root, entry.name, source, search)];
    const known = archiveKind(entry.name) !== undefined;
    if (entry.isFile() && known) return [archiveAt(root, [entry.name], withoutExtension(entry.name), source)];
    if (entry.isSymbolicLink()) return [brokenAt(root, entry.name, source, linkReason)];
    if (isArchive(entry.name))
      return [brokenAt(root, entry.name, source, entry.isFile() ? otherArchiveReason : otherReason)];
    if (!systemFiles.test(entry.name)) loose.push(source);
    return [];
  });
  const many = [...children, ...sideBySide.map((group) => filesAt(root, group, arg))];
  if (many.length > 0 && loose.length > 0) search.notices.add(looseNotice(loose));
  return many;
}

function childFolder(root: string, name: string, source: string, search: Search): Candidate {
  const path = join(root, name);
  const entries = entriesIn(path);
  const archives = entries.filter((entry) => entry.isFile() && isArchive(entry.name));
  const [only] = archives;
  const asFolder = archives.length !== 1 || entries.some((entry) => entry.isDirectory());
  if (only === undefined || asFolder || holdsAnswer(path, search.layout))
    return folderAt(root, [name], name, source);
  if (archiveKind(only.name) === undefined)
    return { ...brokenAt(path, only.name, join(source, only.name), otherArchiveReason), name };
  return archiveAt(root, [name, only.name], name, join(source, only.name));
}

function folderAt(root: string, parts: string[], name: string, source: string, prefix = ""): Candidate {
  const read = (intake: Intake): Promise<void> => readFolder(root, parts, intake, prefix);
  return { name, source, kind: "folder", key: join(root, ...parts), read };
}

function filesAt(root: string, { name, files }: CanvasGroup, arg: string): Candidate {
  const first = files[0]?.name ?? "";
  const read = (intake: Intake): Promise<void> => readFiles(root, files, intake);
  return { name, source: join(arg, first), kind: "folder", key: join(root, first), read };
}

function archiveAt(root: string, parts: string[], name: string, source: string): Candidate {
  const kind = archiveKind(parts.at(-1) ?? "") ?? "zip";
  const read = (intake: Intake): Promise<void> => readArchive(root, parts, intake);
  return { name, source, kind, key: join(root, ...parts), read };
}

function brokenAt(root: string, name: string, source: string, reason: string): Candidate {
  const kind = archiveKind(name) ?? (otherArchive.test(name) ? "tar" : "folder");
  const read = (): Promise<void> => Promise.reject(new UnreadableError(reason));
  return { name: withoutExtension(name), source, kind, key: join(root, name), read };
}

const otherArchiveReason =
  "Expected a folder or an archive (.zip, .tar, .tar.gz, .tgz), got another kind of archive";

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // It may still be a ref.
    return undefined;
  }
}

function wantedText({ exercises: [first, ...rest] }: Search): string {
  return `${first?.label ?? "an exercise"}${rest.length > 0 ? " or another exercise" : ""}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
