import { execFileSync, spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { evaluateStack } from "../cli/evaluate";
import { deployedKinds } from "../cli/up/permissions";
import { pins } from "../components/helm/pins";
import { scripts } from "../package.json";
import { describeWith } from "./helpers/prerequisites";
import { writeProgram } from "./helpers/programs";
import { missingRules, rbacManifests, verbsOf } from "./helpers/rbac";

let folder: string;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "ci-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test(".ci/charts downloads each pinned chart once", () => {
    const helm = path.join(folder, "helm");
    // A fake helm that supports only: helm pull NAME --repo REPO --version VERSION --destination FOLDER.
    fs.writeFileSync(helm, '#!/bin/sh\necho "$2 $4" > "$8/$2-$6.tgz"\n', { mode: 0o755 });
    const mirror = path.join(folder, "mirror");
    const download = (path: string) =>
        execFileSync(".ci/charts", [mirror], { env: { ...process.env, PATH: `${path}:${process.env["PATH"]}` } });
    download(folder);
    const remote = Object.values(pins).flatMap((pin) => ("repository" in pin ? [pin] : []));
    expect(Object.fromEntries(fs.readdirSync(mirror).map((file) => [file, read(path.join(mirror, file))]))).toEqual(
        Object.fromEntries(
            remote.map(({ name, version, repository }) => [`${name}-${version}.tgz`, `${name} ${repository}\n`]),
        ),
    );
    fs.writeFileSync(helm, "#!/bin/sh\nexit 1\n");
    download(folder);
});

interface Step {
    name?: string;
    if?: string;
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
}

interface Job {
    environment?: string;
    needs?: string;
    permissions?: Record<string, string>;
    concurrency?: unknown;
    env?: Record<string, string>;
    steps: Step[];
}

interface Workflow {
    name: string;
    on: Record<string, unknown>;
    permissions: object;
    concurrency?: unknown;
    defaults: object;
    jobs: Record<string, Job>;
}

const workflowFolder = ".github/workflows";
const files = fs.readdirSync(workflowFolder);
const workflows = new Map(
    files.map((file) => [path.parse(file).name, load(read(path.join(workflowFolder, file))) as Workflow]),
);
const workflow = (name: string) => workflows.get(name) as Workflow;

/** All steps with the name of their workflow and job. */
const allSteps = [...workflows].flatMap(([name, { jobs }]) =>
    Object.entries(jobs).flatMap(([job, { steps }]) =>
        steps.map((step, index) => ({ name: `${name}, ${job}, ${step.name ?? index}`, step })),
    ),
);
const commands = allSteps.flatMap(({ name, step: { run } }) => (run === undefined ? [] : [{ name, run }]));

