import { controlPlaneParts } from "../../validation/control-plane";
import { testMistakes } from "../helpers/mistakes";
import { configOf, singleton } from "./examples";

testMistakes("refuses %s", [
    [
        "the control plane without a store of metrics, twice, and in the stack that does not collect from the nodes",
        {
            metrics: { controlPlane: ["apiServer", "etcd", "apiServer"] },
            components: { mimir: false, alloyMetrics: false },
            collectFrom: { nodes: false },
        },
        [
            "metrics.controlPlane has no effect, because there is no store of metrics; remove it.",
            "metrics.controlPlane is set, but collectFrom.nodes is false; the stack that collects from the nodes also scrapes the control plane. Remove it here, and set it there.",
            'metrics.controlPlane contains "apiServer" twice; remove one of them.',
        ],
    ],
    [
        "an unknown part of the control plane",
        { metrics: { controlPlane: ["apiserver"] } },
        [
            'metrics.controlPlane[0] is "apiserver"; it must be one of "apiServer", "coreDns", "controllers", "etcd". Did you mean "apiServer"?',
        ],
    ],
]);

describe("lgtm-alloy-singleton", () => {
    test("finds and scrapes exactly the configured parts of the control plane", () => {
        const rulesOf = (values: Record<string, any>) => (values["extraObjects"] as { rules: object[] }[])[0]?.rules;
        const listed = ["list", "watch"];
        const pods = { apiGroups: [""], resources: ["pods"], verbs: listed };
        const metrics = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
        expect(rulesOf(singleton({ controlPlane: ["coreDns", "etcd"] }))).toEqual([pods]);
        expect(rulesOf(singleton({ controlPlane: ["controllers"] }))).toEqual([metrics, pods]);
        expect(rulesOf(singleton({ controlPlane: ["apiServer"], kubernetesEvents: true }))).toEqual([
            { apiGroups: [""], resources: ["events"], verbs: listed },
            metrics,
            { apiGroups: [""], resources: ["services", "pods"], verbs: listed },
            { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: listed },
        ]);
        const scrapes = (controlPlane: string[]) =>
            [...configOf(singleton({ controlPlane })).matchAll(/^prometheus\.scrape "(\w+)"/gm)].map(
                ([, name]) => name,
            );
        expect(scrapes(["etcd", "apiServer"])).toEqual(["apiserver", "etcd"]);
        expect(scrapes([...controlPlaneParts])).toEqual(["apiserver", "coredns", "controllers", "etcd"]);
    });

    test("stores a few buckets of one histogram of the API server only", () => {
        const config = configOf(singleton({ controlPlane: ["apiServer"] }));
        const [, kept = ""] = /\["__name__", "le"\]\n\t\tregex +=(".+")/.exec(config.replace(/ = /g, " =")) ?? [];
        const expression = new RegExp(`^(?:${JSON.parse(kept) as string})$`);
        const isKept = (name: string, le = "") => expression.test(`${name};${le}`);
        const sli = "apiserver_request_sli_duration_seconds";
        const bounds = ["0.05", "0.1", "0.2", "0.4", "0.6", "1", "1.0", "1.25", "5.0", "10.0", "30.0", "60.0", "+Inf"];
        expect(bounds.filter((le) => isKept(`${sli}_bucket`, le))).toEqual([
            ...["0.1", "0.4", "1", "1.0", "5.0", "30.0", "+Inf"],
        ]);
        expect(["up", "apiserver_request_total", "scrape_samples_scraped"].every((name) => isKept(name))).toBe(true);
        const dropped = [
            "apiserver_request_duration_seconds",
            "etcd_request_duration_seconds",
            "apiserver_response_sizes",
        ];
        expect(dropped.filter((name) => isKept(`${name}_bucket`, "0.1"))).toEqual([]);
    });

    test("scrapes no annotated pod of CoreDNS that the metrics scraper also scrapes, and no target of the control plane through a monitor", () => {
        const skips = (more: object) =>
            /discovery\.relabel "coredns" \{.*prometheus_io_scrape.*\nprometheus\.scrape "coredns"/s.test(
                configOf(singleton({ controlPlane: ["coreDns"] }, more)),
            );
        expect(
            [
                {},
                { metrics: { enabled: false } },
                { collectFrom: { namespaces: ["shop"] } },
                { collectFrom: { namespaces: ["kube-system"] } },
                { collectFrom: { excludeNamespaces: ["kube-system"] } },
            ].map(skips),
        ).toEqual([true, false, false, true, false]);
        const dropped = (controlPlane: string[]) =>
            configOf(singleton({ prometheusOperator: true, controlPlane })).match(
                /"(default;kubernetes|kube-system;[^"]+)"/g,
            );
        expect(dropped([])).toBeNull();
        // ServiceMonitors and PodMonitors.
        expect(dropped(["apiServer", "etcd"])).toEqual([
            '"default;kubernetes"',
            '"kube-system;etcd;.+:2381"',
            '"default;kubernetes"',
            '"kube-system;etcd;.+:2381"',
        ]);
    });
});
