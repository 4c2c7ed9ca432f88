/** Colours a text, or does not. */
export type Paint = (style: "green" | "red" | "yellow" | "bold" | "dim", text: string) => string;

export const colours = { pass: "green", fail: "red", error: "yellow", absent: "dim" } as const;