describe("every workflow", () => {
    test("pins each action by the hash of a commit, with its version in a comment", () => {
        const uses = files.flatMap((file) => read(path.join(workflowFolder, file)).match(/uses: .*/g) ?? []);
        expect(uses.length).toBeGreaterThan(10);
        expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
        const versions = new Map(uses.map((line) => [line.replace(/^uses: ([^/]+\/[^/@]+).*@/, "$1@"), line]));
        const actions = [...versions.keys()].map((pin) => pin.split("@")[0]);
        // One version of each action.
        expect(actions).toEqual([...new Set(actions)]);
    });

    test("has only the permission to read, and gives write permissions only to jobs that run no code of the repository", () => {
        for (const [name, { permissions, jobs }] of workflows) {
            expect([name, permissions]).toEqual([name, { contents: "read" }]);
            for (const { permissions: own, steps } of Object.values(jobs)) {
                if (own !== undefined) {
                    const actions = steps.flatMap(({ uses }) => uses?.split("@")[0] ?? []);
                    expect(actions).toEqual(["actions/download-artifact"]);
                    expect(steps.map(({ run = "" }) => run).join("\n")).not.toMatch(/npm |npx |node |\.ci\//);
                }
            }
        }
        expect(workflow("pull-request").jobs["comment"]?.permissions).toEqual({ "pull-requests": "write" });
        expect(workflow("drift").jobs["issue"]?.permissions).toEqual({ issues: "write" });
    });

    test("keeps the token out of the clone", () => {
        const checkouts = allSteps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
        const kept = checkouts.filter(({ step }) => step.with?.["persist-credentials"] !== false);
        expect(kept.map(({ name }) => name)).toEqual([]);
    });

    test("passes values to scripts only as environment variables", () => {
        expect(commands.filter(({ run }) => run.includes("${{")).map(({ name }) => name)).toEqual([]);
        // An expression in an env variable of a job could contain the title of a pull request. These contain only what the repository controls.
        const expressions = allSteps.flatMap(({ step }) => Object.values({ ...step.env, ...step.with }).map(String));
        const contexts = expressions.flatMap((text) => text.match(/github\.(event|head_ref)[\w.]*/g) ?? []);
        expect(contexts).toEqual([]);
    });

    test("runs no script from the network", () => {
        expect(commands.filter(({ run }) => /curl|wget|\|\s*(ba|da)?sh\b/.test(run)).map(({ name }) => name)).toEqual(
            [],
        );
    });

    test("runs only scripts that exist", () => {
        const npm = commands.flatMap(({ run }) =>
            [...run.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name ?? ""),
        );
        expect(npm.filter((name) => !(name in scripts))).toEqual([]);
        expect(npm).toEqual(expect.arrayContaining(["plan", "summary", "pulumi-cli", "up", "verify", "down"]));
        const own = commands.flatMap(({ run }) => run.match(/\.ci\/[\w-]+/g) ?? []);
        expect(own.length).toBeGreaterThan(3);
        expect(own.filter((file) => (fs.statSync(file).mode & 0o111) === 0)).toEqual([]);
    });

    test("uses a shell that ends after the first error, also in a pipeline", () => {
        expect([...workflows.values()].map(({ defaults }) => defaults)).toEqual(
            files.map(() => ({ run: { shell: "bash" } })),
        );
    });

    test("does not run twice at the same time for the same target", () => {
        for (const [name, { concurrency, jobs }] of workflows) {
            const own = Object.values(jobs).filter((job) => job.concurrency !== undefined);
            expect([name, concurrency !== undefined || own.length === Object.keys(jobs).length]).toEqual([name, true]);
        }
    });

    test.each(commands)("has valid scripts: $name", ({ run }) => {
        expect(spawnSync("bash", ["-n"], { input: run, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    });
});

describeWith({ programs: ["shellcheck"] }, "shellcheck", () => {
    test("finds nothing in the scripts of the workflows and of .ci", () => {
        const scripts = fs.readdirSync(".ci").map((file) => path.join(".ci", file));
        const shell = scripts.filter((file) => read(file).startsWith("#!/usr/bin/env bash"));
        commands.forEach(({ run }, index) => {
            const file = path.join(folder, `${index}.sh`);
            fs.writeFileSync(file, `#!/usr/bin/env bash\nset -eo pipefail\n${run}`);
            shell.push(file);
        });
        expect(shell.length).toBeGreaterThan(20);
        const { stdout, stderr } = spawnSync("shellcheck", ["--severity=warning", ...shell], { encoding: "utf8" });
        expect(stdout + stderr).toBe("");
    });
});

describeWith({ programs: ["actionlint"] }, "actionlint", () => {
    test("finds nothing in the workflows", () => {
        const { status, stdout, stderr } = spawnSync("actionlint", ["-shellcheck="], { encoding: "utf8" });
        expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
    });
});

/** The steps that may have access to secrets, with the names of their secrets. */
test("only the steps that need a cluster have secrets", () => {
    const found = allSteps.flatMap(({ name, step }) => {
        const names = JSON.stringify(step).match(/secrets(\.\w+|\[[^\]]+\])/g) ?? [];
        return names.length > 0 ? [[name, [...new Set(names)].sort()]] : [];
    });
    const pulumi = ["secrets.PULUMI_ACCESS_TOKEN", "secrets.PULUMI_CONFIG_PASSPHRASE"];
    const ofStack = "secrets[format('KUBECONFIG_{0}', matrix.stack)]";
    expect(Object.fromEntries(found)).toEqual({
        "pull-request, effect, Preview": [...pulumi, ofStack],
        "drift, preview, Preview": [...pulumi, ofStack],
        "deploy, dev, Deploy": ["secrets.KUBECONFIG", ...pulumi],
        "deploy, dev, Verify": ["secrets.KUBECONFIG"],
        "deploy, prod, Deploy": ["secrets.KUBECONFIG", ...pulumi],
        "deploy, prod, Verify": ["secrets.KUBECONFIG"],
    });
    // In the environment of a job, only whether a secret exists.
    const jobs = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs));
    const variables = jobs.flatMap(({ env }) => Object.values(env ?? {})).filter((value) => value.includes("secrets"));
    expect(variables).toEqual([expect.stringMatching(/^\${{ \(.* != '' \|\| .* != ''\) && .* != '' }}$/)]);
});

test("prod gets the commit that was deployed to dev and verified, after the approval of its environment", () => {
    const { on, jobs } = workflow("deploy");
    expect(on).toEqual({ push: { branches: ["main"] } });
    expect(Object.keys(jobs)).toEqual(["dev", "prod"]);
    const [dev, prod] = Object.values(jobs) as [Job, Job];
    expect([dev.environment, prod.environment, prod.needs]).toEqual(["dev", "prod", "dev"]);
    expect(prod.steps).toEqual(dev.steps);
    expect(dev.steps[0]?.with?.["ref"]).toBe("${{ github.sha }}");
    const names = dev.steps.map(({ name }) => name);
    expect(names.indexOf("Verify")).toBe(names.indexOf("Deploy") + 1);
});

/** The programs that a script may use besides those that the test replaces. */
const tools = [
    "base64",
    "bash",
    "cat",
    "dirname",
    "env",
    "grep",
    "head",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
    "sh",
    "stat",
    "tee",
    "touch",
];

/** Runs a script as a runner does, in the folder of the test. Programs that the test does not replace do not exist. */
function runScript(script: string, env: Record<string, string>, programs: Record<string, string>) {
    const bin = path.join(folder, "bin");
    for (const tool of tools) {
        const found = spawnSync("which", [tool], { encoding: "utf8" }).stdout.trim();
        if (!fs.existsSync(path.join(bin, tool))) {
            fs.mkdirSync(bin, { recursive: true });
            fs.symlinkSync(found, path.join(bin, tool));
        }
    }
    for (const [program, content] of Object.entries(programs)) {
        writeProgram(path.join(bin, program), content);
    }
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
        cwd: folder,
        encoding: "utf8",
        env: {
            PATH: bin,
            HOME: folder,
            GITHUB_STEP_SUMMARY: path.join(folder, "step-summary.md"),
            GITHUB_PATH: path.join(folder, "path.txt"),
            RUNNER_TEMP: path.join(folder, "temp"),
            ...env,
        },
    });
    return { status, stdout, stderr };
}

