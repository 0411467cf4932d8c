import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { evaluateStack } from "../../cli/evaluate";
import { alloyProfilerValues } from "../../components/alloy/values";
import { testMistakes } from "../helpers/mistakes";
import { describeWith, onPath } from "../helpers/prerequisites";
import { objectOf, renderStack } from "../helpers/rendered";

testMistakes("is refused: %s", [
    [
        "no store of profiles",
        { profiling: { ebpf: true }, components: { pyroscope: false } },
        ["profiling.ebpf is true, but there is no store of profiles; set it to false."],
    ],
]);

describe("the profiler", () => {
    const configOf = (args: object = {}) =>
        alloyProfilerValues({ namespace: "obs", cluster: "c", pyroscopeUrl: "http://pyroscope:4040", ...args })["alloy"]
            .configMap.content as string;
    const scraped = "__meta_kubernetes_pod_annotation_profiles_grafana_com_cpu_scrape";

    test("leaves out pods with the annotation, and pods whose CPU profiles are scraped, if they are", () => {
        expect(configOf()).toContain(scraped);
        expect(configOf({ metrics: { profiles: false } })).not.toContain(scraped);
        expect(configOf({ metrics: { enabled: false } })).not.toContain(scraped);
        expect(configOf()).toContain("__meta_kubernetes_pod_annotation_observability_mathtrail_ebpf_profiles");
    });

    test("profiles the pods of collectFrom, and sets the labels of the other signals", () => {
        const config = configOf({ collectFrom: { namespaces: ["shop"] } });
        expect(config).toContain('regex         = "obs|shop"');
        const labels = ["cluster", "namespace", "pod", "container", "service_name"];
        expect(labels.filter((label) => new RegExp(`target_label +=\\s*"${label}"`).test(config))).toEqual(labels);
    });

    test("does not make the metrics scraper scrape profiles", async () => {
        const { charts } = await evaluateStack("dev", { profiling: { ebpf: true } });
        const configs = Object.fromEntries(
            charts.flatMap(({ release, values }) =>
                /alloy/.test(release) ? [[release, values["alloy"].configMap.content as string]] : [],
            ),
        );
        expect(configs["lgtm-alloy-metrics"]).not.toContain("pyroscope");
        expect(configs["lgtm-alloy-profiles"]).not.toContain(scraped);
    });
});

/** Whether the build of Alloy has a component. */
function alloyHas(component: string): boolean {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alloy-"));
    const file = path.join(folder, "config.alloy");
    fs.writeFileSync(file, `${component} "a" { }\n`);
    const { stderr } = spawnSync("alloy", ["validate", file], { encoding: "utf8" });
    fs.rmSync(folder, { recursive: true });
    return stderr !== null && !stderr.includes("cannot find the definition of component name");
}

describeWith({ programs: ["helm", "alloy"], mirror: true }, "Alloy", () => {
    const alloy = async (...args: string[]) => {
        const { objects } = await renderStack("prod", { profiling: { ebpf: true, scrape: true } });
        const text = objectOf(objects, "ConfigMap", "lgtm-alloy-profiles")["data"]["config.alloy"] as string;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alloy-"));
        const file = path.join(folder, "config.alloy");
        fs.writeFileSync(file, `${text.trimEnd()}\n`);
        const { status, stderr } = spawnSync("alloy", [...args, file], { encoding: "utf8" });
        fs.rmSync(folder, { recursive: true });
        return { status, stderr };
    };

    test("finds the configuration of the profiler formatted", async () => {
        expect(await alloy("fmt", "--test")).toEqual({ status: 0, stderr: "" });
    });

    const others = onPath("alloy") && !alloyHas("pyroscope.ebpf") ? ["an Alloy with pyroscope.ebpf"] : [];
    describeWith({ others }, "with eBPF", () => {
        test("accepts the configuration of the profiler", async () => {
            expect(await alloy("validate")).toMatchObject({ status: 0 });
        });
    });
});
