import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { pins } from "../components/helm/pins";

let folder: string;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "ci-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("the comment on a pull request", () => {
    const comment = (text: string) => {
        const file = path.join(folder, "effect.txt");
        fs.writeFileSync(file, text);
        return execFileSync(
            process.execPath,
            [".ci/comment.mjs", "Plan of dev", file, "[the log](https://x.example)"],
            {
                encoding: "utf8",
            },
        );
    };

    test("contains the complete text if it is short enough", () => {
        expect(comment("~ Loki loki\n    ~ retention: 2d → 9d\n")).toBe(
            "## Plan of dev\n\n~~~diff\n~ Loki loki\n    ~ retention: 2d → 9d\n~~~\n",
        );
    });

    test("is truncated after a complete line if it is too long for GitHub, and links to the complete text", () => {
        const line = "    ~ values.config: 2d → 9d 🔥\n";
        const text = comment(line.repeat(3000));
        expect(text.length).toBeGreaterThan(64000);
        expect(text.length).toBeLessThan(65300);
        const [title, , note, ...rest] = text.split("\n");
        expect([title, note]).toEqual([
            "## Plan of dev",
            "**The text is truncated, because it exceeds the maximum length of a comment. See [the log](https://x.example) for the complete text.**",
        ]);
        expect(new Set(rest.slice(2, -3))).toEqual(new Set([line.trimEnd()]));
        expect(rest.slice(-3)).toEqual(["", "~~~", ""]);
    });

    test("is one code block, even if the text contains fences", () => {
        expect(comment("+ a\n~~~~\n+ b\n```\n")).toBe("## Plan of dev\n\n~~~~~diff\n+ a\n~~~~\n+ b\n```\n~~~~~\n");
    });
});

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

describe("the workflow of a pull request", () => {
    interface Job {
        permissions?: Record<string, string>;
        env?: object;
        steps: { name?: string; uses?: string; run?: string; with?: Record<string, unknown> }[];
    }
    const { permissions, jobs } = load(read(".github/workflows/pull-request.yml")) as {
        permissions: object;
        jobs: Record<string, Job>;
    };

    test("passes secrets only to the preview", () => {
        const steps = Object.values(jobs).flatMap((job) => job.steps);
        expect(steps.filter((step) => JSON.stringify(step).includes("secrets")).map(({ name }) => name)).toEqual([
            "Preview",
        ]);
        // This variable only contains whether the secrets exist.
        expect(jobs["effect"]?.env).toEqual({
            STACK: expect.anything() as unknown,
            PREVIEW: expect.stringMatching(/ != '' }}$/) as string,
        });
    });

    test("gives no write permission to jobs that run code of the pull request", () => {
        expect(permissions).toEqual({ contents: "read" });
        expect(Object.entries(jobs).flatMap(([name, job]) => (job.permissions ? [name] : []))).toEqual(["comment"]);
        expect(jobs["comment"]?.permissions).toEqual({ "pull-requests": "write" });
        const uses = Object.values(jobs).map((job) => job.steps.map((step) => step.uses?.split("@")[0]));
        expect(uses.pop()).toEqual(["actions/download-artifact", undefined]);
        const checkouts = Object.values(jobs).flatMap((job) =>
            job.steps.filter((step) => step.uses?.startsWith("actions/checkout")),
        );
        expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual([false, false, false]);
    });
});

function read(file: string): string {
    return fs.readFileSync(file, "utf8");
}