function script(name: string, job: string, step: string | number): string {
    const steps = workflow(name).jobs[job]?.steps ?? [];
    const found = typeof step === "number" ? steps[step] : steps.find((candidate) => candidate.name === step);
    return found?.run ?? "";
}

const put = (name: string, content: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
};
const got = (name: string) => read(path.join(folder, name));
const log = (name: string) => (fs.existsSync(path.join(folder, name)) ? got(name).trimEnd().split("\n") : []);

describe("the comment on a pull request", () => {
    const env = { COMMENTS: "repos/o/r/issues/7/comments", GITHUB_REPOSITORY: "o/r" };
    const publish = (existing: string) =>
        runScript(script("pull-request", "comment", 1), env, {
            // Prints the comment of this marker when the comments are listed.
            gh: `echo "$@" >> gh.log; case "$*" in *--paginate*) [ "$MARKER" = "<!-- effect on prod -->" ] && echo "${existing}" || true;; esac; cat body.md > last-body.md`,
        });

    test("is created once for each stack, and replaced later", () => {
        put("comments/comment-dev/comment.md", "dev\n");
        put("comments/comment-prod/comment.md", "prod\n");
        expect(publish("41\n42")).toMatchObject({ status: 0, stderr: "" });
        expect(log("gh.log").filter((line) => line.includes("--method"))).toEqual([
            "api --method POST repos/o/r/issues/7/comments --field body=@body.md",
            "api --method PATCH repos/o/r/issues/comments/41 --field body=@body.md",
        ]);
        expect(got("last-body.md")).toBe("<!-- effect on prod -->\nprod\n");
    });

    test("is missing if no stack has one", () => {
        expect(publish("")).toMatchObject({ status: 0 });
        expect(log("gh.log")).toEqual([]);
    });
});

