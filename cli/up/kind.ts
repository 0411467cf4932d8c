import { spawn, spawnSync } from "child_process";
import { type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { ask } from "../cluster/ask";
import { type Cluster, findCluster } from "../cluster/kubeconfig";
import { daprCrd } from "./preflight";

const clusterName = "observability";

/** Whether a local cluster can be made: kind is on the PATH. */
export function hasKind(): boolean {
    return spawnSync("kind", ["version"], { stdio: "ignore" }).status === 0;
}

/**
 * Makes a local cluster of one node with kind, and what a stack needs of Dapr in it. Its context becomes the current one.
 *
 * @throws Error when kind fails; it has printed why.
 */
export async function makeKindCluster(): Promise<Cluster> {
    const args = ["create", "cluster", "--name", clusterName, "--wait", "5m"];
    const status = await new Promise<number | null>((resolve) => {
        spawn("kind", args, { stdio: "inherit" }).on("close", resolve);
    });
    if (status !== 0) {
        throw new Error(`\`kind ${args.join(" ")}\` failed; what it printed says why`);
    }
    const cluster = findCluster(`kind-${clusterName}`);
    const objects = KubernetesObjectApi.makeApiClient(cluster.config);
    await ask(cluster, "create Dapr's CRD", objects.create(daprConfigurationCrd));
    return cluster;
}

/** Dapr's Configuration as far as the API server needs to know it. Stands in for Dapr's own, which Dapr leaves as it is when it is installed. */
export const daprConfigurationCrd: KubernetesObject & { spec: object } = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: daprCrd },
    spec: {
        group: "dapr.io",
        scope: "Namespaced",
        names: { kind: "Configuration", plural: "configurations", singular: "configuration" },
        versions: [
            {
                name: "v1alpha1",
                served: true,
                storage: true,
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
};
