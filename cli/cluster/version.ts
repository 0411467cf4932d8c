import { VersionApi } from "@kubernetes/client-node";
import { ask } from "./ask";
import type { Cluster } from "./kubeconfig";

/** Version of a cluster's API server. */
export interface ServerVersion {
    /** Such as "v1.33.4+k3s1". */
    text: string;
    major: number;
    minor: number;
}

/** @throws ClusterError when the cluster cannot be reached. */
export async function serverVersion(cluster: Cluster): Promise<ServerVersion> {
    const { gitVersion } = await ask(
        cluster,
        "ask for the server's version",
        cluster.config.makeApiClient(VersionApi).getCode(),
    );
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
    return { text: gitVersion, major: Number(major), minor: Number(minor) };
}