describe("the summary of a pull request", () => {
    const summarize = (programs: Record<string, string>) => {
        fs.mkdirSync(path.join(folder, "temp"), { recursive: true });
        return runScript(
            script("pull-request", "effect", "Summary"),
            { STACK: "prod", RUN: "https://run.example" },
            {
                git: 'case "$1" in cat-file) exit 0;; show) echo "config: {}";; esac',
                ...programs,
            },
        );
    };
    const npm = 'echo "$@" >> npm.log; echo "## Stack prod"';

    test("compares the stack files of both branches, and the whole text is in the summary of the run", () => {
        put("Pulumi.prod.yaml", "config: {}\n");
        expect(summarize({ npm })).toMatchObject({ status: 0, stderr: "" });
        const temp = path.join(folder, "temp");
        const args = `run --silent summary -- ${temp}/effect.json --complete [the summary of the run](https://run.example) --base ${temp}/base.yaml`;
        expect(log("npm.log")).toEqual([args, `${args} --max-length 250000`]);
        expect([got("comment.md"), got("step-summary.md")]).toEqual(["## Stack prod\n", "## Stack prod\n"]);
    });

    test("compares plans if there is no preview", () => {
        put("temp/base.json", "{}");
        expect(summarize({ npm })).toMatchObject({ status: 0 });
        expect(log("npm.log")[0]).toMatch(/ --against \S+\/temp\/base\.json$/);
    });

    test("contains the error if the effect is unknown, and the job fails", () => {
        const { status } = summarize({ npm: "echo 'error: effect.json is empty' >&2; exit 1" });
        expect(status).toBe(1);
        const expected =
            "## Stack prod: the effect is unknown\n\n~~~\nerror: effect.json is empty\n\n~~~\n\nSee [the log of the run](https://run.example).\n";
        expect([got("comment.md"), got("step-summary.md")]).toEqual([expected, expected]);
    });
});

describe("the preview of a pull request", () => {
    const preview = (pulumi: string) => {
        fs.mkdirSync(path.join(folder, "temp"), { recursive: true });
        fs.mkdirSync(path.join(folder, ".ci"), { recursive: true });
        fs.writeFileSync(path.join(folder, ".ci/with-credentials"), '#!/bin/sh\n"$@"\n', { mode: 0o755 });
        return runScript(script("pull-request", "effect", "Preview"), { STACK: "prod" }, { pulumi });
    };
    const options =
        "preview --stack prod --non-interactive --policy-pack policy --config-path --config observability:charts.mirror=charts-mirror";

    test("runs the policy pack", () => {
        expect(preview('echo "$@" >> pulumi.log; echo "{}"')).toMatchObject({ status: 0, stderr: "" });
        expect(log("pulumi.log")).toEqual([`${options} --json --show-sames`]);
        expect(got("temp/effect.json")).toBe("{}\n");
    });

    test("prints the violations if it fails, and fails", () => {
        const pulumi = 'case "$*" in *--json*) exit 255;; *) echo "[mandatory] non-root"; exit 255;; esac';
        const { status, stdout } = preview(pulumi);
        expect(status).not.toBe(0);
        expect(stdout).toBe("[mandatory] non-root\n");
    });
});

describe("the policies of a pull request", () => {
    const policies = (npm: string, env: Record<string, string> = {}) => {
        fs.mkdirSync(path.join(folder, "temp"), { recursive: true });
        return runScript(script("pull-request", "effect", "Policies"), { STACK: "prod", ...env }, { npm });
    };

    test("are those of the rendered objects, and of the steps if there is a preview", () => {
        const npm = 'echo "$@" >> npm.log; echo "Stack prod: 79 objects"';
        expect(policies(npm)).toMatchObject({ status: 0, stdout: "Stack prod: 79 objects\n" });
        fs.mkdirSync(path.join(folder, "charts-mirror"));
        put("temp/effect.json", "{}");
        expect(policies(npm, { PREVIEW: "true" })).toMatchObject({ status: 0 });
        expect(log("npm.log")).toEqual([
            "run --silent policy -- prod --stack prod",
            `run --silent policy -- prod --stack prod --mirror charts-mirror --preview ${folder}/temp/effect.json`,
        ]);
    });

    test("fail the job, and are in the summary of the run", () => {
        expect(policies('echo "Stack prod: 1 violation"; exit 1')).toMatchObject({ status: 1 });
        expect(got("step-summary.md")).toBe("## Stack prod: policies\n\n~~~\nStack prod: 1 violation\n~~~\n");
    });
});

