import { evaluateStack } from "../../cli/evaluate";
import { checkObjects } from "../../policy/check";
import { existingSources } from "../../settings/components";
import { resolveSettings } from "../../settings/resolve";
import { warnings } from "../../settings/warnings";
import { objectNames } from "../../stack/object-names";
import { requiredCharts } from "../../stack/required-charts";
import { testMistakes } from "../helpers/mistakes";
import { anywhere, metricsScraper, podsOf, policySpec, ports } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { objectOf, renderStack } from "../helpers/rendered";
import { stackObjects } from "../policy/objects";
import { both, enabled, kinds } from "./ebpf-settings";

test("a stack without the settings deploys neither, and needs no charts of them", async () => {
    const { charts, settings } = await evaluateStack("dev");
    expect(charts.map(({ release }) => release).filter((name) => /instrumentation|profiles/.test(name))).toEqual([]);
    expect(existingSources(settings)).toEqual([]);
    expect(requiredCharts(settings).filter(({ name }) => /beyla|ebpf/.test(name))).toEqual([]);
    expect(objectNames(settings).filter((name) => /instrumentation|profiles/.test(name))).toEqual([]);
});

testMistakes("is refused: %s", [
    [
        "values without the component",
        { values: { autoInstrumentation: { priorityClassName: "a" }, alloyProfiles: { crds: { create: false } } } },
        [
            "values.alloyProfiles has no effect, because the stack does not deploy this component; remove it.",
            "values.autoInstrumentation has no effect, because the stack does not deploy this component; remove it.",
        ],
    ],
]);

test("the rights of the pods, the kernel of the nodes and an open port are announced", () => {
    const found = (settings: object) =>
        warnings(resolveSettings(settings)).filter((warning) => /ebpf|nstrumentation/i.test(warning));
    expect(found({})).toEqual([]);
    expect(found(both)).toEqual([
        "autoInstrumentation.enabled is true: its pods run as root with the capability SYS_ADMIN in the process namespace of each node, which needs Linux 5.8 or later or Linux 4.18 of RHEL 8, with BTF (/sys/kernel/btf/vmlinux)",
        "profiling.ebpf is true: its pods run as root with capabilities for eBPF in the process namespace of each node, which needs Linux 5.9 or later",
    ]);
    const propagating = { autoInstrumentation: { enabled: true, contextPropagation: true } };
    const open = (networkPolicies: object) => found({ ...propagating, networkPolicies }).slice(1);
    expect(open({ enabled: false })).toEqual([]);
    expect(open({ enabled: true, nodeCidrs: ["10.0.0.0/16"] })).toEqual([]);
    expect(open({ enabled: true })).toEqual([
        "networkPolicies.nodeCidrs is not set: autoInstrumentation.contextPropagation sends from the network of the nodes, so every address can connect to port 4318 of the collector",
    ]);
});

