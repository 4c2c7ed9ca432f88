import { toMarkdown, toTerminal, type GradeReport } from "@tcpip-workshop/report";
import type { Out } from "../../command.ts";
import { columnsOn } from "../../text/layout.ts";
import { paintFor } from "../../text/paint.ts";
import { appendStepSummary } from "./step-summary.ts";

/** For the person at the terminal, who reads the log, or looks at the summary of a run of GitHub Actions. */
export function showReport(report: GradeReport, out: Out): void {
  const columns = columnsOn(out);
  out.write(toTerminal(report, { paint: paintFor(out), ...(columns !== undefined && { columns }) }));
  appendStepSummary(toMarkdown(report));
}