describe("the plans of a pull request", () => {
    const plans = (git: string) => {
        fs.mkdirSync(path.join(folder, "temp/base"), { recursive: true });
        return runScript(
            script("pull-request", "effect", "Plans of both branches"),
            { STACK: "prod" },
            {
                git,
                npm: 'echo "{}"; echo "$PWD: $*" >> "$RUNNER_TEMP/npm.log"',
            },
        );
    };

    test("are those of both branches", () => {
        expect(plans("exit 0")).toMatchObject({ status: 0, stderr: "" });
        expect(log("temp/npm.log").map((line) => line.replace(folder, ""))).toEqual([
            ": run --silent plan -- prod --json",
            "/temp/base: ci",
            "/temp/base: run --silent plan -- prod --json",
        ]);
        expect(got("temp/base.json")).toBe("{}\n");
    });

    test("lack that of the base branch if the stack is new", () => {
        expect(plans('[ "$1" != cat-file ]')).toMatchObject({ status: 0 });
        expect(fs.existsSync(path.join(folder, "temp/base.json"))).toBe(false);
    });

    test("fail if the base branch cannot be installed", () => {
        const failing = 'case "$*" in ci) exit 1;; esac';
        fs.mkdirSync(path.join(folder, "temp/base"), { recursive: true });
        const run = script("pull-request", "effect", "Plans of both branches");
        expect(runScript(run, { STACK: "prod" }, { git: "exit 0", npm: failing })).toMatchObject({ status: 1 });
    });
});

describe("drift detection", () => {
    const detect = (status: number, npm: string) => {
        fs.mkdirSync(path.join(folder, "temp"), { recursive: true });
        fs.cpSync(".ci", path.join(folder, ".ci"), { recursive: true });
        return runScript(
            script("drift", "preview", "Preview"),
            { STACK: "prod", KUBECONFIG_CONTENT: "k" },
            {
                pulumi: `echo "$@" >> pulumi.log; echo "{}"; exit ${status}`,
                npm,
            },
        );
    };

    test("has an empty result if nothing differs", () => {
        expect(detect(0, "echo '## Stack prod: no changes'")).toMatchObject({ status: 0 });
        expect(log("pulumi.log")).toEqual([
            "preview --stack prod --refresh --expect-no-changes --non-interactive --json --show-sames",
        ]);
        expect([got("result/summary.md"), got("step-summary.md")]).toEqual(["", "## Stack prod: no changes\n"]);
    });

    test("has the summary as its result if something differs", () => {
        expect(detect(255, "echo '## Stack prod: 1 updated'")).toMatchObject({ status: 0 });
        expect(got("result/summary.md")).toBe("## Stack prod: 1 updated\n");
    });

    test("fails if the preview fails", () => {
        expect(detect(255, "echo 'error: the preview failed' >&2; exit 1")).toMatchObject({
            status: 1,
            stderr: "error: the preview failed\n",
        });
    });

    const report = (issue: string, complete = "true") =>
        runScript(
            script("drift", "issue", 1),
            { RUN: "https://run.example", COMPLETE: complete },
            {
                gh: `echo "$@" >> gh.log; case "$1 $2" in "issue list") echo "${issue}";; esac`,
            },
        );
    const changes = () => log("gh.log").filter((line) => !line.startsWith("issue list"));

    test("opens one issue for all stacks", () => {
        put("drift/drift-dev/summary.md", "## Stack dev: 1 updated\n");
        put("drift/drift-prod/summary.md", "## Stack prod: 1 deleted\n");
        expect(report("")).toMatchObject({ status: 0, stderr: "" });
        expect(changes()).toEqual([
            "label create drift --force --color D93F0B --description The cluster differs from the stack",
            "issue create --title The clusters differ from the stacks --label drift --body-file body.md",
        ]);
        expect(got("body.md")).toBe(
            "## Stack dev: 1 updated\n## Stack prod: 1 deleted\n\nThis is what Pulumi would change. Deploy the stack again, or change the program to match the cluster. Source: [run](https://run.example).\n",
        );
    });

    test("updates the open issue", () => {
        put("drift/drift-prod/summary.md", "## Stack prod: 1 deleted\n");
        report("12");
        expect(changes()).toEqual(["issue edit 12 --body-file body.md"]);
    });

    test("closes the open issue if nothing differs", () => {
        put("drift/drift-prod/summary.md", "");
        report("12");
        expect(changes()).toEqual([
            "issue close 12 --comment All stacks match their clusters again. Source: [run](https://run.example).",
        ]);
    });

    test("leaves the issue open if a stack could not be compared, and opens none if nothing differs", () => {
        report("12", "false");
        report("");
        expect(changes()).toEqual([]);
    });
});

