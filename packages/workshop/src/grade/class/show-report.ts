import type { GradeReport } from "@tcpip-workshop/report";
import type { Out } from "../../command.ts";

/** For the person at the terminal, or who reads the log. */
export function showReport(report: GradeReport, out: Out): void {
  for (const { id, points, maxPoints, results } of report.submissions)
    out.write(
      `${id}: ${points} of ${maxPoints}  ${results.map(({ exercise, status }) => `${exercise} ${status}`).join(", ")}\n`,
    );
}