describe("NetworkPolicies", () => {
    const instrumentation = podsOf("auto-instrumentation", "auto-instrumentation");
    const propagating = { autoInstrumentation: { enabled: true, contextPropagation: true } };
    const fromNodes = { from: anywhere, ports: ports(4318) };

    test("let the auto-instrumentation send to the collector, and read from the API server", () => {
        expect(policySpec(enabled, "auto-instrumentation")).toMatchObject({
            ingress: [{ from: metricsScraper, ports: ports(12346) }],
            egress: [
                { to: podsOf("opentelemetry-collector", "otel-collector"), ports: ports(4318) },
                { to: anywhere, ports: ports(443, 6443) },
            ],
        });
        expect(policySpec(enabled, "otel-collector")?.ingress).toContainEqual({
            from: instrumentation,
            ports: ports(4318),
        });
        expect(policySpec(enabled, "otel-collector")?.ingress).not.toContainEqual(fromNodes);
    });

    test("let nodes send to the collector with context propagation, and the scraper connect to them", () => {
        expect(policySpec(propagating, "otel-collector")?.ingress).toContainEqual(fromNodes);
        const toNodes = { to: anywhere, ports: ports(12346) };
        expect(policySpec(propagating, "alloy-metrics")?.egress).toContainEqual(toNodes);
        const withPrometheus = { ...propagating, components: { prometheus: true } };
        expect(policySpec(withPrometheus, "prometheus")?.egress).toContainEqual(toNodes);
        expect(policySpec(withPrometheus, "alloy-metrics")?.egress).not.toContainEqual(toNodes);
        expect(policySpec({}, "otel-collector")?.ingress).not.toContainEqual(fromNodes);
    });

    test("let the profiler send to Pyroscope, also to an external one", () => {
        const ebpf = { profiling: { ebpf: true } };
        expect(policySpec(ebpf, "alloy-profiles")).toMatchObject({
            ingress: [{ from: metricsScraper, ports: ports(12345) }],
            egress: [
                { to: podsOf("pyroscope", "pyroscope"), ports: ports(4040) },
                { to: anywhere, ports: ports(443, 6443) },
            ],
        });
        expect(policySpec(ebpf, "pyroscope")?.ingress).toContainEqual({
            from: podsOf("alloy", "lgtm-alloy-profiles"),
            ports: ports(4040),
        });
        const external = { ...ebpf, external: { pyroscope: { url: "https://pyroscope.example.com" } } };
        expect(policySpec(external, "alloy-profiles")?.egress).toContainEqual({ to: anywhere, ports: ports(443) });
    });

    test("have none for what does not exist", () => {
        expect([policySpec({}, "auto-instrumentation"), policySpec({}, "alloy-profiles")]).toEqual([
            undefined,
            undefined,
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the rendered objects", () => {
    test.each(kinds.flatMap((kind) => ["dev", "prod"].map((stack) => [kind, stack])))(
        "of %s follow all policies in %s",
        async (kind, stack) => {
            const settings = { ...both, autoInstrumentation: { enabled: true, kind, contextPropagation: true } };
            const { objects, context } = await stackObjects(stack, settings);
            const found = checkObjects(objects, context).violations.map(
                ({ rule, object, message }) => `${rule} ${object.kind}/${object.metadata.name}: ${message}`,
            );
            expect(found).toEqual([]);
        },
    );

    test.each(kinds)(
        "of %s have the same names and selectors, so that another kind changes them in place",
        async (kind) => {
            const { byRelease } = await renderStack("prod", { autoInstrumentation: { enabled: true, kind } });
            const objects = byRelease.get("auto-instrumentation") ?? [];
            expect(objects.map(({ kind: type, metadata }) => `${type}/${metadata.name}`)).toEqual([
                "ServiceAccount/auto-instrumentation",
                "ConfigMap/auto-instrumentation",
                "DaemonSet/auto-instrumentation",
            ]);
            const { spec } = objectOf(objects, "DaemonSet", "auto-instrumentation");
            expect(spec.selector.matchLabels).toEqual({
                "app.kubernetes.io/name": "auto-instrumentation",
                "app.kubernetes.io/instance": "auto-instrumentation",
            });
            const pod = spec.template.spec;
            expect([pod.hostPID, pod.hostNetwork, pod.containers[0].securityContext.privileged]).toEqual([
                true,
                undefined,
                false,
            ]);
            expect(pod.containers[0].ports ?? []).toEqual([]);
        },
    );

    test.each([
        ["beyla", "registry.example.com/mirror/grafana/beyla:3.32.0"],
        [
            "opentelemetry",
            "registry.example.com/mirror/open-telemetry/opentelemetry-ebpf-instrumentation/ebpf-instrument:v0.11.0",
        ],
    ])("of %s have the image of images.registry", async (kind, image) => {
        const images = { registry: "registry.example.com/mirror", pullSecrets: ["pull"] };
        const { objects } = await renderStack("dev", { autoInstrumentation: { enabled: true, kind }, images });
        const { spec } = objectOf(objects, "DaemonSet", "auto-instrumentation")["spec"].template;
        expect([spec.containers[0].image, spec.imagePullSecrets]).toEqual([image, [{ name: "pull" }]]);
    });

    test("of the permissions have the namespace in their names, and allow only to read", async () => {
        const { objects } = await stackObjects("prod", both);
        const role = objectOf(objects, "ClusterRole", "auto-instrumentation-monitoring");
        expect(role["rules"]).toEqual([
            { apiGroups: [""], resources: ["nodes", "pods", "services"], verbs: ["get", "list", "watch"] },
            { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list", "watch"] },
        ]);
        const binding = objectOf(objects, "ClusterRoleBinding", "auto-instrumentation-monitoring");
        expect(binding["subjects"]).toEqual([
            { kind: "ServiceAccount", name: "auto-instrumentation", namespace: "monitoring" },
        ]);
    });

    test("of the profiler run as root with capabilities, and are not privileged", async () => {
        const { objects } = await renderStack("prod", both);
        const { spec } = objectOf(objects, "DaemonSet", "lgtm-alloy-profiles")["spec"].template;
        expect(spec.hostPID).toBe(true);
        expect(spec.containers[0].securityContext).toEqual({
            runAsUser: 0,
            runAsGroup: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: {
                drop: ["ALL"],
                add: [
                    "BPF",
                    "PERFMON",
                    "SYS_PTRACE",
                    "CHECKPOINT_RESTORE",
                    "SYS_RESOURCE",
                    "DAC_READ_SEARCH",
                    "SYSLOG",
                ],
            },
            seccompProfile: { type: "Unconfined" },
        });
    });
});
