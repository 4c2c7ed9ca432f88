/** What an archive is by its name, or nothing. */
export function archiveKind(name: string): "tar" | "zip" | undefined {
  if (/\.zip$/i.test(name)) return "zip";
  return /\.(?:tar|tar\.gz|tgz)$/i.test(name) ? "tar" : undefined;
}

/** Archives that are not read. */
export const otherArchive = /\.(?:rar|7z|t?xz|tar\.xz|tbz2?|tar\.bz2|tar\.zst|tzst|gz|bz2)$/i;

/** The name without what makes it an archive's: `alice`. */
export function withoutExtension(name: string): string {
  return name.replace(/\.(?:zip|tar|tar\.\w+|tgz)$/i, "").replace(otherArchive, "");
}
