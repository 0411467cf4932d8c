import { execFileSync, spawn } from "child_process";
import * as fs from "fs";
import { load } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { tempoValues } from "../components/tempo/values";
import type { HelmValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { eventually } from "./live/process";

const bucket = { endpoint: "minio:9000", bucket: "tempo" };
const args = { namespace: "monitoring", bucket };
const limitsFile = "/limits/overrides.yaml";
const refused = { rate_limit_bytes: 1, burst_size_bytes: 1 };

/** The limits that refuse all spans. */
function refusing(values: HelmValues): HelmValues {
    return JSON.parse(values["extraContainers"].at(-1).args[5] as string).overrides as HelmValues;
}

describe("the values of the guard of Tempo's volume", () => {
    const values = tempoValues(args);

    test("run the same script before Tempo starts and beside it, and let Tempo read what it writes", () => {
        const { initContainers, extraContainers, extraVolumes, tempo } = values;
        expect(initContainers).toHaveLength(1);
        expect(extraContainers).toHaveLength(1);
        const [prepare] = initContainers;
        const [watch] = extraContainers;
        expect([prepare.name, watch.name]).toEqual(["volume-guard-prepare", "volume-guard"]);
        const mode = 2;
        expect([prepare.args[mode], watch.args[mode]]).toEqual(["prepare", "watch"]);
        expect({ ...prepare, name: "", args: prepare.args.toSpliced(mode, 1) }).toEqual({
            ...{ ...watch, name: "", args: watch.args.toSpliced(mode, 1) },
        });
        expect(watch.image).toMatch(/^docker\.io\/nginxinc\/nginx-unprivileged:\d/);
        expect(watch.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
        expect(watch.args.slice(3, 5)).toEqual(["/conf/overrides.yaml", limitsFile]);
        expect(watch.args.slice(6)).toEqual(["volume", "/var/tempo", String(2 ** 21)]);
        expect(extraVolumes).toEqual([{ name: "volume-guard", emptyDir: {} }]);
        expect(tempo.extraVolumeMounts).toEqual([{ name: "volume-guard", mountPath: "/limits", readOnly: true }]);
        expect(tempo.overrides).toMatchObject({
            per_tenant_override_config: limitsFile,
            per_tenant_override_period: "2s",
        });
    });

    test.each([
        ["5Gi", 2 ** 19],
        ["10Gi", 2 ** 20],
        ["100Gi", 2 ** 21],
        // The size is that of the chart. The guard reserves a tenth of the volume that it finds.
        [undefined, 2 ** 21],
    ])("reserve a tenth of a volume of %s, but at most 2 GiB", (size, kib) => {
        expect(tempoValues({ ...args, size })["extraContainers"][0].args.at(-1)).toBe(String(kib));
    });

    test("refuse spans of each tenant, and change no other limit", () => {
        const tenantLimits = { shop: { maxTraces: 7 } };
        const limited = tempoValues({ ...args, tenantLimits });
        const all = limited["tempo"].overrides.defaults as HelmValues;
        const shop = limited["tempo"].per_tenant_overrides.shop as HelmValues;
        expect(refusing(limited)).toEqual({
            "*": { ...all, ingestion: { ...all["ingestion"], ...refused } },
            shop: { ...shop, ingestion: { ...shop["ingestion"], ...refused, max_traces_per_user: 7 } },
        });
        expect(all["ingestion"].rate_limit_bytes).toBeGreaterThan(1);
    });

    test("refuse spans with the limits of `*` that the caller has", () => {
        const own = { tempo: { per_tenant_overrides: { "*": { compaction: { block_retention: "1h" } } } } };
        expect(refusing(tempoValues({ ...args, values: own }))).toEqual({
            "*": { compaction: { block_retention: "1h" }, ingestion: refused },
        });
    });

    test("refuse spans of a tenant whose limits are null", () => {
        const own = { tempo: { per_tenant_overrides: { shop: null } } };
        expect(refusing(tempoValues({ ...args, values: own }))["shop"]).toEqual({ ingestion: refused });
    });

    test("run the guard as the user of Tempo", () => {
        const own = { tempo: { securityContext: { runAsUser: 70, runAsGroup: null } } };
        const { runAsUser, ...others } = tempoValues({ ...args, values: own })["extraContainers"][0].securityContext;
        expect([runAsUser, "runAsGroup" in others]).toEqual([70, false]);
    });

    test("use the image registry of the caller", () => {
        const { initContainers, extraContainers } = tempoValues({ ...args, imageRegistry: "registry.example.com" });
        for (const { image } of [...initContainers, ...extraContainers]) {
            expect(image).toMatch(/^registry\.example\.com\/nginxinc\/nginx-unprivileged:/);
        }
    });

    test("use the image registry in the values of the caller, and how often Tempo reads the file", () => {
        const values = {
            global: { imageRegistry: "registry.example.com" },
            tempo: { overrides: { per_tenant_override_period: "5s" } },
        };
        const { extraContainers, tempo } = tempoValues({ ...args, values });
        expect(extraContainers[0].image).toMatch(/^registry\.example\.com\/nginxinc\/nginx-unprivileged:/);
        expect(tempo.overrides.per_tenant_override_period).toBe("5s");
    });

    test("keep the containers and volumes of the caller", () => {
        const own = {
            initContainers: [{ name: "first" }],
            extraContainers: [{ name: "second" }],
            extraVolumes: [{ name: "third" }],
            tempo: { extraVolumeMounts: [{ name: "third", mountPath: "/third" }] },
        };
        const { initContainers, extraContainers, extraVolumes, tempo } = tempoValues({ ...args, values: own });
        const names = (list: { name: string }[]) => list.map(({ name }) => name);
        expect(names(initContainers)).toEqual(["volume-guard-prepare", "first"]);
        expect(names(extraContainers)).toEqual(["volume-guard", "second"]);
        expect(names(extraVolumes)).toEqual(["volume-guard", "third"]);
        expect(names(tempo.extraVolumeMounts)).toEqual(["volume-guard", "third"]);
    });

    test.each<[string, HelmValues]>([
        ["an emptyDir", { persistence: { enabled: false } }],
        ["no values of the volume", { persistence: null }],
        ["limits in a file of the caller", { tempo: { overrides: { per_tenant_override_config: "/own.yaml" } } }],
        [
            "limits in the legacy format",
            { tempo: { per_tenant_overrides: { shop: { ingestion_rate_limit_bytes: 1000 } } } },
        ],
    ])("are absent with %s", (_, own) => {
        const { extraContainers, initContainers, tempo } = tempoValues({ ...args, values: own });
        expect([extraContainers, initContainers]).toEqual([undefined, undefined]);
        expect(tempo.overrides.per_tenant_override_config).toBe(own["tempo"]?.overrides?.per_tenant_override_config);
    });
});

describe("the values of the guard of distributed Tempo", () => {
    const distributed = { ...args, mode: StoreMode.Distributed, replicas: 3, size: "30Gi" };
    const flags = ["-config.per-user-override-config=/limits/overrides.yaml", "-config.per-user-override-period=2s"];

    test.each([
        ["ingester", ["volume", "/var/tempo", String(2 ** 21)], ["data", "runtime-config", "volume-guard"]],
        [
            "distributor",
            ["ingesters", "tempo-ingester-discovery.monitoring.svc.cluster.local", "3200"],
            ["runtime-config", "volume-guard"],
        ],
    ])("run it in each %s", (part, watched, mounts) => {
        const { initContainers, extraContainers, extraVolumes, extraVolumeMounts, extraArgs } =
            tempoValues(distributed)[part];
        for (const [mode, [container]] of [
            ["prepare", initContainers],
            ["watch", extraContainers],
        ] as const) {
            expect(container.args.slice(2, 5)).toEqual([mode, "/runtime-config/overrides.yaml", limitsFile]);
            expect(container.args.slice(6)).toEqual(watched);
            expect(container.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
            expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(mounts);
        }
        expect(extraVolumes).toEqual([{ name: "volume-guard", emptyDir: {} }]);
        expect(extraVolumeMounts).toEqual([{ name: "volume-guard", mountPath: "/limits", readOnly: true }]);
        expect(extraArgs).toEqual(flags);
    });

    test("look for the ingesters in the namespace and the DNS domain of the stack", () => {
        const other = { ...distributed, namespace: "watch", clusterDomain: "k8s.example.com" };
        const { args: found } = tempoValues(other)["distributor"].extraContainers[0];
        expect(found.at(-2)).toBe("tempo-ingester-discovery.watch.svc.k8s.example.com");
    });

    test("change no pod if the limits of a tenant change", () => {
        const tenantLimits = { shop: { maxTraces: 7 } };
        const { ingester, distributor } = tempoValues({ ...distributed, tenantLimits });
        const before = tempoValues(distributed);
        expect([ingester, distributor]).toEqual([before["ingester"], before["distributor"]]);
    });

    test("keep flags, containers and volumes of the caller", () => {
        const own = { extraArgs: ["-shutdown-delay=20s"], extraContainers: [{ name: "second" }] };
        const { distributor } = tempoValues({ ...distributed, values: { distributor: own } });
        expect(distributor.extraArgs).toEqual([...flags, "-shutdown-delay=20s"]);
        expect(distributor.extraContainers.map(({ name }: { name: string }) => name)).toEqual([
            "volume-guard",
            "second",
        ]);
    });

    test("use the image registry in the values of the caller, and how often Tempo reads the file", () => {
        const values = {
            global: { image: { registry: "registry.example.com" } },
            overrides: { per_tenant_override_period: "5s" },
        };
        const { extraContainers, extraArgs } = tempoValues({ ...distributed, values })["distributor"];
        expect(extraContainers[0].image).toMatch(/^registry\.example\.com\/nginxinc\/nginx-unprivileged:/);
        expect(extraArgs).toEqual([flags[0], "-config.per-user-override-period=5s"]);
    });

    test("keep containers that the caller has as a template", () => {
        const own = { extraContainers: "- name: {{ .Release.Name }}\n" };
        const { extraContainers } = tempoValues({ ...distributed, values: { distributor: own } })["distributor"];
        const [watch, second] = load(extraContainers.replace("{{ .Release.Name }}", "second")) as HelmValues[];
        expect(watch).toEqual(tempoValues(distributed)["distributor"].extraContainers[0]);
        expect(second).toEqual({ name: "second" });
    });

    test.each<[string, HelmValues, HelmValues]>([
        [
            "all parts",
            { tempo: { securityContext: { runAsUser: 70, runAsGroup: null } } },
            { runAsNonRoot: true, runAsUser: 70 },
        ],
        ["the part", { ingester: { containerSecurityContext: { runAsUser: 70 } } }, { runAsUser: 70 }],
    ])("run the guard as the user that the caller sets for %s", (_, own, user) => {
        const [{ securityContext }] = tempoValues({ ...distributed, values: own })["ingester"].extraContainers;
        expect(securityContext).toEqual({
            ...user,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
    });

    test.each<[string, HelmValues]>([
        ["an emptyDir", { ingester: { persistence: { enabled: false } } }],
        // The reserve would use the memory of the guard.
        ["an emptyDir in memory", { ingester: { persistence: { inMemory: true } } }],
        ["limits in a file of the caller", { overrides: { per_tenant_override_config: "/own.yaml" } }],
    ])("are absent with %s", (_, own) => {
        const { ingester, distributor } = tempoValues({ ...distributed, values: own });
        expect([ingester.extraContainers, distributor.extraContainers]).toEqual([undefined, undefined]);
    });
});

describe("the guard of Tempo's volume", () => {
    let folder: string;
    const inFolder = (...names: string[]) => path.join(folder, ...names);
    const reserve = () => inFolder("volume", "reserve");
    const totalKiB = 20_000;
    const reserveKiB = 1000;

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "volume-guard-"));
        ["volume", "bin"].forEach((name) => fs.mkdirSync(inFolder(name)));
        fs.writeFileSync(inFolder("own.yaml"), "overrides: {}\n");
        program("df", 'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"; cat "$0.answer"');
    });

    afterEach(() => fs.rmSync(folder, { recursive: true }));

    function program(name: string, text: string): void {
        fs.writeFileSync(inFolder("bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }

    /** The arguments of the shell that runs the guard. */
    const guard = (mode: string, watched: string[]) => [
        ...["-c", fs.readFileSync("components/tempo/volume-guard.sh", "utf8"), "guard", mode],
        ...[inFolder("own.yaml"), inFolder("read.yaml"), "refuse", ...watched],
    ];
    const environment = () => ({ PATH: `${inFolder("bin")}:${process.env["PATH"]}` });
    const read = () => fs.readFileSync(inFolder("read.yaml"), "utf8").trim();

    /** Runs the guard once. @returns the file that Tempo reads. */
    function prepare(...watched: string[]): string {
        execFileSync("sh", guard("prepare", watched), { env: environment(), stdio: "pipe" });
        return read();
    }

    function answerFree(freeKiB: number): void {
        fs.writeFileSync(inFolder("bin", "df.answer"), `/dev/sda ${totalKiB} 0 ${freeKiB} 0% /volume\n`);
    }

    /** Runs the guard of a volume. @returns the file that Tempo reads, and whether the reserve exists. */
    function run(freeKiB: number, wantedKiB = reserveKiB): [string, boolean] {
        answerFree(freeKiB);
        return [prepare("volume", inFolder("volume"), String(wantedKiB)), fs.existsSync(reserve())];
    }

    test("writes the limits of tenants while there is space, and reads them again", () => {
        expect(run(10_000)).toEqual(["overrides: {}", true]);
        expect(fs.statSync(reserve()).size).toBe(reserveKiB * 1024);
        fs.writeFileSync(inFolder("own.yaml"), "overrides: {shop: {}}\n");
        expect(run(9000)).toEqual(["overrides: {shop: {}}", true]);
    });

    test("deletes the reserve and refuses spans if less than half of it is free besides", () => {
        run(10_000);
        expect(run(reserveKiB / 2)).toEqual(["overrides: {}", true]);
        expect(run(reserveKiB / 2 - 1)).toEqual(["refuse", false]);
    });

    test("accepts spans again when twice the reserve is free", () => {
        run(10_000);
        run(0);
        expect(run(2 * reserveKiB - 1)).toEqual(["refuse", false]);
        expect(run(2 * reserveKiB)).toEqual(["overrides: {}", true]);
    });

    test("refuses spans from the start if the volume is full", () => {
        expect(run(0)).toEqual(["refuse", false]);
    });

    test("reserves at most one tenth of the volume", () => {
        expect(run(10_000, 1_000_000)).toEqual(["overrides: {}", true]);
        expect(fs.statSync(reserve()).size).toBe((totalKiB / 10) * 1024);
    });

    test("makes a reserve larger that is too small, as soon as there is space", () => {
        run(10_000, 500);
        expect(run(2 * reserveKiB - 501)).toEqual(["overrides: {}", true]);
        expect(fs.statSync(reserve()).size).toBe(500 * 1024);
        expect(run(2 * reserveKiB - 500)).toEqual(["overrides: {}", true]);
        expect(fs.statSync(reserve()).size).toBe(reserveKiB * 1024);
    });

    test("writes the reserve if the file system cannot allocate it", () => {
        program("fallocate", "echo fallocate: not supported >&2; exit 1");
        expect(run(10_000)).toEqual(["overrides: {}", true]);
        expect(fs.statSync(reserve()).size).toBe(reserveKiB * 1024);
    });

    test("refuses spans if the reserve cannot be written", () => {
        program("fallocate", "exit 1");
        program("dd", "exit 1");
        expect(run(10_000)).toEqual(["refuse", false]);
    });

    test("follows the free space and the limits of tenants until it is ended", async () => {
        answerFree(10_000);
        const watch = spawn("sh", guard("watch", ["volume", inFolder("volume"), String(reserveKiB)]), {
            env: environment(),
        });
        let log = "";
        watch.stdout.on("data", (text: Buffer) => (log += text.toString()));
        const ended = new Promise((resolve) => watch.on("exit", resolve));
        const reads = (text: string) => eventually(`Tempo reads "${text}"`, () => expect(read()).toBe(text), 10);
        try {
            await reads("overrides: {}");
            fs.writeFileSync(inFolder("own.yaml"), "overrides: {shop: {}}\n");
            await reads("overrides: {shop: {}}");
            answerFree(0);
            await reads("refuse");
            answerFree(10_000);
            await reads("overrides: {shop: {}}");
            await eventually(
                "the log has each change once",
                () =>
                    expect(log.split("\n")).toEqual([
                        "Tempo is accepting spans: 10000 KiB of 20000 KiB are free.",
                        "Tempo is refusing spans: 0 KiB of 20000 KiB are free.",
                        "Tempo is accepting spans: 10000 KiB of 20000 KiB are free.",
                        "",
                    ]),
                10,
            );
        } finally {
            watch.kill("SIGTERM");
        }
        expect(await ended).toBe(0);
    });

    describe("in a distributor", () => {
        const limit = (value: string) =>
            `tempo_limits_overrides{limit_name="ingestion_rate_limit_bytes",user="*"} ${value}\n`;

        /** Runs the guard with the addresses that the Service has. `metrics` are those of ingesters that answer, by host. */
        function follow(addresses: string[], metrics: Record<string, string>): string {
            const found = addresses.map((address) => `Name:\ttempo\nAddress: ${address}\n`).join("");
            fs.writeFileSync(
                inFolder("bin", "nslookup.answer"),
                `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n${found}`,
            );
            program("nslookup", '[ "$1" = tempo-ingester-discovery ] && cat "$0.answer"');
            for (const [host, text] of Object.entries(metrics)) {
                fs.writeFileSync(inFolder("bin", `http:__${host}:3200_metrics`), text);
            }
            program("wget", 'for url; do :; done; cat "$(dirname "$0")/$(echo "$url" | tr / _)"');
            return prepare("ingesters", "tempo-ingester-discovery", "3200");
        }

        test("writes the limits of tenants while no ingester refuses spans", () => {
            const metrics = { "10.0.0.1": limit("1.5e+07"), "10.0.0.2": limit("10") };
            expect(follow(["10.0.0.1", "10.0.0.2"], metrics)).toBe("overrides: {}");
        });

        test.each(["10.0.0.2", "fd00::2"])("refuses spans if the ingester %s does", (address) => {
            const host = address.includes(":") ? `[${address}]` : address;
            expect(follow(["10.0.0.1", address], { "10.0.0.1": limit("1.5e+07"), [host]: limit("1") })).toBe("refuse");
        });

        test("ignores ingesters that do not answer, and the address of the DNS server", () => {
            expect(follow(["10.0.0.1"], { "[10.96.0.10:53]": limit("1") })).toBe("overrides: {}");
        });

        test("accepts spans before there are ingesters", () => {
            program("nslookup", "exit 1");
            expect(prepare("ingesters", "tempo-ingester-discovery", "3200")).toBe("overrides: {}");
        });
    });
});
