import { Alloy } from "../../exports";
import { resolveSettings } from "../../settings/resolve";
import { clusterWarnings } from "../../stack/cluster-check";
import { testMistakes } from "../helpers/mistakes";
import { record } from "../helpers/record";
import { configOf, offRoles, probes, singleton } from "./examples";

testMistakes("refuses %s", [
    [
        "monitors without a store of metrics",
        { metrics: { prometheusOperator: true }, components: { mimir: false, alloyMetrics: false } },
        ["metrics.prometheusOperator is true, but there is no store of metrics; set it to false."],
    ],
]);

describe("another source of the targets of monitors in the cluster", () => {
    const singleton = (namespace: string, collects?: object) => ({
        metadata: {
            name: "lgtm-alloy-singleton",
            namespace,
            ...(collects && { annotations: { "observability.mathtrail/collects": JSON.stringify(collects) } }),
        },
    });
    const warningsOf = (settings: object, lists: { deployments?: object[]; prometheuses?: object[] }) => {
        const read = (path: string) =>
            Promise.resolve(
                /prometheuses$/.test(path)
                    ? { items: lists.prometheuses ?? [] }
                    : /^\/apis\/apps\/v1\/deployments/.test(path)
                      ? { items: lists.deployments ?? [] }
                      : undefined,
            );
        return clusterWarnings({ read } as never, resolveSettings(settings));
    };
    const monitors = { metrics: { prometheusOperator: true } };

    test("causes a warning, if it is another stack that collects from the same namespaces", async () => {
        const deployments = [singleton("monitoring", {}), singleton("events-only"), singleton("other", {})];
        expect(await warningsOf(monitors, { deployments })).toEqual([
            "metrics.prometheusOperator is true, and so it is in the stack in namespace other, so that both scrape the monitored targets of all pods. Set collectFrom in both stacks, so that each collects from its own namespaces",
        ]);
        expect(await warningsOf({}, { deployments })).toEqual([]);
        const shop = { ...monitors, collectFrom: { namespaces: ["shop"] } };
        expect(await warningsOf(shop, { deployments: [singleton("other", { namespaces: ["pay"] })] })).toEqual([]);
    });

    test("causes a warning, if it is a Prometheus that writes to another store", async () => {
        const prometheus = (name: string, spec: object) => ({ metadata: { name, namespace: "prom" }, spec });
        const prometheuses = [
            prometheus("local", {}),
            prometheus("remote", { remoteWrite: [{ url: "http://mimir.monitoring.svc:9009/api/v1/push" }] }),
        ];
        expect(await warningsOf(monitors, { prometheuses })).toEqual([
            "metrics.prometheusOperator is true, and the Prometheus prom/remote also scrapes ServiceMonitors and writes to http://mimir.monitoring.svc:9009/api/v1/push. If this is the store of the stack, each series exists twice. Remove its remoteWrite, or set metrics.prometheusOperator to false",
        ]);
    });
});

describe("lgtm-alloy-singleton", () => {
    test("finds the targets of monitors with the permission to list and watch them, and none to read Secrets", () => {
        const values = singleton({ prometheusOperator: true });
        const [role] = values["extraObjects"] as { rules: object[] }[];
        const listed = ["list", "watch"];
        const monitors = [
            {
                apiGroups: ["monitoring.coreos.com"],
                resources: ["servicemonitors", "podmonitors", "probes"],
                verbs: listed,
            },
            { apiGroups: [""], resources: ["services", "pods", "nodes"], verbs: listed },
            { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: listed },
            { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: listed },
        ];
        expect(role?.rules).toEqual(monitors);
        expect(values["serviceAccount"]?.automountServiceAccountToken).toBeUndefined();
        const [both] = singleton({ prometheusOperator: true, kubernetesEvents: true })["extraObjects"] as {
            rules: object[];
        }[];
        expect(both?.rules).toEqual([{ apiGroups: [""], resources: ["events"], verbs: listed }, ...monitors]);
        expect(values["controller"].extraAnnotations).toEqual({
            "observability.mathtrail/collects": '{"excludeNamespaces":[],"nodes":false}',
        });
        expect(singleton({ probes })["controller"].extraAnnotations).toBeUndefined();
    });

    test("leaves out the targets that the metrics scraper scrapes, if there is one", () => {
        const count = (more: object) =>
            (configOf(singleton({ prometheusOperator: true }, more)).match(/"labelmap"/g) ?? []).length;
        expect([count({}), count({ metrics: { enabled: false } })]).toEqual([2, 0]);
    });

    test("reads the monitors of the collected namespaces", () => {
        const namespacesIn = (collectFrom: object) =>
            configOf(singleton({ prometheusOperator: true }, { collectFrom })).match(/^\tnamespaces = .*/gm);
        expect(namespacesIn({})).toBeNull();
        expect(namespacesIn({ namespaces: ["shop"] })).toEqual(Array(3).fill('\tnamespaces = ["obs", "shop"]'));
    });

    test("requires the CRDs of the monitors, whose absence stops the preview with a sentence", async () => {
        const args = { namespace: "obs", cluster: "c", mimirUrl: "http://m", ...offRoles };
        const read = async (prometheusOperator: boolean) =>
            (
                await record((opts) => new Alloy("alloy", { ...args, singleton: { probes, prometheusOperator } }, opts))
            ).resources
                .filter(({ type }) => /CustomResourceDefinition$/.test(type))
                .map(({ name }) => name);
        expect(await read(false)).toEqual([]);
        expect(await read(true)).toEqual(
            ["servicemonitors", "podmonitors", "probes"].map(
                (kind) =>
                    `alloy: Install the CRD ${kind}.monitoring.coreos.com of the Prometheus operator, or set prometheusOperator to false`,
            ),
        );
    });
});
