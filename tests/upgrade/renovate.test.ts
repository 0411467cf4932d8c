import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { RE2JS } from "re2js";
import { type ChartPin, pins } from "../../components/helm/pins";
import { k6Image } from "../../components/load-monitor/config";
import { writeProgram } from "../helpers/programs";

interface Manager {
    managerFilePatterns: string[];
    matchStrings: string[];
    datasourceTemplate: string;
    depNameTemplate?: string;
    registryUrlTemplate?: string;
    versioningTemplate?: string;
}

interface Dependency {
    name: string;
    version: string;
    repository?: string;
}

const {
    customManagers,
    enabledManagers,
    extends: presets,
} = JSON.parse(fs.readFileSync("renovate.json", "utf8")) as {
    customManagers: Manager[];
    enabledManagers: string[];
    extends: string[];
};

/** What Renovate finds in a file. Renovate uses the engine RE2 too. */
function dependencies(file: string): Dependency[] {
    const text = fs.readFileSync(file, "utf8");
    const managers = customManagers.filter(({ managerFilePatterns }) =>
        managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)),
    );
    return managers.flatMap(({ matchStrings, depNameTemplate, registryUrlTemplate }) =>
        matchStrings.flatMap((pattern) => {
            const matcher = RE2JS.compile(pattern).matcher(text);
            const found: Dependency[] = [];
            while (matcher.find()) {
                const group = (name: string) => (pattern.includes(`(?<${name}>`) ? matcher.group(name) : null);
                const repository = group("registryUrl") ?? registryUrlTemplate;
                found.push({
                    name: group("depName") ?? depNameTemplate ?? "",
                    version: group("currentValue") ?? "",
                    ...(repository !== undefined && { repository }),
                });
            }
            return found;
        }),
    );
}

describe("Renovate", () => {
    test("finds each chart once, with its version and its repository", () => {
        const remote = Object.values<ChartPin>(pins).filter(({ repository }) => repository !== undefined);
        const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
        expect(dependencies("components/helm/pins.ts").sort(byName)).toEqual(remote.sort(byName));
    });

    test.each([
        ["mimir", "grafana/mimir"],
        ["minio", "quay.io/minio/minio"],
        ["redpanda", "docker.redpanda.com/redpandadata/redpanda"],
    ])("finds the image of the chart %s", (chart, name) => {
        const file = `charts/${chart}/Chart.yaml`;
        const { appVersion } = load(fs.readFileSync(file, "utf8")) as { appVersion: string };
        expect(dependencies(file)).toEqual([{ name, version: appVersion }]);
    });

    test("finds the image of Redpanda Console", () => {
        expect(dependencies("charts/redpanda/values.yaml")).toEqual([
            { name: "docker.redpanda.com/redpandadata/console", version: "v3.9.0" },
        ]);
    });

    test("finds the images of nginx and of memcached", () => {
        const { nginx, memcached } = load(fs.readFileSync("charts/mimir/values.yaml", "utf8")) as Record<
            "nginx" | "memcached",
            { tag: string }
        >;
        expect(dependencies("charts/mimir/values.yaml")).toEqual([
            { name: "nginxinc/nginx-unprivileged", version: nginx.tag },
            { name: "memcached", version: memcached.tag },
        ]);
    });

    test("finds the image of k6", () => {
        const { repository: name, tag: version } = k6Image;
        expect(dependencies("components/load-monitor/config.ts")).toEqual([{ name, version }]);
    });

    test("can compare the versions of MinIO", () => {
        const { versioningTemplate = "" } = customManagers.find(({ versioningTemplate }) => versioningTemplate) ?? {};
        const [minio] = dependencies("charts/minio/Chart.yaml");
        expect(minio?.version).toMatch(new RegExp(versioningTemplate.replace(/^regex:/, "")));
    });

    test("updates npm packages and actions, and pins actions by their commit", () => {
        expect(enabledManagers).toEqual(["npm", "github-actions", "custom.regex"]);
        expect(presets).toContain("helpers:pinGitHubActionDigestsToSemver");
    });
});

describe("the workflow upgrade", () => {
    const { on, permissions, jobs } = load(fs.readFileSync(".github/workflows/upgrade.yml", "utf8")) as {
        on: { pull_request: { paths: string[] } };
        permissions: object;
        jobs: Record<string, { permissions?: object; steps: { uses?: string; run?: string; with?: object }[] }>;
    };
    const steps = Object.values(jobs).flatMap((job) => job.steps);

    test("runs for each file that Renovate changes", () => {
        const { paths } = on.pull_request;
        const matches = (file: string) => paths.some((path) => file.startsWith(path.replace("**", "")));
        const changed = [
            "components/helm/pins.ts",
            "charts/mimir/Chart.yaml",
            "charts/redpanda/Chart.yaml",
            "charts/redpanda/values.yaml",
            "package-lock.json",
            ".github/workflows/upgrade.yml",
        ];
        expect(changed.filter((file) => !matches(file))).toEqual([]);
    });

    test("pins each action by the hash of a commit", () => {
        const uses = steps.flatMap((step) => step.uses ?? []);
        expect(uses.length).toBeGreaterThan(3);
        expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    });

    test("gives no write permission to the job that runs code of the pull request", () => {
        expect(permissions).toEqual({ contents: "read" });
        expect(jobs["rehearse"]?.permissions).toBeUndefined();
        expect(jobs["comment"]?.steps.map(({ run = "" }) => run).join()).not.toMatch(/npm|node|\.ci\//);
        expect(steps.filter((step) => step.uses?.startsWith("actions/checkout")).map((step) => step.with)).toEqual([
            { "fetch-depth": 2, "persist-credentials": false },
        ]);
    });
});

test(".ci/programs copies each missing program once from its image", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ci-programs-"));
    const missing = (program: string, version: string) => ({
        missing: { program, version, image: `docker.io/grafana/${program}:${version}` },
    });
    const charts = [
        { findings: [missing("loki", "3.7.6"), {}, missing("loki", "3.7.6")] },
        { findings: [missing("tempo", "3.0.3")] },
    ];
    try {
        fs.writeFileSync(path.join(folder, "report.json"), JSON.stringify({ charts }));
        // A fake docker: the container has the name of its image, and the copied file contains what was copied.
        writeProgram(
            path.join(folder, "docker"),
            'case "$1" in create) echo "$2" | tr : _ ;; inspect) echo "/usr/bin/program" ;; cp) echo "$3" > "$4" ;; esac',
        );
        const target = path.join(folder, "programs");
        execFileSync(".ci/programs", [path.join(folder, "report.json"), target], {
            env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
        });
        const files = fs
            .readdirSync(target)
            .map((file) => [file, fs.readFileSync(path.join(target, file), "utf8").trim()]);
        expect(Object.fromEntries(files)).toEqual({
            "loki-3.7.6": "docker.io/grafana/loki_3.7.6:/usr/bin/program",
            "tempo-3.0.3": "docker.io/grafana/tempo_3.0.3:/usr/bin/program",
        });
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});
