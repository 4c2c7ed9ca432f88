import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Command } from "../command.ts";
import { commands } from "../commands.ts";
import {
  documents,
  fields,
  gradeCalls,
  list,
  read,
  shellOf,
  templateNames as files,
  templates,
} from "../testing/ci-templates.ts";

// docs/ci/ is what instructors copy. What is unsafe or wrong there, is so in a hundred repositories.

const workflows = files.filter((name) => name.startsWith("github-"));
const manifests = files.filter((name) => name.startsWith("kubernetes-"));
const yamlFiles = files.filter((name) => name.endsWith(".yml") || name.endsWith(".yaml"));

const exactVersion = /^\d+\.\d+\.\d+$/u;
/** A whole version, or a digest. */
const pinnedImage = /(:\d+\.\d+\.\d+[a-z0-9.-]*|@sha256:[0-9a-f]{64})$/u;
const anyText: unknown = expect.any(String);

const grade = await commands["grade"]?.();
const noGrade = grade === undefined ? " (skipped: there is no command grade)" : "";
const bash = spawnSync("bash", ["--version"]).status === 0;
const noBash = bash ? "" : " (skipped: bash is not there)";

test("there is a template for each of the four ways", () => {
  expect(files).toEqual([
    "Dockerfile",
    "github-classroom.yml",
    "github-matrix.yml",
    "gitlab-ci.yml",
    "kubernetes-indexed-job.yaml",
    "kubernetes-merge-job.yaml",
  ]);
});

test.each(yamlFiles)("%s is YAML, and says nothing twice", (name) => {
  for (const document of parseAllDocuments(read(name), { uniqueKeys: true })) {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
  }
});