describe(".ci/with-credentials", () => {
    const run = (env: Record<string, string>, command: string) => runScript(`.ci/with-credentials ${command}`, env, {});
    beforeEach(() => fs.cpSync(".ci", path.join(folder, ".ci"), { recursive: true }));

    const file = () => path.join(folder, ".kube", "config");

    test("gives the command the default kubeconfig, which only this user can read, and deletes it", () => {
        const command = `bash -c 'cat ~/.kube/config; stat --format %a ~/.kube/config; echo "\${KUBECONFIG_CONTENT-unset} \${KUBECONFIG-unset}"; exit 3'`;
        expect(run({ KUBECONFIG_CONTENT: "a: 1", KUBECONFIG: "other" }, command)).toEqual({
            status: 3,
            stdout: "a: 1\n600\nunset unset\n",
            stderr: "",
        });
        expect(fs.existsSync(file())).toBe(false);
    });

    test("keeps an existing kubeconfig", () => {
        put(".kube/config", "own");
        expect(run({ KUBECONFIG_CONTENT: "a: 1" }, "true")).toMatchObject({
            status: 1,
            stderr: `error: ${file()} exists and is not overwritten; this command is for a pipeline\n`,
        });
        expect(got(".kube/config")).toBe("own");
    });

    test("removes variables of secrets that do not exist", () => {
        const env = {
            KUBECONFIG_CONTENT: "a",
            PULUMI_ACCESS_TOKEN: "",
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_BACKEND_URL: "s3://b",
        };
        expect(
            run(env, "env")
                .stdout.split("\n")
                .filter((line) => line.startsWith("PULUMI")),
        ).toEqual(["PULUMI_BACKEND_URL=s3://b"]);
    });

    test("fails without a kubeconfig", () => {
        expect(run({ KUBECONFIG_CONTENT: "" }, "env")).toMatchObject({
            status: 1,
            stderr: "error: KUBECONFIG_CONTENT is empty; set the secret with the kubeconfig, see docs/pull-requests.md\n",
        });
    });
});

