import { spawn } from "child_process";
import * as fs from "fs";
import { load } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { instrumentationConfig } from "../../components/auto-instrumentation/config";
import { autoInstrumentationValues } from "../../components/auto-instrumentation/values";
import { openTelemetryEbpfImage } from "../../components/helm/images";
import { Alloy, AutoInstrumentation } from "../../exports";
import { resolveSettings } from "../../settings/resolve";
import { autoInstrumentationArgs } from "../../stack/component-args";
import { testMistakes } from "../helpers/mistakes";
import { chartsMissingByDefault } from "../helpers/mirror-folder";
import { describeWith } from "../helpers/prerequisites";
import { chartOf, errorMessage, record } from "../helpers/record";
import { objectOf, renderStack } from "../helpers/rendered";
import { enabled, kinds } from "./ebpf-settings";

const otlp = { namespace: "obs", cluster: "c", otlpEndpoint: "http://collector:4318" };

test.each([
    ["beyla", "beyla-1.16.11.tgz"],
    ["opentelemetry", "opentelemetry-ebpf-instrumentation-0.12.0.tgz"],
])("the kind %s needs only the chart %s in a mirror folder", (kind, file) => {
    const settings = resolveSettings({ autoInstrumentation: { enabled: true, kind } });
    expect(chartsMissingByDefault(settings)).toEqual([expect.stringContaining(`has no ${file}`)]);
});