describe.each(workflows)("%s", (name) => {
  const workflow = documents(name)[0];
  const jobs = Object.entries(fields(fields(workflow)["jobs"]));
  const steps = jobs.flatMap(([, job]) => list(fields(job)["steps"]).map(fields));

  test("starts from no permission at all, and no job may do more than read", () => {
    expect(fields(workflow)["permissions"]).toEqual({});
    for (const [, job] of jobs) expect([{}, { contents: "read" }]).toContainEqual(fields(job)["permissions"]);
  });

  test("is not started by a stranger's pull request, and knows no secret", () => {
    const started = Object.keys(fields(fields(workflow)["on"]));
    expect(started.length).toBeGreaterThan(0);
    expect(["push", "workflow_dispatch"]).toEqual(expect.arrayContaining(started));
    expect(read(name)).not.toMatch(/secrets\s*[.[]|github\.token|pull_request_target|id-token/u);
  });

  test("names each action by a commit, with its version beside it", () => {
    const uses = [...read(name).matchAll(/uses:\s*(.*)$/gmu)].map(([, what]) => what ?? "");
    expect(uses.length).toBeGreaterThan(0);
    for (const one of uses) expect(one).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
    expect(steps.filter((step) => "uses" in step)).toHaveLength(uses.length);
  });

  test("leaves no credentials behind a checkout, and keeps no cache that a submission could fill", () => {
    const checkouts = steps.filter((step) => String(step["uses"]).startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) expect(fields(step["with"])["persist-credentials"]).toBe(false);
    const setups = steps.filter((step) => String(step["uses"]).startsWith("actions/setup-node@"));
    for (const step of setups) {
      expect(fields(step["with"])["package-manager-cache"]).toBe(false);
      expect(String(fields(step["with"])["node-version"])).toMatch(exactVersion);
    }
    expect(read(name)).not.toContain("actions/cache");
  });

  test("puts no expression into a shell", () => {
    for (const script of shellOf(name)) expect(script).not.toContain("${{");
  });

  test("ends: each job has a time-out and a named image, and two runs do not meet", () => {
    expect(fields(workflow)["concurrency"]).toBeDefined();
    for (const [, job] of jobs) {
      expect(fields(job)["timeout-minutes"]).toBeTypeOf("number");
      expect(fields(job)["runs-on"]).toBe("ubuntu-24.04");
    }
  });
});

describe("gitlab-ci.yml", () => {
  const ci = fields(documents("gitlab-ci.yml")[0]);

  test("pins its image, and ends each job", () => {
    expect(fields(ci["default"])["image"]).toMatch(pinnedImage);
    for (const job of [ci["grade"], ci["class-report"]].map(fields)) {
      expect(job["timeout"]).toMatch(/^\d+[hm]$/u);
      expect(job["image"]).toBeUndefined();
    }
  });

  test("runs when somebody asks for it, never for a push", () => {
    const rules = list(fields(ci["workflow"])["rules"]).map((rule) => fields(rule)["if"]);
    expect(rules).toEqual(['$CI_PIPELINE_SOURCE == "web"', '$CI_PIPELINE_SOURCE == "schedule"']);
  });

  test("shares the class out, and hands JUnit's report on", () => {
    expect(fields(ci["grade"])["parallel"]).toBeTypeOf("number");
    expect(fields(fields(fields(ci["class-report"])["artifacts"])["reports"])["junit"]).toBe(
      "class-report/junit.xml",
    );
  });
});

describe.each(manifests)("%s", (name) => {
  const job = documents(name)
    .map(fields)
    .find(({ kind }) => kind === "Job");
  const pod = fields(fields(fields(job?.["spec"])["template"])["spec"]);
  const containers = list(pod["containers"]).map(fields);

  test("gives its pods no token, no root, no capability and no file system to write", () => {
    expect(pod["automountServiceAccountToken"]).toBe(false);
    expect(pod["enableServiceLinks"]).toBe(false);
    expect(fields(pod["securityContext"])["runAsNonRoot"]).toBe(true);
    expect(containers).toHaveLength(1);
    for (const { securityContext } of containers)
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    expect(read(name)).not.toMatch(/privileged:|hostPath|hostNetwork|hostPID|secretKeyRef|add:/u);
  });

  test("pins its image, limits what it takes, and ends", () => {
    expect(fields(job?.["spec"])["activeDeadlineSeconds"]).toBeTypeOf("number");
    expect(pod["restartPolicy"]).toBe("Never");
    for (const { image, resources } of containers) {
      expect(image).toMatch(pinnedImage);
      expect(resources).toMatchObject({ limits: { cpu: anyText, memory: anyText } });
    }
  });
});

test("the indexed job has as many shards as completions, counts them from 1, and reaches no network", () => {
  const [job, policy] = documents("kubernetes-indexed-job.yaml").map(fields);
  const spec = fields(job?.["spec"]);
  const template = fields(spec["template"]);
  const [container] = list(fields(template["spec"])["containers"]).map(fields);
  expect(spec["completionMode"]).toBe("Indexed");
  expect(container?.["env"]).toContainEqual({ name: "SHARDS", value: String(spec["completions"]) });
  expect(String(list(container?.["args"])[0])).toContain("shard=$((JOB_COMPLETION_INDEX + 1))");
  expect(policy).toMatchObject({ kind: "NetworkPolicy", spec: { policyTypes: ["Ingress", "Egress"] } });
  expect(fields(fields(policy?.["spec"])["podSelector"])["matchLabels"]).toEqual(
    fields(template["metadata"])["labels"],
  );
});

test("the image is pinned, installs what the lockfile says, and runs as nobody in particular", () => {
  const dockerfile = read("Dockerfile");
  expect(/^FROM (.*)$/mu.exec(dockerfile)?.[1]).toMatch(pinnedImage);
  expect(dockerfile).toMatch(/^RUN pnpm install --frozen-lockfile$/mu);
  expect(dockerfile.lastIndexOf("\nUSER ")).toBe(dockerfile.indexOf("\nUSER node\n"));
});

test("all of them take the pnpm of package.json", () => {
  const manager = JSON.parse(readFileSync(join(templates, "../../package.json"), "utf8")) as unknown;
  const wanted = String(fields(manager)["packageManager"]);
  expect(wanted).toMatch(/^pnpm@\d+\.\d+\.\d+$/u);
  for (const name of files)
    for (const [found] of read(name).matchAll(/pnpm@[0-9.]+/gu))
      expect(`${name}: ${found}`).toBe(`${name}: ${wanted}`);
});

test.skipIf(!bash)(`every line for a shell is one to bash${noBash}`, () => {
  const scripts = files.flatMap((name) => shellOf(name).map((script) => ({ name, script })));
  expect(scripts.length).toBeGreaterThan(10);
  for (const { name, script } of scripts) {
    const { stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8", timeout: 10_000 });
    expect(`${name}: ${stderr}`).toBe(`${name}: `);
  }
});

test.skipIf(grade === undefined)(`every option that they give to grade is one${noGrade}`, () => {
  const calls = files.flatMap((name) => shellOf(name).flatMap(gradeCalls));
  expect(calls.length).toBeGreaterThanOrEqual(7);
  const known = Object.keys((grade as Command).options);
  for (const call of calls) {
    expect(call).toContain("--out");
    for (const [, option] of call.matchAll(/\s--([a-z-]+)/gu)) expect(known).toContain(option);
  }
});

test("whatever grades strangers insists on the seal", () => {
  const calls = files
    .flatMap((name) => shellOf(name).flatMap(gradeCalls))
    .filter((call) => !call.startsWith("grade merge"));
  expect(calls.length).toBeGreaterThanOrEqual(4);
  for (const call of calls) expect(call).toContain("--require-seal");
});

test("the guide names every one of them", () => {
  const guide = join(templates, "../instructors.md");
  expect(existsSync(guide)).toBe(true);
  const text = readFileSync(guide, "utf8");
  for (const name of files) expect(text).toContain(`](ci/${name})`);
});