describe(".ci/deploy", () => {
    const run = (env: Record<string, string>, npm = 'echo "$@"') => {
        fs.cpSync(".ci", path.join(folder, ".ci"), { recursive: true });
        return runScript(
            script("deploy", "prod", "Deploy"),
            { STACK: "prod", KUBECONFIG_CONTENT: "a", ...env },
            { npm },
        );
    };

    test("checks the policies, and deploys the stack", () => {
        expect(run({ PULUMI_ACCESS_TOKEN: "t" })).toEqual({
            status: 0,
            stdout: "run --silent policy -- prod --stack prod\nrun --silent up -- prod --yes\n",
            stderr: "",
        });
    });

    test("deploys nothing if a policy is violated", () => {
        expect(run({ PULUMI_ACCESS_TOKEN: "t" }, 'echo "$@"; [ "$3" != policy ]')).toEqual({
            status: 1,
            stdout: "run --silent policy -- prod --stack prod\n",
            stderr: "",
        });
    });

    test("refuses to deploy without a backend, because the state would be lost", () => {
        const { status, stdout, stderr } = run({ PULUMI_ACCESS_TOKEN: "", PULUMI_BACKEND_URL: "" });
        expect([status, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(/^error: there is no Pulumi backend; set the secret PULUMI_ACCESS_TOKEN or /);
    });
});

describe("the permissions in .ci/rbac.yaml", () => {
    const kinds = (clusterScoped: boolean) =>
        deployedKinds
            .filter((kind) => (kind.clusterScoped ?? false) === clusterScoped)
            .map(({ group, resource }) => `${group}/${resource}`);
    const changing = ["get", "list", "watch", "create", "patch", "delete"];

    test.each(["cluster", "namespace"])("of the %s are those that a deployment needs", (scope) => {
        const [preview, deploy] = [verbsOf(`observability-preview-${scope}`), verbsOf(`observability-deploy-${scope}`)];
        for (const kind of kinds(scope === "cluster")) {
            expect([kind, preview.get(kind)]).toEqual([kind, ["get", "list", "watch"]]);
            const role = /\/(cluster)?roles$/.test(kind) ? ["escalate", "bind"] : [];
            expect([kind, deploy.get(kind)]).toEqual([kind, [...changing, ...role]]);
        }
    });

    test("cover every kind of object that the program creates", async () => {
        const parents = [{ name: "public" }];
        const external = { enabled: true, clients: ["edge"], host: "otlp.example.com" };
        const evaluations = [
            await evaluateStack("dev", {
                grafana: { gateway: { host: "grafana.example.com", parents } },
                ingestion: { external: { ...external, gateway: { parents } } },
            }),
            await evaluateStack("prod", { ingestion: { external: { ...external, ingress: { className: "nginx" } } } }),
        ];
        const direct = evaluations.flatMap(({ resources }) =>
            resources.flatMap(({ inputs }) => ("kind" in inputs && "apiVersion" in inputs ? [inputs as never] : [])),
        );
        const inCharts = evaluations.flatMap(({ charts }) =>
            charts.flatMap(({ values }) => [...((values["extraManifests"] as never[] | undefined) ?? [])]),
        );
        const objects: { apiVersion: string; kind: string }[] = [...direct, ...inCharts];
        expect(objects.map(({ kind }) => kind)).toEqual(
            expect.arrayContaining([
                "Namespace",
                "Secret",
                "ConfigMap",
                "HTTPRoute",
                "Ingress",
                "Service",
                "Configuration",
            ]),
        );
        expect(missingRules(objects)).toEqual([]);
        expect(missingRules([{ apiVersion: "example.com/v1", kind: "Policy" }])).toEqual([
            "preview example.com/policies: get, list, watch",
            "deploy example.com/policies: get, list, watch, create, patch, delete",
        ]);
    });

    test("of a preview change nothing", () => {
        const scopes = ["cluster", "namespace", "applications"].map((scope) =>
            verbsOf(`observability-preview-${scope}`),
        );
        const all = new Set(scopes.flatMap((found) => [...found.values()].flat()));
        expect(all).toEqual(new Set(["get", "list", "watch"]));
    });

    test("are bound in the namespaces of the stack files", () => {
        const bindings = rbacManifests.filter(({ kind }) => kind === "RoleBinding");
        expect(new Set(bindings.map(({ metadata }) => metadata.namespace))).toEqual(
            new Set(["monitoring", "mathtrail"]),
        );
        const roles = rbacManifests.filter(({ kind }) => kind === "ClusterRole").map(({ metadata }) => metadata.name);
        expect(new Set(rbacManifests.flatMap(({ roleRef }) => roleRef?.name ?? []))).toEqual(new Set(roles));
    });

    const kubeconfig = (token: string) => {
        fs.cpSync(".ci", path.join(folder, ".ci"), { recursive: true });
        return runScript(
            ".ci/kubeconfig observability-preview",
            {},
            {
                kubectl: `case "$1" in config) printf '{"server":"https://x"}';; get) printf '${token}';; esac`,
            },
        );
    };

    test("are used by a kubeconfig with the token of the ServiceAccount", () => {
        const { status, stdout } = kubeconfig(Buffer.from("secret-token").toString("base64"));
        expect(status).toBe(0);
        expect(load(stdout)).toMatchObject({
            clusters: [{ name: "cluster", cluster: { server: "https://x" } }],
            users: [{ name: "observability-preview", user: { token: "secret-token" } }],
            "current-context": "observability-preview",
        });
    });

    test("cannot be used before Kubernetes has written the token", () => {
        expect(kubeconfig("")).toMatchObject({
            status: 1,
            stdout: "",
            stderr: expect.stringMatching(
                /^error: the Secret observability-preview .* has no token yet; run the command again\n$/,
            ) as string,
        });
    });
});

test("the example for GitLab has valid scripts that exist", () => {
    const [, yaml = ""] = /```yaml\n(effect:[\s\S]*?)```/.exec(read("docs/pull-requests.md")) ?? [];
    const { effect } = load(yaml) as { effect: { script: string[] } };
    expect(effect.script.length).toBeGreaterThan(5);
    const script = effect.script.join("\n");
    expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    const npm = [...script.matchAll(/npm run --silent ([\w-]+)/g)].map(([, name]) => name ?? "");
    expect(npm).toEqual(["pulumi-cli", "summary"]);
    expect(npm.filter((name) => !(name in scripts))).toEqual([]);
});

function read(file: string): string {
    return fs.readFileSync(file, "utf8");
}
