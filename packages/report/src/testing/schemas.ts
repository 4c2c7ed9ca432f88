import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Ajv, type ValidateFunction } from "ajv";

/** What a schema finds wrong with JSON. */
export function errorsOf(validate: ValidateFunction, json: string): unknown[] {
  return validate(JSON.parse(json)) ? [] : (validate.errors ?? []);
}

/** RFC 3339, section 5.6. */
const formats = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  uuid: true,
  uri: true,
} as const;

/** The published schema of CTRF: github.com/ctrf-io/ctrf. */
export const isCtrf = new Ajv({ formats }).compile(
  JSON.parse(readFileSync(new URL("ctrf.schema.json", import.meta.url), "utf8")) as object,
);

const name = { type: "string", minLength: 1 };
const score = { type: "integer", minimum: 0 };
const toTheSecond = { type: "string", pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$` };

/**
 * What Classroom 50 asks of a result, said again: its own schema is under the GPL. From schemas/result-v1.schema.json and
 * `validate_result` in its runner, github.com/foundation50/classroom50.
 */
export const isClassroom50 = new Ajv2020().compile({
  type: "object",
  additionalProperties: false,
  required: [
    "schema",
    "classroom",
    "assignment",
    "assignment_type",
    "owner",
    "submission",
    "commit",
    "release",
    "review",
    "datetime",
    "score",
    "max-score",
    "tests",
  ],
  properties: {
    schema: { const: "classroom50/result/v1" },
    classroom: name,
    assignment: name,
    assignment_type: { enum: ["individual", "group"] },
    owner: name,
    submission: { type: "string", pattern: "^submit/" },
    commit: name,
    release: name,
    review: name,
    datetime: toTheSecond,
    graded_at: toTheSecond,
    score,
    "max-score": score,
    tests: {
      type: "array",
      items: {
        type: "object",
        required: ["test-name", "passed", "score", "max-score"],
        properties: { "test-name": name, passed: { type: "boolean" }, score, "max-score": score },
      },
    },
  },
});

/** From exercism.org/docs/building/tooling/test-runners/interface, version 3. */
export const isExercism = new Ajv2020().compile({
  type: "object",
  anyOf: [
    {
      additionalProperties: false,
      required: ["version", "status", "message"],
      properties: {
        version: { const: 3 },
        status: { const: "error" },
        message: { type: "string", maxLength: 65_535 },
      },
    },
    {
      additionalProperties: false,
      required: ["version", "status", "tests"],
      properties: {
        version: { const: 3 },
        status: { enum: ["pass", "fail"] },
        message: { type: "null" },
        tests: {
          type: "array",
          items: {
            anyOf: [
              exercismTest("pass", []),
              exercismTest("fail", ["message"]),
              exercismTest("error", ["message"]),
            ],
          },
        },
      },
    },
  ],
});

function exercismTest(status: string, required: string[]) {
  return {
    type: "object",
    additionalProperties: false,
    required: ["name", "status", ...required],
    properties: {
      name: { type: "string" },
      status: { const: status },
      message: { type: "string" },
      output: { type: "string", maxLength: 500 },
      test_code: { type: "string" },
      task_id: { type: "number" },
    },
  };
}

const visibility = { enum: ["hidden", "after_due_date", "after_published", "visible"] };
const format = { enum: ["text", "html", "simple_format", "md", "ansi"] };

/** From gradescope-autograders.readthedocs.io/en/latest/specs: fields and values; a score on top, or on each test. */
export const isGradescope = new Ajv2020().compile({
  type: "object",
  additionalProperties: false,
  required: ["score", "tests"],
  properties: {
    score: { type: "number" },
    execution_time: { type: "number" },
    output: { type: "string" },
    output_format: format,
    test_output_format: format,
    test_name_format: format,
    visibility,
    stdout_visibility: visibility,
    extra_data: { type: "object" },
    tests: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["score"],
        properties: {
          score: { type: "number", minimum: 0 },
          max_score: { type: "number", minimum: 0 },
          status: { enum: ["passed", "failed"] },
          name: { type: "string" },
          name_format: format,
          number: { type: "string" },
          output: { type: "string" },
          output_format: format,
          tags: { type: "array", items: { type: "string" } },
          visibility,
          extra_data: { type: "object" },
        },
      },
    },
    leaderboard: { type: "array" },
  },
});

/** As classroom-resources/autograding-command-grader writes it (src/main.js); the reporter needs at least one test. */
export const isClassroom = new Ajv2020().compile({
  type: "object",
  additionalProperties: false,
  required: ["version", "status", "max_score", "tests"],
  properties: {
    version: { const: 1 },
    status: { enum: ["pass", "fail", "error"] },
    max_score: { type: "number", minimum: 0 },
    tests: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "status", "score", "message", "test_code", "filename", "line_no", "duration"],
        properties: {
          name,
          status: { enum: ["pass", "fail", "error"] },
          score: { type: "number", minimum: 0 },
          message: { type: "string" },
          test_code: { type: "string" },
          filename: { const: "" },
          line_no: { const: 0 },
          duration: score,
        },
      },
    },
  },
});
