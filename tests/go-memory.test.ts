import { goMemoryLimit } from "../components/go-memory";
import { mimirValues } from "../components/mimir/values";
import { StoreMode } from "../components/mode";
import { pyroscopeValues } from "../components/pyroscope/values";
import { tempoValues } from "../components/tempo/values";
import { quantityValue } from "../validation/quantities";
import { describeWith } from "./helpers/prerequisites";
import { type RenderedStack, renderStack, workloads } from "./helpers/rendered";

const bucket = { endpoint: "s3.example.com", bucket: "data" };

describe("GOMEMLIMIT", () => {
    test.each<[unknown, string | undefined]>([
        ["1Gi", "966367641"],
        ["512Mi", "483183820"],
        ["1G", "900000000"],
        ["500M", "450000000"],
        ["1.5Gi", "1449551462"],
        ["1000000000", "900000000"],
        ["1e9", "900000000"],
        // YAML reads plain bytes as a number.
        [1_000_000_000, "900000000"],
        // Thousandths of a byte.
        ["1000000000000m", "900000000"],
        ["500m", undefined],
        ["0", undefined],
        ["", undefined],
        ["a lot", undefined],
        [undefined, undefined],
        [null, undefined],
    ])("of the memory limit %p is %p", (limit, expected) => {
        expect(goMemoryLimit(limit)).toBe(expected);
    });

    test("of the caller wins", () => {
        const env = [{ name: "GOMEMLIMIT", value: "1GiB" }];
        const args = { namespace: "watch", bucket };
        const tempo = tempoValues({ ...args, values: { tempo: { extraEnv: env } } });
        expect(tempo["tempo"].extraEnv).toEqual(env);
        const mimir = mimirValues({ ...args, values: { env } });
        expect(mimir["goMemoryLimit"]).toBeUndefined();
        const pyroscope = pyroscopeValues({
            ...args,
            values: { pyroscope: { extraEnvVars: { GOMEMLIMIT: "1GiB" } } },
        });
        expect(pyroscope["pyroscope"].extraEnvVars).toEqual({ GOMEMLIMIT: "1GiB" });
    });

    test("of the caller for all parts of Pyroscope, or for one, wins", () => {
        const args = { namespace: "watch", bucket, mode: StoreMode.Distributed };
        const own = { extraEnvVars: { GOMEMLIMIT: "1GiB" } };
        const all = pyroscopeValues({ ...args, values: { pyroscope: own } })["pyroscope"];
        expect(all.extraEnvVars).toEqual({ GOMEMLIMIT: "1GiB" });
        expect(all.components.distributor.extraEnvVars).toBeUndefined();
        const one = pyroscopeValues({ ...args, values: { pyroscope: { components: { distributor: own } } } })[
            "pyroscope"
        ];
        expect(one.components.distributor.extraEnvVars).toEqual({ GOMEMLIMIT: "1GiB" });
        expect(one.components["segment-writer"].extraEnvVars.GOMEMLIMIT).toMatch(/^[0-9]+$/);
    });

    test("is from the resources with which the chart of Pyroscope replaces those of all parts", () => {
        const values = { architecture: { overwriteResources: { limits: { memory: "1G" } } } };
        const args = { namespace: "watch", bucket, mode: StoreMode.Distributed, values };
        const { extraEnvVars, components } = pyroscopeValues(args)["pyroscope"];
        expect([extraEnvVars, components.distributor.extraEnvVars]).toEqual([
            { GOMEMLIMIT: "900000000" },
            { GOMEMLIMIT: "900000000" },
        ]);
    });

    test("does not exist without a memory limit", () => {
        const args = { namespace: "watch", bucket };
        const resources = { limits: null };
        expect(mimirValues({ ...args, values: { resources } })["goMemoryLimit"]).toBeUndefined();
        expect(tempoValues({ ...args, values: { tempo: { resources } } })["tempo"].extraEnv).toBeUndefined();
        const pyroscope = pyroscopeValues({ ...args, values: { pyroscope: { resources } } });
        expect(pyroscope["pyroscope"].extraEnvVars?.GOMEMLIMIT).toBeUndefined();
    });

    test("keeps the other variables of the caller", () => {
        const values = { tempo: { extraEnv: [{ name: "GOGC", value: "50" }] } };
        const names = tempoValues({ namespace: "watch", bucket, values })["tempo"].extraEnv as { name: string }[];
        expect(names.map(({ name }) => name)).toEqual(["GOGC", "GOMEMLIMIT"]);
    });
});

/** The containers that run one of the programs, by their image. Alloy is not among them, because it sets its limit itself, from its cgroup. */
const programs = /\/(mimir|loki|tempo|pyroscope):/;

/** A limit in the form of the runtime of Go, in bytes. */
const goBytes = (text: string) => quantityValue(text.replace(/B$/, "")) ?? NaN;

describeWith({ programs: ["helm"], mirror: true }, "GOMEMLIMIT of the rendered containers", () => {
    const distributed = {
        mode: { loki: "distributed", mimir: "distributed", tempo: "distributed", pyroscope: "distributed" },
    };
    const variants: [string, string, object, number][] = [
        ["dev", "monolithic", { metrics: { prometheusRules: true } }, 5],
        ["prod", "monolithic", { metrics: { prometheusRules: true } }, 5],
        ["dev", "distributed", distributed, 32],
        ["prod", "distributed", distributed, 32],
    ];

    test.each(variants)("in %s, %s, is below the memory limit of each container", async (name, _, settings, least) => {
        const stack: RenderedStack = await renderStack(name, settings);
        const found = workloads(stack.objects).flatMap(({ name: workload, pod }) =>
            (pod.containers as Record<string, any>[])
                .filter(({ image }) => programs.test(image as string))
                .map(({ env = [], resources }) => {
                    const own = (env as { name: string; value: string }[]).filter(
                        (variable) => variable.name === "GOMEMLIMIT",
                    );
                    const limit = quantityValue(String(resources?.limits?.memory)) ?? NaN;
                    return { workload, count: own.length, share: goBytes(own[0]?.value ?? "") / limit };
                }),
        );
        expect(found.length).toBeGreaterThanOrEqual(least);
        // The charts of Loki and of distributed Tempo set 85 %, rounded down to MiB.
        expect(found.filter(({ count, share }) => count !== 1 || !(share > 0.8 && share <= 0.9))).toEqual([]);
    });
});
