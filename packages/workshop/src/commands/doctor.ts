import type { Command } from "../command.ts";
import { diagnose } from "../doctor/diagnosis.ts";
import { diagnosisText } from "../doctor/diagnosis-text.ts";
import { paintFor } from "../text/paint.ts";

export const doctor: Command = {
  usage: "doctor [--json]",
  summary: "Tell what this machine has of what the course uses, what a lack costs, and how to get it",
  options: {
    json: {
      type: "boolean",
      default: false,
      description: "as data, see packages/workshop/src/doctor/diagnosis.ts",
    },
  },
  async run({ values, course }, out) {
    const diagnosis = await diagnose(course.root);
    out.write(
      values["json"] === true
        ? `${JSON.stringify(diagnosis, null, 2)}\n`
        : diagnosisText(diagnosis, paintFor(out)),
    );
    return diagnosis.works ? 0 : 1;
  },
};
