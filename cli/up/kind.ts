import { spawn, spawnSync } from "child_process";
import { type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { callApi } from "../cluster/api";
import { type Cluster, findCluster } from "../cluster/kubeconfig";
import { daprCrd } from "./preflight";

const clusterName = "observability";

/** Whether kind is on the PATH. */
export function hasKind(): boolean {
    return spawnSync("kind", ["version"], { stdio: "ignore" }).status === 0;
}

/**
 * Creates a local cluster with one node, and the CRD of Dapr in it. The context of the cluster becomes the current context.
 *
 * @throws Error if kind fails. kind has already printed the reason.
 */
export async function createKindCluster(): Promise<Cluster> {
    const args = ["create", "cluster", "--name", clusterName, "--wait", "5m"];
    const status = await new Promise<number | null>((resolve) => {
        spawn("kind", args, { stdio: "inherit" }).on("close", resolve);
    });
    if (status !== 0) {
        throw new Error(`\`kind ${args.join(" ")}\` failed; its output shows the reason`);
    }
    const cluster = findCluster(`kind-${clusterName}`);
    const objects = KubernetesObjectApi.makeApiClient(cluster.config);
    await callApi(cluster, "create the CRD of Dapr", objects.create(daprConfigurationCrd));
    return cluster;
}

/** A minimal CRD for the Configurations of Dapr. A stack needs this CRD, but not Dapr itself. A later installation of Dapr keeps the CRD. */
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
