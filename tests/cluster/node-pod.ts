import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../../cli/cluster/kubeconfig";
import { ProgramPod } from "./program-pod";

/** A pod with the privileges of its node. */
export class NodePod {
    private constructor(private readonly pod: ProgramPod) {}

    /** @param nodeName the node of the pods that it accesses. Default: the scheduler selects a node. */
    static async start(cluster: Cluster, nodeName?: string): Promise<NodePod> {
        return new NodePod(await ProgramPod.start(cluster, "node-pod", {}, { hostPID: true, nodeName }, true));
    }

    /** Kills the main process of the first container with SIGKILL. */
    async kill(pod: V1Pod): Promise<void> {
        await this.pod.call("/kill", { container: containerId(pod) });
    }

    /** Fills the volume of a folder, unless it is larger than expected. Returns the sizes in bytes. */
    fill(pod: V1Pod, folder: string, maximumBytes: number): Promise<{ capacity: number; written: number }> {
        return this.pod.call("/fill", { container: containerId(pod), folder, maximumBytes });
    }

    async free(pod: V1Pod, folder: string): Promise<void> {
        await this.pod.call("/free", { container: containerId(pod), folder });
    }

    close(): Promise<void> {
        return this.pod.close();
    }
}

function containerId(pod: V1Pod): string {
    return (pod.status?.containerStatuses?.[0]?.containerID ?? "").replace(/^.*:\/\//, "");
}
