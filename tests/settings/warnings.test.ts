import { resolveSettings } from "../../settings/resolve";
import { warnings } from "../../settings/warnings";
import { distributed, s3 } from "./examples";

describe("warnings", () => {
    test("dev has no warnings", () => {
        expect(warnings(resolveSettings({}))).toEqual([]);
    });

    test.each<[object, string]>([
        [{ profile: "prod" }, 'objectStore.kind is "minio"'],
        [{ profile: "prod", replicas: { mimir: 1 } }, "replicationFactor.mimir is 1"],
        [{ objectStore: s3 }, "neither objectStore.bucketPrefix nor objectStore.buckets is set"],
        [{ grafana: { persistence: false } }, "grafana.persistence is false"],
        [{ ...distributed, replicas: { lokiQuerier: 1 } }, "replicas.lokiQuerier is 1: while its node is down"],
        [
            { ...distributed, autoscaling: { lokiDistributor: { minReplicas: 1, maxReplicas: 4 } } },
            "autoscaling.lokiDistributor.minReplicas is 1: while its node is down",
        ],
        [{ profile: "prod", skipAwait: true }, "skipAwait is true"],
        [
            { autoscaling: { collector: { minReplicas: 2, maxReplicas: 4, targetQueueMiB: 100 } } },
            "autoscaling.collector.targetQueueMiB is set: without the external metric otelcol_queued_bytes",
        ],
        [{ profile: "prod" }, 'createNamespace is true: "npm run down" deletes the namespace'],
        [
            { profile: "prod" },
            "networkPolicies.clientNamespaces is not set: only namespaces with the label observability.mathtrail/client=true can send data to the stack",
        ],
        [
            { networkPolicies: { enabled: true, clientLabels: {} } },
            "networkPolicies.clientNamespaces is not set: no namespace can send data to the stack",
        ],
        [
            { profile: "prod", grafana: { rootUrl: "https://grafana.example.com" } },
            "networkPolicies.ingressNamespaces is not set: every address can connect to the port of Grafana",
        ],
        [
            { grafana: { existingSecret: "login" }, images: { pullSecrets: ["pull", "more"] } },
            'grafana.existingSecret is "login", images.pullSecrets[0] is "pull", images.pullSecrets[1] is "more". The stack creates the namespace, so these Secrets cannot exist before the first deployment. Pods wait until you create them.',
        ],
    ])("%j", (raw, warning) => {
        expect(warnings(resolveSettings(raw)).some((text) => text.startsWith(warning))).toBe(true);
    });
});

test("an existing namespace and existing Secrets cause no warning", () => {
    const raw = {
        profile: "prod",
        createNamespace: false,
        grafana: { existingSecret: "login" },
        networkPolicies: { clientNamespaces: ["shop"] },
    };
    expect(warnings(resolveSettings(raw)).filter((text) => /namespace/i.test(text))).toEqual([]);
});
