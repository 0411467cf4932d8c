import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import type { KubernetesObject } from "../../cli/manifests";
import { configFindings, generatedConfigs } from "../../cli/upgrade/configurations";
import { findProgram, type Program, programOf, programs } from "../../cli/upgrade/programs";
import { writeProgram } from "../helpers/programs";

let folder: string;
let former: string | undefined;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "programs-"));
    former = process.env["PATH"];
    process.env["PATH"] = "/bin:/usr/bin";
});
afterEach(() => {
    process.env["PATH"] = former;
    fs.rmSync(folder, { recursive: true });
});

const loki = programs["loki"] as Program;
const tempo = programs["tempo"] as Program;

/** Writes a program that prints a version, and otherwise runs a script with the arguments. */
function program(file: string, version: string, script = "exit 0"): string {
    const target = path.join(folder, file);
    writeProgram(target, `case "$1" in -version) echo "${version}"; exit 0;; esac\n${script}`);
    return target;
}

describe("a program", () => {
    test("is known by the last part of its image", () => {
        expect(programOf("registry.example.com/mirror/grafana/loki")?.name).toBe("loki");
        expect(programOf("ghcr.io/a/opentelemetry-collector-contrib")?.name).toBe("otelcol-contrib");
        expect(programOf("quay.io/prometheus-operator/prometheus-config-reloader")).toBeUndefined();
    });

    test("is found in an exact version, by its name or by its name with the version", async () => {
        const other = program("loki", "loki, version 3.7.6 (branch: x)");
        const wanted = program("loki-4.0.0", "loki, version 4.0.0 (branch: x)");
        expect(await findProgram(loki, "3.7.6", [folder])).toEqual({ file: other });
        expect(await findProgram(loki, "v4.0.0", [folder])).toEqual({ file: wanted });
    });

    test("is not found in another version, and the error contains what was found", async () => {
        const file = program("loki", "loki, version 3.7.6 (branch: x)");
        expect(await findProgram(loki, "3.7.7", [folder])).toEqual({
            missing: `program loki version 3.7.7 not found (${file} has the version 3.7.6)`,
        });
        expect(await findProgram(tempo, "3.0.3", [folder])).toEqual({
            missing: "program tempo version 3.0.3 not found",
        });
    });

    test("without a version is found only if its name contains the version", async () => {
        const named = program("tempo-3.0.3", "tempo, version (branch: )");
        expect(await findProgram(tempo, "3.0.3", [folder])).toEqual({ file: named });
        fs.renameSync(named, path.join(folder, "tempo"));
        expect(await findProgram(tempo, "3.0.3", [folder])).toEqual({
            missing: `program tempo version 3.0.3 not found (${path.join(folder, "tempo")} does not print its version)`,
        });
    });

    test.each([
        [
            "alloy",
            ["run", "/c/config.alloy", "--storage.path=/tmp", "--stability.level=public-preview"],
            ["validate", "--stability.level=public-preview", "F"],
        ],
        [
            "opentelemetry-collector-contrib",
            ["--config=/conf/relay.yaml", "--feature-gates=a"],
            ["validate", "--feature-gates=a", "--config", "F"],
        ],
        ["loki", ["-config.file=/c", "-target=all"], ["-target=all", "-config.file=F", "-verify-config"]],
        ["tempo", ["-config.file=/c", "-x=1"], ["-x=1", "-config.file=F", "-config.verify=true"]],
        ["mimir", ["-target=all", "-config.file=/c"], ["-target=all", "-config.file=F", "-modules"]],
    ])("%s validates its configuration with the arguments of its container", (image, args, expected) => {
        expect(programs[image]?.validation?.("F", args)).toEqual(expected);
    });
});

/** A StatefulSet of Loki with its configuration. */
function lokiObjects(tag: string, config: string): KubernetesObject[] {
    const container = {
        name: "loki",
        image: `grafana/loki:${tag}`,
        args: ["-config.file=/etc/loki/config.yaml", "-advertise=$(POD_IP)"],
        env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
        volumeMounts: [
            { name: "config", mountPath: "/etc/loki" },
            { name: "data", mountPath: "/data" },
        ],
    };
    const volumes = [{ name: "config", configMap: { name: "loki", items: [{ key: "c", path: "config.yaml" }] } }];
    const template = { metadata: { labels: {} }, spec: { containers: [container], volumes } };
    return [
        { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "loki" }, spec: { template } },
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "loki" }, data: { c: config, unused: "x" } },
    ];
}

describe("a generated configuration", () => {
    const before = lokiObjects("3.7.6", "a: 1");
    const after = lokiObjects("4.0.0", "a: 1");
    const check = async (changed: KubernetesObject[] = after) =>
        (await configFindings(before, changed, [folder])).map(({ severity, text }) => `${severity}: ${text}`);

    test("contains the files, the arguments and the environment of its container", () => {
        expect(generatedConfigs(before)).toEqual([
            {
                workload: "StatefulSet loki",
                program: loki,
                version: "3.7.6",
                image: "grafana/loki:3.7.6",
                args: ["-config.file=/etc/loki/config.yaml", "-advertise=$(POD_IP)"],
                env: { POD_IP: "127.0.0.1" },
                files: { "/etc/loki/config.yaml": "a: 1" },
            },
        ]);
    });

    test("that has not changed is not checked again", async () => {
        expect(await check(before)).toEqual([]);
    });

    test("is not checked without the program, and this does not count as passed", async () => {
        expect(await check()).toEqual([
            "unchecked: StatefulSet loki: the configuration is not checked: program loki version 4.0.0 not found.",
        ]);
    });

    test("that the program accepts is a note", async () => {
        program(
            "loki-4.0.0",
            "loki, version 4.0.0",
            'printf "%s\\n" "$@" > "$(dirname "$0")/args"; for a; do case $a in -config.file=*) grep -q "a: 1" "${a#*=}" || exit 1;; esac; done',
        );
        expect(await check()).toEqual(["note: StatefulSet loki: loki 4.0.0 accepts the configuration."]);
        const args = fs.readFileSync(path.join(folder, "args"), "utf8").trim().split("\n");
        expect(args).toEqual([
            "-advertise=127.0.0.1",
            expect.stringMatching(/^-config\.file=.*\/etc\/loki\/config\.yaml$/) as string,
            "-verify-config",
        ]);
    });

    test("that the program rejects is unsafe, with its message", async () => {
        program(
            "loki-4.0.0",
            "loki, version 4.0.0",
            'echo "starting"; echo "failed parsing config: field a not found" >&2; exit 1',
        );
        expect(await check()).toEqual([
            "unsafe: StatefulSet loki: loki 4.0.0 rejects the configuration: failed parsing config: field a not found",
        ]);
    });

    test("of a program without a command to validate it is not checked", async () => {
        const grafana = (tag: string) =>
            JSON.parse(
                JSON.stringify(lokiObjects(tag, "a")).replaceAll("grafana/loki:", "grafana/grafana:"),
            ) as KubernetesObject[];
        const [found] = await configFindings(grafana("13.0.0"), grafana("13.2.0"), [folder]);
        expect(found).toEqual({
            severity: "unchecked",
            check: "configuration",
            text: "StatefulSet loki: the configuration is not checked: program grafana has no command that validates it.",
        });
    });
});