testMistakes("is refused: %s", [
    [
        "a key of a disabled auto-instrumentation",
        { autoInstrumentation: { kind: "opentelemetry", namespaces: ["shop"] } },
        [
            "autoInstrumentation.kind has no effect without autoInstrumentation.enabled: true.",
            "autoInstrumentation.namespaces has no effect without autoInstrumentation.enabled: true.",
        ],
    ],
    [
        "the namespace of the stack",
        { autoInstrumentation: { enabled: true, namespaces: ["shop", "monitoring"] } },
        [
            'autoInstrumentation.namespaces contains "monitoring", the namespace of the stack; remove it, because each span that the stack stores would create further spans.',
        ],
    ],
    [
        "a namespace that is selected and excluded",
        { autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"], excludeNamespaces: ["pay"] } },
        [
            'autoInstrumentation.excludeNamespaces contains "pay", which namespaces also contains; remove it from one of them.',
        ],
    ],
    [
        "a namespace from which nothing is collected",
        {
            autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"] },
            collectFrom: { excludeNamespaces: ["shop"] },
        },
        [
            'autoInstrumentation.namespaces contains "shop", which collectFrom.excludeNamespaces also contains; remove it from one of them.',
        ],
    ],
    [
        "collection from only the namespace of the stack",
        { ...enabled, collectFrom: { namespaces: ["monitoring"] } },
        [
            "autoInstrumentation.enabled is true, but collectFrom.namespaces has no namespace other than that of the stack; set autoInstrumentation.namespaces.",
        ],
    ],
    [
        "the exclusion of all collected namespaces",
        { autoInstrumentation: { enabled: true, excludeNamespaces: ["shop"] }, collectFrom: { namespaces: ["shop"] } },
        [
            "autoInstrumentation.enabled is true, but autoInstrumentation.excludeNamespaces excludes all namespaces in collectFrom.namespaces; set autoInstrumentation.namespaces.",
        ],
    ],
    [
        "no collector",
        { ...enabled, components: { otelCollector: false } },
        [
            "autoInstrumentation.enabled is true, but it sends its data to the collector, and components.otelCollector is false; set it to false.",
        ],
    ],
    [
        "no store of traces and metrics",
        { ...enabled, components: { tempo: false, mimir: false, alloyMetrics: false } },
        ["autoInstrumentation.enabled is true, but there is no store of traces or metrics; set it to false."],
    ],
    [
        "an unknown kind",
        { autoInstrumentation: { enabled: true, kind: "otel" } },
        ['autoInstrumentation.kind is "otel"; it must be one of "beyla", "opentelemetry".'],
    ],
    [
        "a value that only the chart of the other kind has",
        {
            autoInstrumentation: { enabled: true, kind: "opentelemetry" },
            values: { autoInstrumentation: { injector: { enabled: true } } },
        },
        [
            "values.autoInstrumentation.injector does not exist in chart opentelemetry-ebpf-instrumentation 0.12.0. To pass it anyway, set valuesUnchecked.autoInstrumentation: true.",
        ],
    ],
    [
        "an image of a registry that is not allowed",
        {
            autoInstrumentation: { enabled: true, kind: "opentelemetry" },
            policy: {
                allowedRegistries: ["docker.io", "quay.io", "ghcr.io/open-telemetry/opentelemetry-collector-releases"],
            },
        },
        [expect.stringContaining(`does not hold ${openTelemetryEbpfImage}`)],
    ],
]);

describe("the configuration of the auto-instrumentation", () => {
    test("sends traces and metrics to the collector, without span metrics of its own", () => {
        const { otel_traces_export, otel_metrics_export, metrics } = instrumentationConfig(otlp);
        expect(otel_traces_export).toEqual({
            endpoint: "http://collector:4318/v1/traces",
            protocol: "http/protobuf",
            sampler: { name: "parentbased_always_on" },
        });
        expect(otel_metrics_export).toEqual({
            endpoint: "http://collector:4318/v1/metrics",
            protocol: "http/protobuf",
            interval: "30s",
        });
        expect(metrics).toEqual({ features: ["application"] });
    });

    test("samples with the ratio of head sampling, and not at all with tail sampling", () => {
        const samplerOf = (tracing: object) => {
            const settings = resolveSettings({ ...enabled, tracing });
            const args = autoInstrumentationArgs(settings, { otlpHttpUrl: "http://collector:4318" });
            return args && (instrumentationConfig(args)["otel_traces_export"] as { sampler: object }).sampler;
        };
        expect(samplerOf({ samplingMode: "head", samplingRatio: 0.25 })).toEqual({
            name: "parentbased_traceidratio",
            arg: "0.25",
        });
        expect(samplerOf({ samplingMode: "tail", samplingRatio: 0.25 })).toEqual({ name: "parentbased_always_on" });
    });

    test("leaves out what already sends traces, and the own namespace", () => {
        expect(instrumentationConfig(otlp)["discovery"]).toEqual({
            instrument: [{ k8s_namespace: "*" }],
            exclude_instrument: [
                { k8s_namespace: "obs" },
                { k8s_container_name: "daprd" },
                { k8s_pod_annotations: { "dapr.io/enabled": "true" } },
                { k8s_pod_annotations: { "observability.mathtrail/auto-instrumentation": "false" } },
            ],
            exclude_otel_instrumented_services: true,
        });
    });

    test("selects pods by namespace and label, by default in the namespaces of collectFrom", () => {
        const discoveryOf = (settings: object) => {
            const args = autoInstrumentationArgs(resolveSettings(settings), { otlpHttpUrl: "http://collector:4318" });
            const { instrument, exclude_instrument } = instrumentationConfig(args ?? otlp)["discovery"] as Record<
                string,
                { k8s_namespace?: string }[]
            >;
            const excluded = exclude_instrument?.flatMap(({ k8s_namespace: name }) => name ?? []);
            return { instrument, excluded };
        };
        const podLabels = { "example.com/instrument": "yes" };
        expect(discoveryOf({ autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"], podLabels } })).toEqual(
            {
                instrument: [
                    { k8s_namespace: "shop", k8s_pod_labels: podLabels },
                    { k8s_namespace: "pay", k8s_pod_labels: podLabels },
                ],
                excluded: ["monitoring"],
            },
        );
        const collected = { ...enabled, collectFrom: { namespaces: ["monitoring", "shop"] } };
        expect(discoveryOf(collected).instrument).toEqual([{ k8s_namespace: "shop" }]);
        const without = {
            autoInstrumentation: { enabled: true, excludeNamespaces: ["pay"] },
            collectFrom: { namespaces: ["shop", "pay"] },
        };
        expect(discoveryOf(without)).toEqual({
            instrument: [{ k8s_namespace: "shop" }],
            excluded: ["monitoring", "pay"],
        });
        const excluding = {
            autoInstrumentation: { enabled: true, excludeNamespaces: ["legacy"] },
            collectFrom: { excludeNamespaces: ["other"] },
        };
        expect(discoveryOf(excluding)).toEqual({
            instrument: [{ k8s_namespace: "*" }],
            excluded: ["legacy", "monitoring", "other"],
        });
    });

    test("names services like Alloy does in logs and metrics", () => {
        const { kubernetes } = instrumentationConfig(otlp)["attributes"] as { kubernetes: object };
        expect(kubernetes).toEqual({
            enable: true,
            cluster_name: "c",
            resource_labels: { "service.name": ["app.kubernetes.io/name", "app"] },
        });
    });

    test.each(kinds)("of %s uses the network of the node only with context propagation", (kind) => {
        const values = (contextPropagation?: boolean) =>
            autoInstrumentationValues({ ...otlp, kind, ...(contextPropagation && { contextPropagation }) });
        const without = values();
        expect(without["contextPropagation"]).toEqual({ enabled: false });
        expect(without["config"].data.ebpf).toEqual({ context_propagation: "disabled" });
        expect(without["securityContext"].capabilities.add).not.toContain("NET_ADMIN");
        const propagating = values(true);
        expect(propagating["contextPropagation"]).toEqual({ enabled: true });
        expect(propagating["config"].data.ebpf).toEqual({ context_propagation: "headers" });
        expect(propagating["securityContext"].capabilities.add).toContain("NET_ADMIN");
    });
});

test("the component accepts the namespaces of collectFrom without the excluded ones", async () => {
    const settings = resolveSettings({
        autoInstrumentation: { enabled: true, excludeNamespaces: ["pay"] },
        collectFrom: { namespaces: ["shop", "pay"] },
    });
    const args = autoInstrumentationArgs(settings, { otlpHttpUrl: "http://collector:4318" }) ?? otlp;
    const { resources } = await record((opts) => new AutoInstrumentation("a", args, opts));
    const { values } = chartOf(resources, "auto-instrumentation");
    expect(values.config.data.discovery.instrument).toEqual([{ k8s_namespace: "shop" }]);
});

test("the component refuses wrong arguments", async () => {
    const message = (args: object) => errorMessage(() => new AutoInstrumentation("a", { ...otlp, ...args }));
    expect(await message({ kind: "otel" })).toBe('kind is "otel"; it must be one of "beyla", "opentelemetry"');
    expect(await message({ otlpEndpoint: "http://collector:4318/v1/traces" })).toBe(
        'otlpEndpoint is "http://collector:4318/v1/traces"; it must be a URL without a path, such as "http://otel-collector-opentelemetry-collector:4318"',
    );
    expect(await message({ samplingRatio: 2 })).toBe("samplingRatio is 2; it must be a number from 0 to 1");
    expect(await message({ namespaces: [] })).toBe(
        "namespaces is empty; remove it to instrument all namespaces, or list at least one",
    );
    expect(await message({ namespaces: ["obs"] })).toContain('namespaces contains "obs", the namespace of the stack');
    const off = { enabled: false };
    const withoutPyroscope = { namespace: "obs", cluster: "c", receiver: off, logs: off, metrics: off };
    expect(await errorMessage(() => new Alloy("b", { ...withoutPyroscope, profiler: { enabled: true } }))).toBe(
        "pyroscopeUrl is missing; the profiler needs it. Set it, or set profiler.enabled to false",
    );
});

/** The keys of a configuration that another one lacks, or has with another value. */
function missingKeys(wanted: unknown, found: unknown, place = ""): string[] {
    return typeof wanted === "object" && wanted !== null
        ? Object.entries(wanted).flatMap(([key, value]) =>
              missingKeys(value, (found as Record<string, unknown> | undefined)?.[key], `${place}.${key}`),
          )
        : // Beyla hides addresses.
          String(wanted) === String(found) || found === "***"
          ? []
          : [place];
}

describeWith({ programs: ["helm", "beyla"], mirror: true }, "Beyla", () => {
    /** Starts Beyla until it has printed its configuration or ends. It instruments nothing without a cluster. */
    const start = (file: string) =>
        new Promise<string>((resolve, reject) => {
            const env = {
                ...process.env,
                BEYLA_CONFIG_PATH: file,
                BEYLA_LOG_CONFIG: "yaml",
                BEYLA_ENFORCE_SYS_CAPS: "false",
            };
            const beyla = spawn("beyla", [], { env });
            let text = "";
            const timer = setTimeout(() => beyla.kill("SIGKILL"), 20_000);
            beyla.stdout.on("data", (chunk: Buffer) => {
                text += chunk.toString();
                // The last key of the configuration.
                if (/^jvm_runtime_metrics:[\s\S]*\ntime=/m.test(text)) {
                    beyla.kill("SIGKILL");
                }
            });
            beyla.on("error", reject);
            beyla.on("close", () => {
                clearTimeout(timer);
                resolve(text);
            });
        });

    test.each([
        ["dev", { enabled: true }],
        [
            "prod",
            {
                enabled: true,
                contextPropagation: true,
                namespaces: ["shop", "pay"],
                podLabels: { "example.com/instrument": "yes-*" },
            },
        ],
    ])("accepts the configuration of %s, and knows each of its keys", async (stack, autoInstrumentation) => {
        const { objects } = await renderStack(stack, { autoInstrumentation });
        const text = objectOf(objects, "ConfigMap", "auto-instrumentation")["data"]["beyla-config.yml"] as string;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "beyla-"));
        const file = path.join(folder, "config.yml");
        fs.writeFileSync(file, text);
        const output = await start(file);
        fs.rmSync(folder, { recursive: true });
        const [, printed = ""] = /with configuration"?\n([\s\S]*?)\ntime=/.exec(output) ?? [];
        const { metrics, enforce_sys_caps, ...wanted } = load(text) as Record<string, unknown>;
        const { metrics: features, ...found } = load(printed) as Record<string, unknown>;
        expect(missingKeys(wanted, found)).toEqual([]);
        // Beyla prints features as a bit mask, in which this bit is "application". The variable above replaces the other value.
        expect([metrics, features, enforce_sys_caps]).toEqual([
            { features: ["application"] },
            { features: 1 << 8 },
            true,
        ]);
    });
});
